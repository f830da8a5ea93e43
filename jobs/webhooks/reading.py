"""How endpoints have been doing: one query for a page of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

#: Deliveries that a success rate is made of: an endpoint's latest.
LATEST = 100

_SUMMARY = """
SELECT w.id, count(d.id), count(d.id) FILTER (WHERE d.succeeded),
    (array_agg(d.status_code ORDER BY d.id DESC))[1], (array_agg(d.error ORDER BY d.id DESC))[1], max(d.sent_at)
FROM unnest(%s::bigint[]) AS w (id), LATERAL (
    SELECT id, succeeded, status_code, error, sent_at FROM jobs_webhookdelivery
    WHERE endpoint_id = w.id ORDER BY id DESC LIMIT %s
) d GROUP BY w.id
"""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """An endpoint's latest deliveries; all None where it has none. success_rate: 0 to 1."""

    deliveries: int = 0
    success_rate: float | None = None
    last_status_code: int | None = None
    last_error: str = ""
    last_at: datetime | None = None


def summaries(keys: Iterable[int]) -> dict[int, Summary]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMMARY, [list(keys), LATEST])
        return {
            row[0]: Summary(
                deliveries=row[1],
                success_rate=round(row[2] / row[1], 3),
                last_status_code=row[3],
                last_error=row[4] or "",
                last_at=row[5],
            )
            for row in cursor.fetchall()
        }
