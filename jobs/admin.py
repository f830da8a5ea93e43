"""Jobs in Django admin: found, looked at, and acted on through the same verbs as the API.

Rows are never edited here. Everything is for admins: other staff has no right to any model.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.admin.auditing import ReadOnlyAdmin
from accounts.callers import Caller, caller_of

from . import actions, queues
from .alerts.models import Alert
from .ledger.change import Changed
from .models import Attempt, Event, Job, QueueState, Worker
from .resource import status_of
from .rq_dashboard import replace_admin_pages
from .states import COUNT_KEYS, parse_status
from .submission import PRIORITY_NAMES
from .views_of_state import shown_status, with_status

replace_admin_pages()

Verb = Callable[..., list[Changed]]


class AdminsOnly(ReadOnlyAdmin):
    """Shows to admins and to nobody else, and counts no table of millions for a page title."""

    show_full_result_count = False
    list_per_page = 50

    def _admin(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._admin(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._admin(request)


class StatusFilter(admin.SimpleListFilter):
    """By the state that is shown: a ready job of a paused queue is `paused`."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(status), str(status)) for status in COUNT_KEYS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        try:
            return with_status(queryset, [parse_status(self.value() or "")])
        except ValueError:
            return queryset


def as_json(value: Any) -> str:
    """Indented JSON, escaped: users wrote what is in it."""
    if value is None:
        return "-"
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False)[:100_000])


@admin.register(Job)
class JobAdmin(AdminsOnly):
    list_display = (
        "public_id",
        "type",
        "queue",
        "shown",
        "tenant_id",
        "user_id",
        "updated_at",
    )
    list_filter = (StatusFilter, "queue", "type", "archived", "created_at", "updated_at")
    search_fields = ("public_id", "related_id", "user_id", "tenant_id", "correlation_id")
    search_help_text = "Id, related id, user, tenant or request id"
    ordering = ("-id",)
    exclude = ("data", "result", "error", "status")
    readonly_fields = ("shown", "shown_data", "shown_result", "shown_error")
    actions = ("retry", "cancel", "remove", "raise_to_urgent")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        jobs: QuerySet[Job] = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.kwargs:
            return jobs
        # The list shows no payloads, which may be megabytes each. Pauses are asked for once.
        paused = Exists(QueueState.objects.filter(queue=OuterRef("queue"), paused=True))
        return jobs.defer("data", "result", "error").annotate(queue_is_paused=paused)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Without an object it is the right to run the actions below; a job's own page only shows.
        return obj is None and self._admin(request)

    @admin.display(description="status", ordering="status")
    def shown(self, obj: Job) -> str:
        paused = getattr(obj, "queue_is_paused", None)
        return str(shown_status(obj) if paused is None else status_of(obj, paused))

    @admin.display(description="data")
    def shown_data(self, obj: Job) -> str:
        return as_json(obj.data)

    @admin.display(description="result")
    def shown_result(self, obj: Job) -> str:
        return as_json(obj.result)

    @admin.display(description="error")
    def shown_error(self, obj: Job) -> str:
        return as_json(obj.error)

    @admin.action(description="Retry the selected jobs", permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._act(request, queryset, actions.retry, "Retried", "failed and cancelled jobs")

    @admin.action(description="Cancel the selected jobs", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._act(request, queryset, actions.cancel, "Cancelled", "jobs that have not ended")

    @admin.action(description="Remove the selected jobs and their records", permissions=["change"])
    def remove(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._act(request, queryset, actions.remove, "Removed", "jobs that are not running")

    @admin.action(description="Raise the selected jobs to urgent", permissions=["change"])
    def raise_to_urgent(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        def raised(*, jobs: Sequence[Job], by: Caller, request_id: str | None) -> list[Changed]:
            urgent = PRIORITY_NAMES["urgent"]
            return actions.reprioritise(jobs=jobs, priority=urgent, by=by, request_id=request_id)

        self._act(request, queryset, raised, "Raised", "jobs that have not started")

    def _act(self, request: HttpRequest, queryset: QuerySet[Job], verb: Verb, done: str, which: str) -> None:
        jobs = list(queryset.only("id", "public_id"))
        changed = verb(jobs=jobs, by=caller_of(request), request_id=getattr(request, "request_id", None))
        note = f"{done} {len(changed)} of {len(jobs)} jobs."
        if len(changed) < len(jobs):
            note += f" Only {which} can be."
        self.message_user(request, note, messages.SUCCESS if changed else messages.WARNING)


@admin.register(Attempt)
class AttemptAdmin(AdminsOnly):
    list_display = ("job_id", "run", "attempt", "worker", "outcome", "error_type", "started_at", "duration_ms")
    list_filter = ("outcome", "error_type", "started_at")
    search_fields = ("job__public_id", "worker")
    ordering = ("-id",)
    raw_id_fields = ("job",)


@admin.register(Event)
class EventAdmin(AdminsOnly):
    list_display = ("at", "event", "queue", "type", "public_id")
    list_filter = ("event", "queue", "at")
    search_fields = ("public_id",)
    ordering = ("-id",)


@admin.register(Alert)
class AlertAdmin(AdminsOnly):
    """Active and past alerts. They are acknowledged in the console."""

    list_display = ("rule", "message", "severity", "started_at", "resolved_at", "acknowledged_by")
    list_filter = ("rule", "severity", "queue")
    search_fields = ("subject", "message")
    ordering = ("-started_at",)


@admin.register(QueueState)
class QueueStateAdmin(AdminsOnly):
    list_display = ("queue", "paused", "paused_at", "paused_by", "pause_reason")
    actions = ("pause", "resume")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and self._admin(request)

    @admin.action(description="Pause the selected queues", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[QueueState]) -> None:
        self._set(request, queryset, queues.pause, "Paused")

    @admin.action(description="Resume the selected queues", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[QueueState]) -> None:
        self._set(request, queryset, queues.resume, "Resumed")

    def _set(self, request: HttpRequest, queryset: QuerySet[QueueState], verb: Callable[..., bool], done: str) -> None:
        names = list(queryset.values_list("queue", flat=True))
        changed = [
            verb(queue=name, by=caller_of(request), request_id=getattr(request, "request_id", None)) for name in names
        ]
        self.message_user(request, f"{done} {sum(changed)} of {len(names)} queues.")


@admin.register(Worker)
class WorkerAdmin(AdminsOnly):
    list_display = ("name", "host", "pid", "group", "memory_mb", "stopping", "started_at", "heartbeat_at")
    list_filter = ("group", "host", "stopping")
    search_fields = ("name", "host")
    ordering = ("-heartbeat_at",)


# Admin classes of subjects that have a package of their own.
from .overrides import admin as overrides_admin  # noqa: E402, F401
from .schedules import admin as schedules_admin  # noqa: E402, F401
from .webhooks import admin as webhooks_admin  # noqa: E402, F401
from .workflows import admin as workflows_admin  # noqa: E402, F401
