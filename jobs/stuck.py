"""Jobs that are active longer than they may be: their time limit and a minute more."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

GRACE_SECONDS = 60
MOST_SHOWN = 100

_STUCK = f"""
SELECT public_id, queue, type, COALESCE(worker, ''), started_at, timeout_ms,
    extract(epoch FROM clock_timestamp() - started_at)::float8
FROM jobs_job
WHERE status = 'active'
  AND started_at < clock_timestamp() - timeout_ms * interval '1 millisecond' - interval '{GRACE_SECONDS} seconds'
ORDER BY started_at LIMIT {MOST_SHOWN}
"""  # noqa: S608  constants of this file


@dataclass(frozen=True, kw_only=True)
class StuckJob:
    public_id: str
    queue: str
    type: str
    worker: str
    started_at: datetime
    timeout_ms: int
    active_seconds: float


def stuck_jobs() -> list[StuckJob]:
    """The longest active first, at most MOST_SHOWN; time by Postgres's clock."""
    names = ("public_id", "queue", "type", "worker", "started_at", "timeout_ms", "active_seconds")
    with connection.cursor() as cursor:
        cursor.execute(_STUCK)
        return [StuckJob(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
