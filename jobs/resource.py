"""The job resource: the one shape in which every endpoint, command and event shows a job."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from .estimates import expected_seconds
from .explain import explain
from .models import Attempt, Job, LogLine
from .reads import Facts, facts_of
from .states import READY, TERMINAL, Status
from .timestamps import iso, iso_or_none
from .workflows.blockers import blockers_of

POLL_INTERVAL_MS = 2000
ERROR_KEYS = ("type", "code", "message", "retryable", "retryAfterSeconds", "at")
#: Lines of a job's log that are shown: the last ones.
LOG_LINES = 1000


def job_resource(
    job: Job,
    facts: Facts,
    *,
    redis_reachable: bool | None = None,
    blockers: Mapping[int, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """blockers: what the jobs wait for, where the caller has asked for several at once."""
    waits_for = (blockers_of([job]) if blockers is None else blockers).get(job.pk)
    status = status_of(job, facts.paused)
    over = status in TERMINAL
    ends_at = None if over else _expected_end(job, facts.now)
    reason = explain(job, facts, redis_reachable=redis_reachable, waits_for=waits_for)
    return {
        "id": job.public_id,
        "type": job.type,
        "queue": job.queue,
        "status": str(status),
        "delayReason": job.delay_reason,
        "progress": job.progress,
        "stage": job.stage or None,
        "data": None if job.archived else job.data,
        "result": None if job.archived else job.result,
        "error": shown_error(job.error),
        "attemptsMade": job.attempts_made,
        "maxAttempts": job.max_attempts,
        "priority": job.priority,
        "delayMs": job.delay_ms,
        "timeoutMs": job.timeout_ms,
        "relatedId": job.related_id,
        "userId": job.user_id,
        "tenantId": job.tenant_id,
        "blockedBy": None if waits_for is None else list(waits_for),
        "correlationId": job.correlation_id,
        "createdAt": iso(job.created_at),
        "startedAt": iso_or_none(job.started_at),
        "finishedAt": iso_or_none(job.finished_at),
        "updatedAt": iso(job.updated_at),
        "runAt": iso_or_none(job.run_at),
        "durationMs": job.duration_ms if over else None,
        "estimatedCompletionAt": iso_or_none(ends_at),
        "estimatedCompletionSeconds": None if ends_at is None else _seconds_left(ends_at, facts.now),
        "pollUrl": poll_url(job.public_id),
        "pollIntervalMs": None if over else POLL_INTERVAL_MS,
        "archived": job.archived,
        "explanation": {"code": reason.code, "message": reason.message} if reason else None,
    }


def resources(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Several jobs; what surrounds them is read once per queue, so their places are not counted."""
    if not jobs:
        return []
    around = facts_of({job.queue for job in jobs})
    blockers = blockers_of(jobs)
    return [job_resource(job, around[job.queue], blockers=blockers) for job in jobs]


def status_of(job: Job, queue_is_paused: bool) -> Status:
    stored = Status(job.status)
    return Status.PAUSED if queue_is_paused and stored in READY else stored


def poll_url(public_id: str) -> str:
    return f"/api/jobs/{public_id}"


def shown_error(error: dict[str, Any] | None) -> dict[str, Any] | None:
    """An error without what only admins may see."""
    return None if error is None else {key: error.get(key) for key in ERROR_KEYS}


def _expected_end(job: Job, now: datetime) -> datetime:
    if job.status == Status.ACTIVE and job.started_at is not None:
        start = job.started_at
    else:
        start = max(now, job.run_at) if job.run_at is not None else now
    return start + timedelta(seconds=expected_seconds(job.type, job.queue))


def _seconds_left(ends_at: datetime, now: datetime) -> int:
    return max(0, math.ceil((ends_at - now).total_seconds()))


def attempt_history(attempts: Iterable[Attempt], *, for_admin: bool) -> list[dict[str, Any]]:
    """Every run in order, the open one included. Tracebacks are for admins."""
    history = []
    for row in attempts:
        error = shown_error(row.error)
        if error is not None and for_admin:
            error |= {"exception": (row.error or {}).get("exception"), "traceback": row.traceback}
        history.append(
            {
                "attempt": row.attempt,
                "startedAt": iso(row.started_at),
                "finishedAt": iso_or_none(row.finished_at),
                "worker": row.worker,
                "outcome": row.outcome,
                "error": error,
                "nextDelayMs": row.next_delay_ms,
            }
        )
    return history


def history_of(job: Job, *, for_admin: bool) -> list[dict[str, Any]]:
    rows = Attempt.objects.filter(job_id=job.id).order_by("run")
    return attempt_history(rows, for_admin=for_admin)


def log_of(job: Job) -> list[dict[str, Any]]:
    """The job's last lines, oldest first."""
    lines = LogLine.objects.filter(job_id=job.id).order_by("-id")[:LOG_LINES]
    return [{"at": iso(line.at), "text": line.text} for line in reversed(lines)]
