"""Research in Django admin, to look at: a report is what a job wrote."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.auditing import ReadOnlyAdmin
from accounts.admin.generic import TabularInline

from .models import QuotaUnit, Research, Section, SourceNote


class LookOnlyInline(TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SectionInline(LookOnlyInline):
    model = Section
    fields = ("position", "title", "summary")
    show_change_link = True


class SourceNoteInline(LookOnlyInline):
    model = SourceNote
    fields = ("number", "label", "provider", "source", "reference", "fetched_at")


@admin.register(Research)
class ResearchAdmin(ReadOnlyAdmin):
    inlines = (SectionInline, SourceNoteInline)
    list_display = ("public_id", "company", "status", "backend", "model", "confidence", "sentiment", "completed_at")
    list_filter = ("status", "backend", "sentiment", "created_at")
    list_select_related = ("company",)
    search_fields = ("public_id", "job_id", "company__key", "company__name", "tenant_id")
    show_full_result_count = False


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    list_display = ("research", "position", "title", "created_at")
    list_filter = ("key",)
    list_select_related = ("research__company",)
    search_fields = ("research__public_id", "research__company__name")
    show_full_result_count = False


@admin.register(QuotaUnit)
class QuotaUnitAdmin(ReadOnlyAdmin):
    list_display = ("subject", "month", "job_id", "given_back_at")
    list_filter = ("month",)
    search_fields = ("subject", "job_id")
    show_full_result_count = False
