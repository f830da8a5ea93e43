"""Dead letters: failed and dead jobs, what killed them, and what may be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import ExpressionWrapper, F, OuterRef, QuerySet, Subquery, fields
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from accounts.callers import Caller

from . import actions, reads
from .models import Attempt, Job
from .resource import shown_error
from .states import Status
from .timestamps import iso_or_none

ACTIONS = ("retry", "bury", "remove")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which dead letters; None matches all. Ages count from the last failure."""

    type: str | None = None
    error_class: str | None = None
    status: Status | None = None
    older_than_ms: int | None = None
    newer_than_ms: int | None = None
    job_ids: Sequence[str] | None = None


def dead_letters(caller: Caller, queue: str | None, wanted: Filter) -> QuerySet[Job]:
    """The latest failure first. queue: None for all queues."""
    states = [wanted.status] if wanted.status else [Status.FAILED, Status.DEAD]
    jobs = reads.listed(caller).filter(status__in=[str(status) for status in states])
    if queue is not None:
        jobs = jobs.filter(queue=queue)
    if wanted.type is not None:
        jobs = jobs.filter(type=wanted.type)
    if wanted.error_class is not None:
        jobs = jobs.filter(error_type=wanted.error_class)
    if wanted.older_than_ms is not None:
        jobs = jobs.filter(finished_at__lte=_ago(wanted.older_than_ms))
    if wanted.newer_than_ms is not None:
        jobs = jobs.filter(finished_at__gte=_ago(wanted.newer_than_ms))
    if wanted.job_ids is not None:
        jobs = jobs.filter(public_id__in=wanted.job_ids)
    return jobs.order_by(F("finished_at").desc(), "-id")


def _ago(ms: int) -> Combinable:
    return ExpressionWrapper(Now() - timedelta(milliseconds=ms), output_field=fields.DateTimeField())


def with_last_traceback(jobs: QuerySet[Job]) -> QuerySet[Job]:
    last = Attempt.objects.filter(job_id=OuterRef("id"), traceback__isnull=False).order_by("-run")
    return jobs.annotate(last_traceback=Subquery(last.values("traceback")[:1]))


def dead_letter(job: Job, *, for_admin: bool) -> dict[str, Any]:
    """One entry. Stack traces are for admins; `job` comes from with_last_traceback for them."""
    return {
        "id": job.public_id,
        "type": job.type,
        "queue": job.queue,
        "status": job.status,
        "errorClass": job.error_type,
        "message": job.error_message,
        "error": shown_error(job.error),
        "attemptsMade": job.attempts_made,
        "maxAttempts": job.max_attempts,
        "redrives": job.redrives,
        "stackTrace": getattr(job, "last_traceback", None) if for_admin else None,
        "firstFailedAt": iso_or_none(job.first_failed_at),
        "lastFailedAt": iso_or_none(job.finished_at),
        "relatedId": job.related_id,
        "userId": job.user_id,
        "tenantId": job.tenant_id,
    }


def act(
    *,
    action: str,
    queue: str,
    wanted: Filter,
    limit: int,
    by: Caller,
    force: bool = False,
    request_id: str | None = None,
) -> list[str]:
    """Do one of ACTIONS to at most `limit` of a queue's dead letters; the ids of those it changed.

    Dead ones are retried with `force` only; buried are those that only failed.
    """
    with transaction.atomic():
        # Locked, so that none of them is retried by somebody else between the look and the deed.
        found = dead_letters(by, queue, wanted).select_for_update().only("id", "public_id")
        jobs = list(found[:limit])
        if action == "retry":
            changed = actions.retry(jobs=jobs, by=by, force=force, request_id=request_id)
        elif action == "bury":
            changed = actions.bury(jobs=jobs, by=by, request_id=request_id)
        else:
            changed = actions.remove(jobs=jobs, by=by, request_id=request_id)
    return [item.public_id for item in changed]
