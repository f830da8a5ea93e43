"""Settle: an active job's run ends. Only the run that owns the job can; any other changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ..states import Outcome, Status
from ..workflows import release
from .jsontext import json_text
from .note import note, wake_after_commit

TRACEBACK_LIMIT = 10_000


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """How one run ends.

    status: the job's next state. next_delay_ms: wait until the next run, where there is one.
    error: as the API shows it. costs_attempt: False where the infrastructure was at fault.
    isolate: whether the job runs next in a process slot of its own; None leaves it as it is.
    """

    job_id: int
    run: int
    status: Status
    outcome: Outcome
    result: Any = None
    error: dict[str, Any] | None = None
    traceback: str | None = None
    next_delay_ms: int | None = None
    run_delay_ms: int | None = None
    costs_attempt: bool = True
    isolate: bool | None = None

    @property
    def event(self) -> str:
        return "retrying" if self.status is Status.DELAYED else str(self.status)


# The result is not repeated here: a completed job keeps it, and whoever delivers the event adds it.
_PAYLOAD = """CASE WHEN error IS NOT NULL OR next_delay_ms IS NOT NULL OR event = 'waiting' THEN
    jsonb_strip_nulls(jsonb_build_object(
        'error', error::jsonb, 'nextDelayMs', next_delay_ms,
        'reason', CASE WHEN event = 'waiting' THEN outcome END)) END"""
# LIKE, as in the claim: by primary key, and not by the index of leases.
_SETTLE = f"""
WITH given AS (
    SELECT * FROM unnest(
        %s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
        %s::bigint[], %s::bool[], %s::bool[], %s::text[]
    ) AS g (id, run, status, outcome, result, error, traceback, next_delay_ms, run_delay_ms, costs, isolate, event)
), owned AS (
    -- again: it was to be cancelled and would wait once more, so it has ended instead.
    SELECT j.id, j.cancel_requested_at IS NOT NULL AND g.status IN ('waiting', 'delayed') AS again
    FROM jobs_job j JOIN given g ON j.id = g.id
    WHERE j.run = g.run AND j.status LIKE 'active' ORDER BY j.id FOR NO KEY UPDATE OF j
), ends AS (
    SELECT g.id, g.run, g.outcome, g.result, g.error, g.traceback, g.costs, g.isolate,
        CASE WHEN o.again THEN 'cancelled' ELSE g.status END AS status,
        CASE WHEN o.again THEN 'cancelled' ELSE g.event END AS event,
        CASE WHEN NOT o.again THEN g.next_delay_ms END AS next_delay_ms,
        CASE WHEN NOT o.again THEN g.run_delay_ms END AS run_delay_ms
    FROM given g JOIN owned o ON o.id = g.id
), settled AS (
    UPDATE jobs_job j SET
        status = g.status,
        delay_reason = CASE WHEN g.status = 'delayed' THEN 'retry' END,
        run_at = CASE WHEN g.status = 'delayed'
            THEN clock_timestamp() + g.run_delay_ms * interval '1 millisecond' END,
        result = g.result::jsonb,
        error = g.error::jsonb,
        error_type = g.error::jsonb ->> 'type',
        error_message = g.error::jsonb ->> 'message',
        progress = CASE WHEN g.status = 'completed' THEN 100 ELSE j.progress END,
        attempts_made = j.attempts_made - CASE WHEN g.costs THEN 0 ELSE 1 END,
        interruptions = j.interruptions + CASE WHEN g.outcome = 'interrupted' THEN 1 ELSE 0 END,
        losses = j.losses + CASE WHEN g.outcome IN ('worker_lost', 'process_died') THEN 1 ELSE 0 END,
        isolated = COALESCE(g.isolate, j.isolated),
        first_failed_at = CASE WHEN g.outcome IN ('failed', 'process_died')
            THEN COALESCE(j.first_failed_at, clock_timestamp()) ELSE j.first_failed_at END,
        finished_at = CASE WHEN g.status IN ('completed', 'failed', 'dead', 'cancelled')
            THEN clock_timestamp() END,
        duration_ms = CASE WHEN g.status IN ('completed', 'failed', 'dead', 'cancelled')
            THEN extract(epoch FROM clock_timestamp() - j.started_at) * 1000 END,
        cancel_requested_at = CASE WHEN g.status IN ('completed', 'failed', 'dead', 'cancelled')
            THEN NULL ELSE j.cancel_requested_at END,
        updated_at = clock_timestamp(), lease_until = NULL, worker = NULL
    FROM ends g
    WHERE j.id = g.id AND j.run = g.run AND j.status = 'active'
    RETURNING j.id, j.run, j.public_id, j.queue, j.type, j.duration_ms, g.event, g.outcome, g.error, g.traceback,
        g.next_delay_ms, j.tenant_id, j.user_id, j.followed
), attempts AS (
    UPDATE jobs_attempt a SET
        finished_at = clock_timestamp(), outcome = s.outcome, error = s.error::jsonb,
        error_type = s.error::jsonb ->> 'type', traceback = s.traceback, next_delay_ms = s.next_delay_ms,
        duration_ms = extract(epoch FROM clock_timestamp() - a.started_at) * 1000
    FROM settled s WHERE a.job_id = s.id AND a.run = s.run
), noted AS (
    {note("settled", "event", payload=_PAYLOAD)}
)
SELECT id, run, duration_ms, followed FROM settled
"""  # noqa: S608


def settle(settlements: Sequence[Settlement]) -> dict[tuple[int, int], int | None]:
    """End runs. Returns (job id, run) to duration in ms for those this worker still owned.

    A settlement missing from the answer was not applied: another run owns the job, and whatever
    the caller's transaction holds for it must be rolled back.
    """
    if not settlements:
        return {}
    columns: list[list[Any]] = [
        [item.job_id for item in settlements],
        [item.run for item in settlements],
        [str(item.status) for item in settlements],
        [str(item.outcome) for item in settlements],
        [None if item.result is None else json_text(item.result) for item in settlements],
        [None if item.error is None else json_text(item.error) for item in settlements],
        [shortened(item.traceback) for item in settlements],
        [item.next_delay_ms for item in settlements],
        [item.run_delay_ms if item.run_delay_ms is not None else item.next_delay_ms for item in settlements],
        [item.costs_attempt for item in settlements],
        [item.isolate for item in settlements],
        [item.event for item in settlements],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, columns)
        rows = cursor.fetchall()
    if rows:
        wake_after_commit()
    if any(row[3] for row in rows):
        release.soon()
    return {(row[0], row[1]): row[2] for row in rows}


_LOCK = "SELECT 1 FROM jobs_job WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def lock(ids: Iterable[int]) -> None:
    """Lock jobs in id order, for a transaction that changes them by several statements."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(ids)])


def shortened(text: str | None) -> str | None:
    """A traceback's end says the most."""
    if text is None:
        return None
    text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
    return text if len(text) <= TRACEBACK_LIMIT else "…" + text[-(TRACEBACK_LIMIT - 1) :]


_RESULT = """
UPDATE jobs_job SET result = %s::jsonb, updated_at = clock_timestamp()
WHERE id = %s AND run = %s AND status = 'completed' AND result IS NULL
"""


def add_result(*, job_id: int, run: int, result: Any) -> bool:
    """Store the result of a run that completed in its own transaction and returned it afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_RESULT, [json_text(result), job_id, run])
        return bool(cursor.rowcount == 1)
