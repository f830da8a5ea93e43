"""Companies with their figures, contacts, and the people who must not be looked up."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.auditing import AuditedAdmin
from accounts.admin.generic import TabularInline

from ..enrichment.privacy import erase
from ..models import Company, CompanyFigure, Contact, Suppression
from ..names import name_key

_SCORES = (
    "lead_score",
    "lead_tier",
    "lead_scored_at",
    "health_score",
    "health_grade",
    "health_scored_at",
)


class FigureInline(TabularInline):
    model = CompanyFigure
    extra = 0
    fields = ("name", "period_end", "value", "currency", "origin")


@admin.register(Company)
class CompanyAdmin(AuditedAdmin):
    inlines = (FigureInline,)
    list_display = ("key", "name", "is_portfolio", "lead_score", "health_score", "enriched_at", "tenant_id", "origin")
    list_filter = ("is_portfolio", "origin", "lead_tier", "health_grade", "country")
    search_fields = ("key", "name", "name_key", "domain", "tenant_id")
    raw_id_fields = ("owner",)
    readonly_fields = (*_SCORES, "enriched_at", "created_at", "updated_at")
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: bool) -> None:
        obj.name_key = name_key(obj.name) if obj.name else ""
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.forms:
            row.instance.tenant_id = form.instance.tenant_id
        super().save_formset(request, form, formset, change)


@admin.register(CompanyFigure)
class CompanyFigureAdmin(AuditedAdmin):
    list_display = ("company", "name", "period_end", "value", "currency", "tenant_id", "origin")
    list_filter = ("name", "origin", "period_end")
    list_select_related = ("company",)
    search_fields = ("company__key", "company__name", "tenant_id")
    raw_id_fields = ("company",)
    exclude = ("tenant_id",)

    def save_model(self, request: HttpRequest, obj: CompanyFigure, form: Any, change: bool) -> None:
        obj.tenant_id = obj.company.tenant_id
        super().save_model(request, obj, form, change)


@admin.register(Contact)
class ContactAdmin(AuditedAdmin):
    list_display = (
        "key",
        "name",
        "email",
        "email_status",
        "job_title",
        "company",
        "enriched_at",
        "tenant_id",
        "origin",
    )
    list_filter = ("email_status", "origin")
    list_select_related = ("company",)
    search_fields = ("key", "name", "email", "linkedin_slug", "company__name", "tenant_id")
    raw_id_fields = ("company",)
    exclude = ("tenant_id",)
    readonly_fields = ("email_status", "email_reason", "email_checked_at", "enriched_at", "created_at", "updated_at")
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        obj.tenant_id = obj.company.tenant_id
        super().save_model(request, obj, form, change)


@admin.register(Suppression)
class SuppressionAdmin(AuditedAdmin):
    """Whoever is put on the list is erased with the same click."""

    list_display = ("value", "reason", "created_at", "tenant_id")
    search_fields = ("value", "reason", "tenant_id")

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        obj.value = obj.value.strip().lower()
        super().save_model(request, obj, form, change)
        erased = erase(tenant_id=obj.tenant_id, value=obj.value)
        self.message_user(request, f"{erased} contacts with this address or profile were erased.")
