"""Organisations with their limits and members."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ..models import Membership, Organisation
from .auditing import AuditedAdmin
from .generic import TabularInline


class MemberInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Organisation)
class OrganisationAdmin(AuditedAdmin):
    inlines = (MemberInline,)
    list_display = ("slug", "name", "plan", "max_waiting_jobs", "starts_per_minute")
    list_filter = ("plan",)
    search_fields = ("slug", "name")
    readonly_fields = ("created_at",)

    def audit_target(self, obj: Organisation) -> str:
        return obj.slug

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Jobs carry the slug as their tenantId; a new slug would orphan them.
        return ("slug", "created_at") if obj else ("created_at",)


@admin.register(Membership)
class MembershipAdmin(AuditedAdmin):
    list_display = ("user", "organisation", "role", "created_at")
    list_filter = ("role",)
    search_fields = ("user__email", "organisation__slug")
    autocomplete_fields = ("user", "organisation")
    list_select_related = ("user", "organisation")
