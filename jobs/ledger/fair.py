"""What may start next on a queue that shares its slots fairly: no target and no tenant takes them all.

Jobs with a related id (the endpoint of a delivery) start while few others about it run; tenants with
fewer starts in the limit's window come first. Jobs without one are bound by the queue's limits alone.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection

from ..policy import FairShare, QueuePolicy

# `keys` walks the index from one related id to the next, so that a backlog of a hundred thousand
# deliveries to one endpoint costs no more than one delivery.
_HEADS = """
WITH RECURSIVE keys AS (
    (SELECT related_id FROM jobs_job
     WHERE queue = %(queue)s AND status IN ('waiting', 'rate-limited') AND related_id IS NOT NULL
     ORDER BY related_id LIMIT 1)
    UNION ALL
    SELECT (SELECT j.related_id FROM jobs_job j
            WHERE j.queue = %(queue)s AND j.status IN ('waiting', 'rate-limited') AND j.related_id IS NOT NULL
              AND j.related_id > k.related_id ORDER BY j.related_id LIMIT 1)
    FROM keys k WHERE k.related_id IS NOT NULL
)
SELECT h.* FROM keys k, LATERAL (
    SELECT id, priority, type || ' ' || public_id, timeout_ms, permitted_at IS NOT NULL, status, related_id, tenant_id
    FROM jobs_job WHERE queue = %(queue)s AND status IN ('waiting', 'rate-limited') AND related_id = k.related_id
    ORDER BY priority DESC, id LIMIT %(per_related)s
) h
UNION ALL
(SELECT id, priority, type || ' ' || public_id, timeout_ms, permitted_at IS NOT NULL, status, related_id, tenant_id
 FROM jobs_job WHERE queue = %(queue)s AND status IN ('waiting', 'rate-limited') AND related_id IS NULL
 ORDER BY priority DESC, id LIMIT %(limit)s)
"""
_BUSY = """
SELECT related_id, tenant_id, count(*) FROM jobs_job
WHERE queue = %s AND status = 'active' AND related_id IS NOT NULL GROUP BY 1, 2
"""
_STARTED = """
SELECT tenant_id, count(*) FROM jobs_start
WHERE queue = %s AND started_at > clock_timestamp() - %s * interval '1 millisecond' GROUP BY 1
"""

Row = Sequence[Any]


def candidates(rules: QueuePolicy, share: FairShare, limit: int) -> list[Row]:
    """Jobs that may start, in the order in which they should, `limit` at most."""
    window_ms = rules.start_limit.window_ms if rules.start_limit else 60_000
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, {"queue": rules.name, "per_related": share.per_related, "limit": limit})
        rows = cursor.fetchall()
        cursor.execute(_BUSY, [rules.name])
        busy = cursor.fetchall()
        cursor.execute(_STARTED, [rules.name, window_ms])
        started = dict(cursor.fetchall())
    return ordered(rows, busy=busy, started=started, share=share)[:limit]


def ordered(rows: Sequence[Row], *, busy: Sequence[Row], started: dict[str | None, int], share: FairShare) -> list[Row]:
    """Rows within both shares; by priority, then by what each tenant has started, then by age.

    rows: as selected above. busy: (related id, tenant, running). started: tenant to recent starts.
    """
    of_related: Counter[str] = Counter()
    of_tenant: Counter[str | None] = Counter()
    for related, tenant, number in busy:
        of_related[related] += number
        of_tenant[tenant] += number
    turn = Counter(started)
    found: list[tuple[tuple[int, int, int], Row]] = []
    for row in sorted(rows, key=lambda row: (-row[1], row[0])):
        related, tenant = row[6], row[7]
        if related is not None:
            if of_related[related] >= share.per_related or of_tenant[tenant] >= share.per_tenant:
                continue
            of_related[related] += 1
            of_tenant[tenant] += 1
        found.append(((-row[1], turn[tenant], row[0]), row))
        turn[tenant] += 1
    return [row for _, row in sorted(found, key=lambda item: item[0])]
