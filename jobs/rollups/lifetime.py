"""The sums of all time, folded or not: what counters are made of. They never fall."""

import json
from dataclasses import dataclass, field

from django.db import connection

# One statement, so that a fold in between can neither hide nor double anything.
_LIFETIME = """
SELECT queue, type, kind, label, number, total_ms, buckets::text FROM jobs_rollup WHERE step_seconds = 0
UNION ALL
SELECT queue, type, kind, label, sum(number)::bigint, sum(total_ms)::bigint,
    CASE WHEN bucket IS NULL THEN '{}' ELSE jsonb_build_object(bucket, sum(number))::text END
FROM jobs_rollupdelta GROUP BY queue, type, kind, label, bucket
"""


@dataclass(kw_only=True)
class Tally:
    """Everything counted of one queue, type, kind and label since the rollups began."""

    queue: str
    type: str
    kind: str
    label: str
    number: int = 0
    total_ms: int = 0
    buckets: dict[int, int] = field(default_factory=dict)


def lifetime() -> list[Tally]:
    """One tally per queue, type, kind and label, in that order."""
    with connection.cursor() as cursor:
        cursor.execute(_LIFETIME)
        rows = cursor.fetchall()
    found: dict[tuple[str, str, str, str], Tally] = {}
    for queue, type_name, kind, label, number, total_ms, buckets in rows:
        key = (queue, type_name, kind, label)
        tally = found.setdefault(key, Tally(queue=queue, type=type_name, kind=kind, label=label))
        tally.number += number
        tally.total_ms += total_ms
        for bucket, counted in json.loads(buckets).items():
            tally.buckets[int(bucket)] = tally.buckets.get(int(bucket), 0) + counted
    return [found[key] for key in sorted(found)]
