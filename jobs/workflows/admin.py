"""Workflows in Django admin: looked at, cancelled and retried; never edited."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.callers import caller_of

from ..admin import AdminsOnly
from ..ledger.change import Changed
from . import actions
from .models import Dependency, Step, Workflow
from .resource import ended

Verb = Callable[..., list[Changed]]


class StepInline(admin.TabularInline[Step, Workflow]):
    model = Step
    fields = readonly_fields = ("place", "name", "public_id", "type", "outcome")
    ordering = ("place",)
    extra = 0
    max_num = 0
    can_delete = False


@admin.register(Workflow)
class WorkflowAdmin(AdminsOnly):
    list_display = ("public_id", "name", "kind", "status", "ended", "failed", "tenant_id", "user_id", "created_at")
    list_filter = ("kind", "status", "created_at")
    search_fields = ("public_id", "name", "tenant_id", "user_id", "correlation_id")
    ordering = ("-id",)
    inlines = (StepInline,)
    actions = ("cancel", "retry")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Without an object it is the right to run the actions below.
        return obj is None and self._admin(request)

    @admin.display(description="ended")
    def ended(self, obj: Workflow) -> str:
        return f"{ended(obj)}/{obj.total}"

    @admin.action(description="Cancel all jobs of the selected workflows", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Workflow]) -> None:
        self._act(request, queryset, actions.cancel, "Cancelled")

    @admin.action(description="Retry what failed in the selected workflows", permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Workflow]) -> None:
        self._act(request, queryset, actions.retry, "Retried")

    def _act(self, request: HttpRequest, queryset: QuerySet[Workflow], verb: Verb, done: str) -> None:
        by, request_id = caller_of(request), getattr(request, "request_id", None)
        numbers = [len(verb(workflow=row, by=by, request_id=request_id)) for row in queryset.order_by("id")]
        note = f"{done} {sum(numbers)} jobs of {sum(map(bool, numbers))} of {len(numbers)} workflows."
        self.message_user(request, note, messages.SUCCESS if any(numbers) else messages.WARNING)


@admin.register(Dependency)
class DependencyAdmin(AdminsOnly):
    list_display = ("job_id", "name", "depends_on", "on_failure", "outcome", "satisfied_at")
    list_filter = ("outcome", "on_failure")
    search_fields = ("depends_on", "job__public_id")
    ordering = ("-id",)
    raw_id_fields = ("job",)
