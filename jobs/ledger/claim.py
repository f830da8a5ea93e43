"""Claim: ready jobs become active under one worker's lease. One winner, however often delivered."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from ..policy import policies
from .note import note, wake_after_commit


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A job this worker may run now. `run` is the fence that settles it."""

    id: int
    public_id: str
    type: str
    queue: str
    run: int
    attempt: int
    max_attempts: int
    timeout_ms: int
    data: dict[str, Any]
    user_id: str | None
    tenant_id: str | None
    correlation_id: str | None
    isolated: bool
    redrives: int
    started_at: datetime
    trace_parent: str | None = None


# `run` only grows, and grows durably: a claim that Postgres forgot in a crash could be made again with
# the same number, and two runs would then both pass the fence.
#
# LIKE keeps the planner from the partial index of ready jobs, which it prefers to the primary key while
# its statistics are older than the backlog, and would then read from end to end for each batch.
_CLAIM = f"""
WITH picked AS (
    SELECT j.id FROM jobs_job j
    WHERE j.id = ANY(%(ids)s) AND j.status LIKE 'waiting'
      AND (j.queue <> ALL(%(gated)s::text[]) OR j.permitted_at IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM jobs_queuestate q WHERE q.queue = j.queue AND q.paused)
    ORDER BY j.id FOR NO KEY UPDATE OF j SKIP LOCKED
), claimed AS (
    UPDATE jobs_job j SET
        status = 'active', run = run + 1, attempts_made = attempts_made + 1, worker = %(worker)s,
        started_at = clock_timestamp(), lease_until = clock_timestamp() + %(lease)s * interval '1 second',
        updated_at = clock_timestamp(), progress = 0, stage = '', run_at = NULL, permitted_at = NULL
    FROM picked WHERE j.id = picked.id
    RETURNING j.id, j.public_id, j.type, j.queue, j.run, j.attempts_made, j.max_attempts, j.timeout_ms,
        j.data::text, j.user_id, j.tenant_id, j.correlation_id, j.isolated, j.redrives, j.started_at,
        j.trace_parent
), attempted AS (
    INSERT INTO jobs_attempt (job_id, run, attempt, worker, started_at)
    SELECT id, run, attempts_made, %(worker)s, started_at FROM claimed
), noted AS (
    {note("claimed", "'active'")}
), started AS (
    INSERT INTO jobs_start (queue, tenant_id, started_at)
    SELECT queue, tenant_id, started_at FROM claimed WHERE queue = ANY(%(limited)s::text[])
)
SELECT * FROM claimed ORDER BY id
"""  # noqa: S608


def gated_queues() -> list[str]:
    return [policy.name for policy in policies().values() if policy.gated]


def limited_queues() -> list[str]:
    return [policy.name for policy in policies().values() if policy.start_limit]


def claim(ids: Sequence[int], *, worker: str, lease_seconds: float | None = None) -> list[Claimed]:
    """Claim those of `ids` that are still ready, unpaused and, on gated queues, permitted.

    lease_seconds: where nobody renews the lease, how long the run may take. Ids that cannot be claimed
    are left out: another delivery was first, or the job is no longer due.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "ids": list(ids),
                "worker": worker,
                "lease": lease_seconds or settings.LEASE_SECONDS,
                "gated": gated_queues(),
                "limited": limited_queues(),
            },
        )
        rows = cursor.fetchall()
    if rows:
        wake_after_commit()
    return [_claimed(row) for row in rows]


def _claimed(row: tuple[Any, ...]) -> Claimed:
    return Claimed(
        id=row[0],
        public_id=row[1],
        type=row[2],
        queue=row[3],
        run=row[4],
        attempt=row[5],
        max_attempts=row[6],
        timeout_ms=row[7],
        data=json.loads(row[8]),
        user_id=row[9],
        tenant_id=row[10],
        correlation_id=row[11],
        isolated=row[12],
        redrives=row[13],
        started_at=row[14],
        trace_parent=row[15],
    )


# In id order, as the settler locks: without it the two could wait for each other.
_RENEW = """
WITH held AS (
    SELECT j.id FROM jobs_job j JOIN unnest(%(ids)s::bigint[], %(runs)s::int[]) AS h (id, run) ON j.id = h.id
    WHERE j.run = h.run AND j.status LIKE 'active' AND j.worker = %(worker)s
    ORDER BY j.id FOR NO KEY UPDATE OF j
)
UPDATE jobs_job j SET lease_until = clock_timestamp() + %(lease)s * interval '1 second'
FROM held WHERE j.id = held.id
RETURNING j.id, j.run, j.cancel_requested_at IS NOT NULL
"""


@dataclass(frozen=True, kw_only=True)
class Renewed:
    """Of the leases asked for: those still held, and those of jobs somebody wants cancelled."""

    held: frozenset[tuple[int, int]]
    cancel: frozenset[tuple[int, int]]


def renew(held: Iterable[tuple[int, int]], *, worker: str) -> Renewed:
    """Prolong the leases of (id, run) pairs. A pair missing from the answer belongs to another run now."""
    pairs = sorted(held)
    if not pairs:
        return Renewed(held=frozenset(), cancel=frozenset())
    with connection.cursor() as cursor:
        cursor.execute(
            _RENEW,
            {
                "ids": [pair[0] for pair in pairs],
                "runs": [pair[1] for pair in pairs],
                "lease": settings.LEASE_SECONDS,
                "worker": worker,
            },
        )
        rows = cursor.fetchall()
    return Renewed(
        held=frozenset((row[0], row[1]) for row in rows),
        cancel=frozenset((row[0], row[1]) for row in rows if row[2]),
    )
