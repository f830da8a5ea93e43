"""Retention: which finished jobs keep data and place (tier 1), and how long their records stay (tier 2)."""

import logging
from datetime import timedelta
from typing import Any

from django.db import connection

from .ledger.note import note, wake_after_commit
from .policy import Keep, policies

logger = logging.getLogger("quarry.maintenance")

#: Jobs that one sweep archives per queue and rule.
SWEEP_LIMIT = 1000

# Newest first, as Keep counts them. Archiving drops data, result and log, and keeps the record.
_ARCHIVE = """
WITH ranked AS (
    SELECT id, finished_at, row_number() OVER (ORDER BY finished_at DESC, id DESC) - 1 AS place
    FROM jobs_job WHERE queue = %(queue)s AND status = ANY(%(states)s) AND finished_at IS NOT NULL AND NOT archived
), expired AS (
    SELECT id FROM ranked
    WHERE NOT (
        CASE %(rule)s
            WHEN 'or' THEN
                COALESCE(place < %(count)s, false)
                OR COALESCE(finished_at > clock_timestamp() - %(age)s::interval, false)
            ELSE
                COALESCE(place < %(count)s, true)
                AND COALESCE(finished_at > clock_timestamp() - %(age)s::interval, true)
        END
    )
    -- A job keeps its result for those that depend on it, until they have completed or cannot run any more.
    AND NOT EXISTS (
        SELECT 1 FROM jobs_dependency d JOIN jobs_job w ON w.id = d.job_id
        WHERE d.depends_on_id = ranked.id AND w.status <> 'completed' AND NOT w.archived
    )
    ORDER BY finished_at, id LIMIT %(limit)s
), picked AS (
    SELECT j.id FROM jobs_job j JOIN expired e ON j.id = e.id
    WHERE j.finished_at IS NOT NULL ORDER BY j.id FOR NO KEY UPDATE OF j
), archived AS (
    UPDATE jobs_job j SET archived = true, data = '{}'::jsonb, result = NULL, updated_at = clock_timestamp()
    FROM picked WHERE j.id = picked.id
    RETURNING j.id
), unlogged AS (
    DELETE FROM jobs_logline l USING archived a WHERE l.job_id = a.id
), forgotten AS (
    -- The index must forget the words of data and result.
    INSERT INTO jobs_searchpending (job_id) SELECT id FROM archived ON CONFLICT DO NOTHING
)
SELECT count(*) FROM archived
"""


def sweep(*, limit: int = SWEEP_LIMIT) -> dict[str, int]:
    """Archive the ended jobs that each queue's policy no longer keeps.

    At most `limit` per queue and rule; returns numbers.
    Each state has a rank of its own: a hundred completed jobs do not push out cancelled ones.
    """
    done: dict[str, int] = {}
    for policy in policies().values():
        for states, keep in (
            (("completed", "cancelled"), policy.keep_completed),
            (("failed", "dead"), policy.keep_failed),
        ):
            for state in states:
                number = _archive(policy.name, state, keep, limit)
                if number:
                    done[policy.name] = done.get(policy.name, 0) + number
    if done:
        logger.info("Retention archived %s", ", ".join(f"{number} of {queue}" for queue, number in done.items()))
    return done


def _archive(queue: str, state: str, keep: Keep, limit: int) -> int:
    if keep.count is None and keep.age is None:
        return 0
    parameters: dict[str, Any] = {
        "queue": queue,
        "states": [state],
        "rule": keep.rule if keep.count is not None and keep.age is not None else "and",
        "count": keep.count,
        "age": keep.age,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ARCHIVE, parameters)
        return int(cursor.fetchone()[0])


_OLD = "archived AND finished_at < clock_timestamp() - %s"
_FORGET = f"""
WITH gone AS (
    DELETE FROM jobs_job WHERE id IN (SELECT id FROM jobs_job WHERE {_OLD} LIMIT %s)
    RETURNING id, public_id, queue, type, tenant_id, user_id
), unindexed AS (
    DELETE FROM jobs_searchdocument d USING gone g WHERE d.job_id = g.id
), noted AS (
    {note("gone", "'removed'")}
)
SELECT count(*) FROM gone
"""  # noqa: S608  constants


def cleanup_old_jobs(days: int = 30, *, dry_run: bool = False, limit: int = 10_000) -> int:
    """Delete archived records older than `days`; returns how many there were. dry_run deletes nothing."""
    age: Any = timedelta(days=days)
    with connection.cursor() as cursor:
        if dry_run:
            cursor.execute(f"SELECT count(*) FROM jobs_job WHERE {_OLD}", [age])  # noqa: S608  a constant
            return int(cursor.fetchone()[0])
        total = 0
        while True:
            cursor.execute(_FORGET, [age, limit])
            number = int(cursor.fetchone()[0])
            if number:
                wake_after_commit()
            total += number
            if number < limit:
                return total
