"""The repairs: each one function, safe to repeat and to run from several workers at once."""

import logging
import zlib
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from . import dispatch, hooks, ready, retention
from .dispatch import forgiving
from .events import retention as events
from .ledger.rescue import rescue
from .models import Start, Tick, Worker
from .policy import policies
from .rollups import folding
from .schedules import heartbeat, history
from .schedules.cron import Timetable
from .webhooks import notices
from .workflows import retention as workflows

logger = logging.getLogger("quarry.maintenance")

_LOCK_SPACE = 0x52


def due(name: str, rhythm: timedelta | Timetable) -> bool:
    """Whether this caller is the one to run a repair now; marks it as run. Others hear False."""
    if isinstance(rhythm, timedelta):
        return _due(name, rhythm)
    last = Tick.objects.filter(name=name).annotate(now=Now()).first()
    # The hour stands against a second caller, who saw the same last run.
    return (last is None or rhythm.next_after(last.last_run_at) <= last.now) and _due(name, timedelta(hours=1))


def _due(name: str, every: timedelta) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, zlib.crc32(name.encode()) >> 1])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(
            """
            INSERT INTO jobs_tick (name, last_run_at) VALUES (%s, clock_timestamp())
            ON CONFLICT (name) DO UPDATE SET last_run_at = clock_timestamp()
            WHERE jobs_tick.last_run_at <= clock_timestamp() - %s * interval '1 second'
            """,
            [name, every.total_seconds()],
        )
        return bool(cursor.rowcount == 1)


def rescue_lost_jobs(*, of_worker: str | None = None) -> int:
    """Jobs whose lease ran out wait again, to run next in a process slot of their own."""
    found = rescue(of_worker=of_worker)
    if not found:
        return 0
    by_queue: dict[str, list[ready.Ready]] = {}
    for queue, job, run, worker in found:
        logger.warning("Worker %s was lost; job %s is put back.", worker, job.label)
        by_queue.setdefault(queue, []).append(job)
        with forgiving("RQ's registry", silence=False):
            ready.finished(worker, [(queue, job.id, run, False)])
    dispatch.offer_unpaused(by_queue)
    return len(found)


def fold_counts() -> None:
    """Bring the counts of jobs by state up to date.

    Adds the appended changes and drops them; readers see the same sum before and after.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH folded AS (
                DELETE FROM jobs_countdelta WHERE id IN (
                    SELECT id FROM jobs_countdelta ORDER BY id LIMIT 50000 FOR UPDATE SKIP LOCKED
                ) RETURNING queue, type, status, current, entered
            )
            INSERT INTO jobs_count (queue, type, status, current, entered)
            SELECT queue, type, status, sum(current), sum(entered) FROM folded GROUP BY 1, 2, 3
            ON CONFLICT (queue, type, status) DO UPDATE
            SET current = jobs_count.current + excluded.current, entered = jobs_count.entered + excluded.entered
            """
        )


def forget_old_rows() -> None:
    """Starts outside every window, workers and schedulers that are gone."""
    longest = max((p.start_limit.window_ms for p in policies().values() if p.start_limit), default=0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {Start._meta.db_table} "  # noqa: S608  a constant
            "WHERE started_at < clock_timestamp() - %s * interval '1 millisecond' - interval '1 minute'",
            [longest],
        )
        cursor.execute(
            f"DELETE FROM {Worker._meta.db_table} "  # noqa: S608
            "WHERE heartbeat_at < clock_timestamp() - interval '2 minutes'"
        )
    history.forget_old_fires()
    heartbeat.forget(silent_for=timedelta(minutes=2))


def clean_old_records() -> int:
    """Delete the records of jobs that ended longer than RECORD_DAYS ago, and workflows whose jobs are all gone."""
    jobs = retention.cleanup_old_jobs(days=settings.RECORD_DAYS)
    return jobs + workflows.forget(days=settings.RECORD_DAYS)


#: Each repair with its rhythm: a period, or times of day. Order matters only for readers.
REPAIRS: tuple[tuple[str, timedelta | Timetable, Callable[[], object]], ...] = (
    ("rescue", timedelta(seconds=5), rescue_lost_jobs),
    ("fold-counts", timedelta(seconds=5), fold_counts),
    ("fold-rollups", timedelta(seconds=5), folding.fold),
    ("webhook-notices", timedelta(seconds=0.9), notices.notify),
    ("forget-webhooks", timedelta(hours=1), notices.forget),
    ("forget-old-rows", timedelta(minutes=1), forget_old_rows),
    ("forget-events", timedelta(minutes=1), events.forget),
    ("forget-rollups", timedelta(minutes=30), folding.forget),
    ("retention-sweep", timedelta(minutes=10), retention.sweep),
    ("record-cleanup", Timetable(cron="0 3 * * *", time_zone=settings.TIME_ZONE), clean_old_records),
)


#: How often what apps want forgotten is forgotten.
CLEANUP_RHYTHM = timedelta(hours=1)


def tick() -> None:
    """Run the repairs that are due. One that fails keeps none of the others from its work."""
    for name, rhythm, repair in REPAIRS:
        _run_if_due(name, rhythm, repair)
    for path, forget in hooks.cleanups().items():
        _run_if_due(path, CLEANUP_RHYTHM, forget)


def _run_if_due(name: str, rhythm: timedelta | Timetable, repair: Callable[[], object]) -> None:
    try:
        if due(name, rhythm):
            repair()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("The repair %s failed; it is tried again when it is due next", name)
