"""Rescue: runs whose lease ran out, and what is known of a job's earlier deaths."""

from django.db import connection, transaction

from .. import outcomes
from ..ready import Ready
from .settle import Settlement, settle

_EXPIRED = """
SELECT id, run, losses, COALESCE(worker, ''), queue, clock_timestamp(), priority, type || ' ' || public_id, timeout_ms
FROM jobs_job
WHERE status = 'active' AND (lease_until < clock_timestamp() OR worker = %s)
ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""


def rescue(*, of_worker: str | None = None, limit: int = 500) -> list[tuple[str, Ready, int, str]]:
    """Put jobs of lost workers back. Returns (queue, job, lost run, lost worker) of each.

    of_worker: a worker known to be dead, whose leases need not be waited for.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EXPIRED, [of_worker, limit])
        rows = cursor.fetchall()
        settlements: list[Settlement] = []
        found = []
        for job_id, run, losses, worker, queue, at, priority, label, timeout_ms in rows:
            settlements.append(outcomes.worker_lost(job_id=job_id, run=run, losses_before=losses, worker=worker, at=at))
            found.append((queue, Ready(id=job_id, priority=priority, label=label, timeout_ms=timeout_ms), run, worker))
        settle(settlements)
    return found


_DEATHS = """
SELECT count(*) FROM jobs_attempt
WHERE job_id = %s AND outcome = 'process_died' AND finished_at > clock_timestamp() - %s * interval '1 hour'
"""


def deaths(job_id: int) -> int:
    """How often the job's own process died within the window that counts."""
    with connection.cursor() as cursor:
        cursor.execute(_DEATHS, [job_id, outcomes.DEATH_WINDOW_HOURS])
        return int(cursor.fetchone()[0])
