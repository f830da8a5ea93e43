"""Sources in Django admin: how they stand, and letting calls out again by hand."""

from datetime import datetime

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from accounts.admin.auditing import AuditedAdmin, ReadOnlyAdmin

from .http import circuits
from .llm import admin as models_admin
from .models import KeptAnswer, SourceState

#: Imported for what it registers.
MODELS = models_admin.ModelCallAdmin


@admin.register(SourceState)
class SourceStateAdmin(ReadOnlyAdmin, AuditedAdmin):
    list_display = ("name", "circuit", "failures", "paused_until", "last_success_at", "last_error_at", "last_error")
    ordering = ("name",)
    actions = ("close_now",)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # Without an object it is the right to run the action below; a row's own page only shows.
        return obj is None and AuditedAdmin.has_change_permission(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceState]:
        rows: QuerySet[SourceState] = super().get_queryset(request)
        return rows.annotate(at=Now())

    @admin.display(description="circuit", ordering="opened_at")
    def circuit(self, row: SourceState) -> str:
        at: datetime = row.at  # type: ignore[attr-defined]  # annotated above
        return circuits.Standing(row=row, at=at).circuit.name.lower().replace("_", "-")

    @admin.action(description="Close now: let calls out again", permissions=["change"])
    def close_now(self, request: HttpRequest, queryset: QuerySet[SourceState]) -> None:
        closed = 0
        for row in queryset:
            with transaction.atomic():
                if circuits.close(row.name):
                    self.audit(request, row, "close", failures=row.failures)
                    closed += 1
        self.message_user(request, f"Closed {closed} circuits.")


@admin.register(KeptAnswer)
class KeptAnswerAdmin(ReadOnlyAdmin):
    list_display = ("source", "path", "status", "size_bytes", "fetched_at", "expires_at")
    list_filter = ("source", "fetched_at")
    search_fields = ("path",)
    exclude = ("body",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[KeptAnswer]:
        rows: QuerySet[KeptAnswer] = super().get_queryset(request)
        return rows.defer("body")
