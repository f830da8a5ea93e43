"""Redis, workers and the scheduler."""

from collections.abc import Iterator

from django.conf import settings
from redis.exceptions import RedisError

from .. import health
from ..alerts.limits import Limits, current_limits
from ..alerts.snapshot import save_problems
from ..connections import client
from ..policy import policies
from ..schedules import heartbeat
from ..schedules.models import Schedule
from ..views_of_state import all_counts

Results = Iterator[tuple[str, str]]

MIB = 2**20


def redis_answers() -> Results:
    problem = health.redis_problem()
    if problem is None:
        return
    parts = problem.split("; ", 1) if "; " in problem else problem.split(". ", 1)
    remedy = parts[-1].rstrip(".")
    yield f"{parts[0].rstrip('.')} ({health.masked_redis_url()}).", f"{remedy[:1].upper()}{remedy[1:]}."


def redis_memory(limits: Limits | None = None) -> Results:
    told = _told("memory")
    if not told:
        return
    limits = limits or current_limits()
    used, limit = told["used_memory"], told.get("maxmemory", 0)
    allowed = limit * limits.redis_percent / 100 if limit else limits.redis_memory_mb * MIB
    if used > allowed:
        of = f" of {limit / MIB:.0f}" if limit else ""
        yield f"Redis uses {used / MIB:.1f}{of} MiB.", "Raise maxmemory, or look what else is kept in it."


def redis_persistence() -> Results:
    for problem in save_problems(_told("persistence")):
        yield f"Redis reports that {problem}.", "Make room on its disk and look at its log."


def _told(section: str) -> dict[str, int]:
    try:
        return dict(client().info(section))
    except RedisError:
        return {}


def workers() -> Results:
    live, counts = health.live_workers(), all_counts()
    without = [name for name in policies() if not live.get(name) and settings.QUEUE_OVERRIDES[name].worker_enabled]
    if without:
        waiting = sum(counts[name]["waiting"] for name in without)
        yield (
            f"No live worker serves {', '.join(without)} ({waiting} jobs wait).",
            f"Run: python manage.py workers --queues {','.join(without)}",
        )
    for name in policies():
        if not settings.QUEUE_OVERRIDES[name].worker_enabled and counts[name]["waiting"]:
            variable = f"ENABLE_{name.upper().replace('-', '_')}_WORKER"
            yield f"{counts[name]['waiting']} jobs wait in {name}, whose worker is off.", f"Set {variable}=true."
    limit = current_limits().worker_memory_mb
    for worker in health.workers():
        if worker.running and worker.row.memory_mb > limit:
            yield (
                f"Worker {worker.row.name} uses {worker.row.memory_mb} MiB.",
                "Give it fewer slots, or its queues process slots.",
            )


def scheduler() -> Results:
    expected = Schedule.objects.filter(enabled=True, paused=False, retired=False).count()
    if expected and not heartbeat.alive():
        last = heartbeat.last_seen()
        since = f"the last was heard of at {last:%Y-%m-%d %H:%M:%S} UTC" if last else "none was heard of"
        yield f"No scheduler is alive for {expected} schedules; {since}.", "Run: python manage.py rqscheduler"
