"""The audit trail, to read and search."""

from django.contrib import admin

from ..models import AuditEntry
from .auditing import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor_name", "action", "target_type", "target_id", "tenant_id", "outcome")
    list_filter = ("action", "target_type", "outcome")
    search_fields = ("actor", "actor_name", "target_id", "tenant_id", "request_id")
    date_hierarchy = "at"
    # The count of a table that only grows costs a scan per page.
    show_full_result_count = False
