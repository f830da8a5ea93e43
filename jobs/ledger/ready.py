"""What may start next, as Postgres has it: due jobs released, heads of queues read, starts permitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from .. import policy
from ..policy import QueuePolicy
from ..ready import Ready
from ..views_of_state import paused_queues
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
class Permits:
    """Jobs a gated queue may start now, and those whose permit was taken back."""

    granted: list[Ready]
    revoked: list[int]


_HELD = """
SELECT id FROM jobs_job WHERE queue = %s AND permitted_at IS NOT NULL AND status = 'waiting'
ORDER BY id FOR NO KEY UPDATE
"""
_CANDIDATES = """
SELECT id, priority, type || ' ' || public_id, timeout_ms, permitted_at IS NOT NULL, status FROM jobs_job
WHERE queue = %s AND status IN ('waiting', 'rate-limited') ORDER BY priority DESC, id LIMIT %s
"""
# Of those that were held back, listeners learn that they wait again. The candidates were read in this
# transaction, which holds the queue's lock: nobody else changes what `held_back` says.
_GRANT = f"""
WITH changed AS (
    UPDATE jobs_job SET permitted_at = clock_timestamp(), status = 'waiting', run_at = NULL
    WHERE id = ANY(%(ids)s) AND status IN ('waiting', 'rate-limited') AND permitted_at IS NULL
    RETURNING id, public_id, queue, type, tenant_id, user_id
), unheld AS (
    SELECT * FROM changed WHERE id = ANY(%(held_back)s)
), noted AS (
    {note("unheld", "'waiting'")}
)
SELECT id FROM changed
"""  # noqa: S608
_REVOKE = """
UPDATE jobs_job SET permitted_at = NULL WHERE queue = %s AND status = 'waiting' AND permitted_at IS NOT NULL
    AND NOT id = ANY(%s) RETURNING id
"""
_HOLD_BACK = f"""
WITH given AS (SELECT * FROM unnest(%s::bigint[], %s::timestamptz[]) AS g (id, at)),
changed AS (
    UPDATE jobs_job j SET status = 'rate-limited', run_at = g.at, updated_at = clock_timestamp()
    FROM given g WHERE j.id = g.id AND j.status = 'waiting'
    RETURNING j.id, j.public_id, j.queue, j.type, j.tenant_id, j.user_id, j.run_at
)
{note("changed", "'rate-limited'", payload="jsonb_build_object('runAt', run_at)")}
"""  # noqa: S608


def permit(rules: QueuePolicy, *, window: int) -> Permits:
    """Hand out the starts that a gated queue has left to the first jobs in order.

    Call inside a transaction that holds the queue's advisory lock. A start counts from its claim;
    a permit counts as a start until it is used or taken back, so no rolling window ever sees more.
    """
    with connection.cursor() as cursor:
        # Locked first: a claim either happened before, and is counted below, or waits for this pass.
        cursor.execute(_HELD, [rules.name])
        held = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        budget, starts = _budget(rules, now)
        if rules.name in paused_queues():
            budget = 0
        rows = _candidates(rules, max(budget, 0) + window)
        chosen, rest = rows[: max(budget, 0)], rows[max(budget, 0) :]
        ids = [row[0] for row in chosen]
        cursor.execute(_REVOKE, [rules.name, ids])
        revoked = [row[0] for row in cursor.fetchall()]
        if not held.issuperset(ids):
            held_back = [row[0] for row in chosen if row[5] == "rate-limited"]
            cursor.execute(_GRANT, {"ids": ids, "held_back": held_back})
            if held_back:
                wake_after_commit()
        limited = [row[0] for row in rest if row[5] == "waiting"]
        if limited and rules.start_limit and len(starts) + len(ids) >= rules.start_limit.count:
            times = policy.earliest_starts(
                limit=rules.start_limit, starts=starts, granted=len(ids), now=now, waiting=len(rest)
            )
            late = [(row[0], at) for row, at in zip(rest, times, strict=True) if row[5] == "waiting"]
            cursor.execute(_HOLD_BACK, [[item[0] for item in late], [item[1] for item in late]])
            wake_after_commit()
    granted = [Ready(id=row[0], priority=row[1], label=row[2], timeout_ms=row[3]) for row in chosen]
    return Permits(granted=granted, revoked=revoked)


def _candidates(rules: QueuePolicy, limit: int) -> Sequence[Sequence[Any]]:
    if rules.fair is not None:
        return fair.candidates(rules, rules.fair, limit)
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [rules.name, limit])
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
        return rows


def _budget(rules: QueuePolicy, now: datetime) -> tuple[int, list[datetime]]:
    """Starts that may be outstanding now, and the start times inside the limit's window."""
    budgets = [settings.DISPATCH_WINDOW]
    starts: list[datetime] = []
    with connection.cursor() as cursor:
        if rules.start_limit:
            since = now - timedelta(milliseconds=rules.start_limit.window_ms) - WINDOW_MARGIN
            cursor.execute(
                "SELECT started_at FROM jobs_start WHERE queue = %s AND started_at > %s", [rules.name, since]
            )
            starts = [row[0] for row in cursor.fetchall()]
            budgets.append(rules.start_limit.count - len(starts))
        if rules.max_concurrency is not None:
            cursor.execute("SELECT count(*) FROM jobs_job WHERE queue = %s AND status = 'active'", [rules.name])
            budgets.append(rules.max_concurrency - cursor.fetchone()[0])
    return min(budgets), starts


# No event: the jobs are shown as paused from here on, which the queue's own event tells.
_UNHOLD = """
UPDATE jobs_job SET status = 'waiting', run_at = NULL, permitted_at = NULL, updated_at = clock_timestamp()
WHERE queue = %s AND (status = 'rate-limited' OR permitted_at IS NOT NULL) AND status IN ('waiting', 'rate-limited')
"""


def take_back_permits(queue: str) -> None:
    """A queue that pauses: its held-back jobs wait again, and none may start."""
    with connection.cursor() as cursor:
        cursor.execute(_UNHOLD, [queue])
