"""How long the first of each queue's ready jobs has been waiting."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

#: Priorities of one queue that are looked at; no more than a few are ever in use at once.
MOST_PRIORITIES = 20

# Per queue, the first job of each priority: a few steps in the index of ready jobs, whatever their number.
# Within a priority the lowest id came first; of the firsts the longest wait counts. A job waits since it
# became ready: its creation, or the change that made it wait after a delay or a retry.
_OLDEST = f"""
SELECT q.name, min(f.since) FROM unnest(%s::text[]) AS q (name), LATERAL (
    WITH RECURSIVE firsts AS (
        (SELECT priority, 1 AS number,
            CASE WHEN run = 0 AND delay_ms IS NULL THEN created_at ELSE updated_at END AS since
         FROM jobs_job WHERE queue = q.name AND status IN ('waiting', 'rate-limited')
         ORDER BY priority DESC, id LIMIT 1)
        UNION ALL
        SELECT n.priority, firsts.number + 1, n.since FROM firsts, LATERAL (
            SELECT priority, CASE WHEN run = 0 AND delay_ms IS NULL THEN created_at ELSE updated_at END AS since
            FROM jobs_job WHERE queue = q.name AND status IN ('waiting', 'rate-limited')
              AND priority < firsts.priority
            ORDER BY priority DESC, id LIMIT 1
        ) n WHERE firsts.number < {MOST_PRIORITIES}
    ) SELECT since FROM firsts
) f GROUP BY q.name
"""  # noqa: S608  a constant of this file


def waiting_since(queues: Iterable[str]) -> dict[str, datetime]:
    """Since when the longest-waiting ready job of each queue waits; queues without one are absent."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [list(queues)])
        return dict(cursor.fetchall())
