"""What may start next, as Postgres has it: due jobs released, heads of queues read, starts permitted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from .. import policy
from ..policy import QueuePolicy
from ..ready import Ready
from . import fair
from .note import note, wake_after_commit

#: Distance kept to a limit's window, so that jitter between claim and handler never shows as excess.
WINDOW_MARGIN = timedelta(milliseconds=250)

_HEAD = """
SELECT id, priority, type || ' ' || public_id, timeout_ms FROM jobs_job
WHERE queue = %s AND status = 'waiting' AND (NOT %s OR permitted_at IS NOT NULL)
ORDER BY priority DESC, id LIMIT %s
"""


def head(queue: str, limit: int) -> list[Ready]:
    """The first `limit` jobs of a queue that may start, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, [queue, policy.policy_of(queue).gated, limit])
        return [Ready(id=row[0], priority=row[1], label=row[2], timeout_ms=row[3]) for row in cursor.fetchall()]


_RELEASE = f"""
WITH due AS (
    SELECT id FROM jobs_job WHERE status = 'delayed' AND run_at <= clock_timestamp()
    ORDER BY run_at LIMIT %s FOR UPDATE SKIP LOCKED
), released AS (
    UPDATE jobs_job j SET status = 'waiting', delay_reason = NULL, run_at = NULL, updated_at = clock_timestamp()
    FROM due WHERE j.id = due.id
    RETURNING j.id, j.public_id, j.queue, j.type, j.tenant_id, j.user_id, j.priority, j.timeout_ms
), noted AS (
    {note("released", "'waiting'")}
)
SELECT queue, id, priority, type || ' ' || public_id, timeout_ms FROM released
"""  # noqa: S608


def release_due(limit: int = 2000) -> dict[str, list[Ready]]:
    """Make delayed jobs that are due waiting; returns them by queue."""
    found: dict[str, list[Ready]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, [limit])
        for queue, job_id, priority, label, timeout_ms in cursor.fetchall():
            found.setdefault(queue, []).append(Ready(id=job_id, priority=priority, label=label, timeout_ms=timeout_ms))
    if found:
        wake_after_commit()
    return found


@dataclass(frozen=True, kw_only=True)
class Full:
    """A queue whose start limit is used up. free_in: until the first start can be free again.

    lowest: the lowest priority that holds a permit, which a job of a higher one takes over; None where
    all permits are used.
    """

    free_in: timedelta
    lowest: int | None


@dataclass(frozen=True, kw_only=True)
class Permits:
    """Jobs a gated queue may start now, and those whose permit was taken back."""

    granted: list[Ready]
    revoked: list[int]
    #: Set where no further start can be handed out before one leaves the limit's window.
    full: Full | None = None


@dataclass(frozen=True, kw_only=True)
class _Room:
    """What a gated queue has left at `now`. budget: permits that may be outstanding."""

    now: datetime
    starts: list[datetime]
    budget: int
    #: It is the start limit that bounds the budget, and no cap or pause.
    limited: bool


@dataclass(frozen=True)
class _Candidate:
    """A job in line. place: 0 for the first."""

    id: int
    priority: int
    label: str
    timeout_ms: int
    status: str
    place: int


_HELD = """
SELECT id FROM jobs_job WHERE queue = %s AND permitted_at IS NOT NULL AND status = 'waiting'
ORDER BY id FOR NO KEY UPDATE
"""
# The statement's time, not the clock's: the index serves it.
_ROOM = """
SELECT statement_timestamp(), EXISTS (SELECT 1 FROM jobs_queuestate WHERE queue = %(queue)s AND paused),
    ARRAY(SELECT started_at FROM jobs_start
          WHERE queue = %(queue)s AND started_at > statement_timestamp() - %(since)s::interval),
    CASE WHEN %(capped)s THEN (SELECT count(*) FROM jobs_job WHERE queue = %(queue)s AND status = 'active') END
"""
# Those that may start, whatever their state, and behind them only those that are not held back yet:
# of a long queue that is held back already, no row leaves the server.
_CANDIDATES = """
SELECT id, priority, type || ' ' || public_id, timeout_ms, status, place FROM (
    SELECT id, priority, type, public_id, timeout_ms, status,
        row_number() OVER (ORDER BY priority DESC, id) - 1 AS place
    FROM jobs_job WHERE queue = %(queue)s AND status IN ('waiting', 'rate-limited')
    ORDER BY priority DESC, id LIMIT %(limit)s
) first
WHERE place < %(budget)s OR status = 'waiting' ORDER BY place
"""
# Of those that were held back, listeners learn that they wait again. The candidates were read in this
# transaction, which holds the queue's lock: nobody else changes what `held_back` says.
_GRANT = f"""
WITH picked AS (
    SELECT id FROM jobs_job
    WHERE id = ANY(%(ids)s) AND status IN ('waiting', 'rate-limited') AND permitted_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
), changed AS (
    UPDATE jobs_job j SET permitted_at = clock_timestamp(), status = 'waiting', run_at = NULL
    FROM picked WHERE j.id = picked.id
    RETURNING j.id, j.public_id, j.queue, j.type, j.tenant_id, j.user_id
), unheld AS (
    SELECT * FROM changed WHERE id = ANY(%(held_back)s)
), noted AS (
    {note("unheld", "'waiting'")}
)
SELECT id FROM changed
"""  # noqa: S608
_REVOKE = """
WITH picked AS (
    SELECT id FROM jobs_job WHERE id = ANY(%s) AND status = 'waiting' AND permitted_at IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE jobs_job j SET permitted_at = NULL FROM picked WHERE j.id = picked.id
RETURNING j.id
"""
_HOLD_BACK = f"""
WITH picked AS (
    SELECT j.id, g.at FROM jobs_job j JOIN unnest(%s::bigint[], %s::timestamptz[]) AS g (id, at) ON j.id = g.id
    WHERE j.status = 'waiting' ORDER BY j.id FOR NO KEY UPDATE OF j
), changed AS (
    UPDATE jobs_job j SET status = 'rate-limited', run_at = picked.at, updated_at = clock_timestamp()
    FROM picked WHERE j.id = picked.id
    RETURNING j.id, j.public_id, j.queue, j.type, j.tenant_id, j.user_id, j.run_at
)
{note("changed", "'rate-limited'", payload="jsonb_build_object('runAt', run_at)")}
"""  # noqa: S608


def permit(rules: QueuePolicy, *, window: int) -> Permits:
    """Hand out the starts that a gated queue has left to the first jobs in order.

    Call inside a transaction that holds the queue's advisory lock. A start counts from its claim;
    a permit counts as a start until it is used or taken back, so no rolling window ever sees more.
    """
    # Locked first: a claim either happened before, and is counted below, or waits for this pass.
    held = _held(rules.name)
    room = _room(rules)
    rows = _candidates(rules, room.budget, room.budget + window if room.limited else room.budget)
    chosen, rest = rows[: room.budget], rows[room.budget :]
    revoked = _revoke(held.difference(row.id for row in chosen))
    _grant([row for row in chosen if row.id not in held])
    used_up = room.limited and len(chosen) == room.budget
    if used_up:
        _hold_back(rules, room, len(chosen), [row for row in rest if row.status == "waiting"])
    granted = [Ready(id=row.id, priority=row.priority, label=row.label, timeout_ms=row.timeout_ms) for row in chosen]
    return Permits(granted=granted, revoked=revoked, full=_full(rules, room, chosen) if used_up else None)


def _held(queue: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [queue])
        return {row[0] for row in cursor.fetchall()}


def _room(rules: QueuePolicy) -> _Room:
    limit, cap = rules.start_limit, rules.max_concurrency
    since = timedelta(milliseconds=limit.window_ms) + WINDOW_MARGIN if limit else None
    parameters: dict[str, Any] = {"queue": rules.name, "since": since, "capped": cap is not None}
    with connection.cursor() as cursor:
        cursor.execute(_ROOM, parameters)
        now, paused, starts, active = cursor.fetchone()
    other = [0 if paused else settings.DISPATCH_WINDOW, *([cap - active] if cap is not None else [])]
    left = limit.count - len(starts) if limit else None
    budget = max(0, min(other if left is None else [*other, left]))
    return _Room(
        now=now, starts=starts, budget=budget, limited=not paused and left is not None and max(0, left) == budget
    )


def _candidates(rules: QueuePolicy, budget: int, limit: int) -> list[_Candidate]:
    if limit == 0:
        return []
    if rules.fair is not None:
        rows = fair.candidates(rules, rules.fair, limit)
        # Of a row of theirs: id, priority, label, time limit, permitted, status, related id, tenant.
        return [_Candidate(row[0], row[1], row[2], row[3], row[5], place) for place, row in enumerate(rows)]
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"queue": rules.name, "budget": budget, "limit": limit})
        return [_Candidate(*row) for row in cursor.fetchall()]


def _revoke(ids: Collection[int]) -> list[int]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_REVOKE, [sorted(ids)])
        return [row[0] for row in cursor.fetchall()]


def _grant(rows: Sequence[_Candidate]) -> None:
    if not rows:
        return
    held_back = [row.id for row in rows if row.status == "rate-limited"]
    with connection.cursor() as cursor:
        cursor.execute(_GRANT, {"ids": [row.id for row in rows], "held_back": held_back})
    if held_back:
        wake_after_commit()


def _hold_back(rules: QueuePolicy, room: _Room, granted: int, rows: Sequence[_Candidate]) -> None:
    if not rows:
        return
    times = _earliest_starts(rules, room, granted, [row.place - granted for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_BACK, [[row.id for row in rows], times])
    wake_after_commit()


def _full(rules: QueuePolicy, room: _Room, chosen: Sequence[_Candidate]) -> Full:
    (first,) = _earliest_starts(rules, room, len(chosen), [0])
    return Full(free_in=first + WINDOW_MARGIN - room.now, lowest=chosen[-1].priority if chosen else None)


def _earliest_starts(rules: QueuePolicy, room: _Room, granted: int, places: Sequence[int]) -> list[datetime]:
    if rules.start_limit is None:
        raise ValueError(f"the queue {rules.name} has no start limit")
    return policy.earliest_starts(
        limit=rules.start_limit, starts=room.starts, granted=granted, now=room.now, places=places
    )


# No event: the jobs are shown as paused from here on, which the queue's own event tells.
_UNHOLD = """
WITH picked AS (
    SELECT id FROM jobs_job
    WHERE queue = %s AND (status = 'rate-limited' OR permitted_at IS NOT NULL) AND status IN ('waiting', 'rate-limited')
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE jobs_job j SET status = 'waiting', run_at = NULL, permitted_at = NULL, updated_at = clock_timestamp()
FROM picked WHERE j.id = picked.id
"""


def take_back_permits(queue: str) -> None:
    """A queue that pauses: its held-back jobs wait again, and none may start."""
    with connection.cursor() as cursor:
        cursor.execute(_UNHOLD, [queue])
