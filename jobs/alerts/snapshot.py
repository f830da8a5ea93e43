"""What the rules look at: one reading of the whole, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from redis.exceptions import RedisError

from ..connections import client
from ..health import live_workers, workers
from ..policy import policies
from ..schedules import heartbeat
from ..schedules.models import Schedule
from ..stuck import StuckJob, stuck_jobs
from ..views_of_state import all_counts, paused_queues
from .limits import FAILURE_WINDOW, GROWTH_WINDOW, Limits

#: Jobs at the head of a queue among which the one that waits longest is looked for.
HEAD = 200


@dataclass(frozen=True, kw_only=True)
class QueueFacts:
    """waiting: ready jobs that no pause and no limit holds back. longest_wait_seconds: among the next ones."""

    name: str
    waiting: int = 0
    paused: bool = False
    workers: int = 0
    completed: int = 0
    failed: int = 0
    finished_lately: int = 0
    dead_lately: int = 0
    longest_wait_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RedisFacts:
    used_bytes: int
    limit_bytes: int
    #: What Redis itself reports as gone wrong with saving; empty where all is well.
    save_problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WorkerFacts:
    name: str
    memory_mb: int


@dataclass(frozen=True, kw_only=True)
class PoisonJob:
    public_id: str
    queue: str
    losses: int
    dead: bool


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """redis: None where it does not answer. scheduler_silent_seconds: None where no scheduler is expected."""

    queues: tuple[QueueFacts, ...] = ()
    workers: tuple[WorkerFacts, ...] = ()
    redis: RedisFacts | None = None
    stuck: tuple[StuckJob, ...] = ()
    poison: tuple[PoisonJob, ...] = ()
    scheduler_silent_seconds: float | None = None


def take(limits: Limits) -> Snapshot:
    """Read everything now. Raises what the database raises; a Redis that is away is part of the answer."""
    return Snapshot(
        queues=_queues(limits),
        workers=tuple(
            WorkerFacts(name=worker.row.name, memory_mb=worker.row.memory_mb) for worker in workers() if worker.running
        ),
        redis=_redis(),
        stuck=tuple(stuck_jobs()),
        scheduler_silent_seconds=_scheduler_silence(),
        poison=_poison(),
    )


_FLOWS = """
SELECT queue,
    COALESCE(sum(number) FILTER (WHERE kind = 'completed' AND at >= {failure}), 0)::int,
    COALESCE(sum(number) FILTER (WHERE kind = 'failed' AND at >= {failure}), 0)::int,
    COALESCE(sum(number) FILTER (WHERE kind IN ('completed', 'failed', 'cancelled') AND at >= {progress}), 0)::int,
    COALESCE(sum(number) FILTER (WHERE kind = 'dead' AND at >= {growth}), 0)::int
FROM (
    SELECT queue, kind, start AS at, number FROM jobs_rollup WHERE step_seconds = 60 AND start >= {earliest}
    UNION ALL SELECT queue, kind, at, number FROM jobs_rollupdelta
) happened GROUP BY queue
"""
_WAITS = f"""
SELECT q.name, (
    SELECT extract(epoch FROM max(clock_timestamp() - h.updated_at))::float8 FROM (
        SELECT updated_at FROM jobs_job WHERE queue = q.name AND status = 'waiting'
        ORDER BY priority DESC, id LIMIT {HEAD}
    ) h
) FROM unnest(%s::text[]) AS q (name)
"""  # noqa: S608
# Dead ones by the index of finished jobs, active ones by the index of leases: both are few.
_POISON = """
(SELECT public_id, queue, losses, false FROM jobs_job WHERE status = 'active' AND losses >= 2 LIMIT 50)
UNION ALL
(SELECT public_id, queue, losses, true FROM jobs_job
 WHERE status = 'dead' AND NOT archived AND queue = ANY(%s) AND losses >= 2
   AND finished_at > clock_timestamp() - %s * interval '1 second' LIMIT 50)
"""


def _queues(limits: Limits) -> tuple[QueueFacts, ...]:
    counts, paused, live = all_counts(), paused_queues(), live_workers()
    progress = timedelta(minutes=limits.no_progress_minutes)
    spans = {"failure": FAILURE_WINDOW, "progress": progress, "growth": GROWTH_WINDOW}
    since = {
        name: f"date_trunc('minute', clock_timestamp() - interval '{span.total_seconds()} seconds')"
        for name, span in {**spans, "earliest": max(spans.values())}.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(_FLOWS.format(**since))
        flows = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_WAITS, [list(policies())])
        waits = dict(cursor.fetchall())
    facts = []
    for name in policies():
        completed, failed, finished, dead = flows.get(name, (0, 0, 0, 0))
        facts.append(
            QueueFacts(
                name=name,
                waiting=counts[name]["waiting"],
                paused=name in paused,
                workers=live.get(name, 0),
                completed=completed,
                failed=failed,
                finished_lately=finished,
                dead_lately=dead,
                longest_wait_seconds=waits[name] or 0.0,
            )
        )
    return tuple(facts)


def _redis() -> RedisFacts | None:
    try:
        told = client().info("memory") | client().info("persistence")
    except RedisError:
        return None
    return RedisFacts(
        used_bytes=told["used_memory"], limit_bytes=told.get("maxmemory", 0), save_problems=save_problems(told)
    )


def save_problems(told: Mapping[str, Any]) -> tuple[str, ...]:
    """What INFO persistence says of a disk that failed it."""
    names = {
        "rdb_last_bgsave_status": "the last snapshot failed",
        "aof_last_write_status": "the append-only file cannot be written",
        "aof_last_bgrewrite_status": "the append-only file could not be rewritten",
    }
    return tuple(text for name, text in names.items() if told.get(name, "ok") != "ok")


def _poison() -> tuple[PoisonJob, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_POISON, [list(policies()), GROWTH_WINDOW.total_seconds()])
        return tuple(PoisonJob(public_id=row[0], queue=row[1], losses=row[2], dead=row[3]) for row in cursor.fetchall())


def _scheduler_silence() -> float | None:
    """Seconds since a look found a scheduler; one that left in order has left no time of its own."""
    if not Schedule.objects.filter(enabled=True, paused=False, retired=False).exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO jobs_tick (name, last_run_at) VALUES ('scheduler-seen', clock_timestamp())
            ON CONFLICT (name) DO UPDATE SET last_run_at =
                CASE WHEN %s THEN clock_timestamp() ELSE jobs_tick.last_run_at END
            RETURNING extract(epoch FROM clock_timestamp() - last_run_at)::float8
            """,
            [heartbeat.alive()],
        )
        return float(cursor.fetchone()[0])
