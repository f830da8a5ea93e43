"""Whether the parts answer: database, Redis with the right eviction policy, live workers."""

import os
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError, ProgrammingError, connection
from django.db.models import ExpressionWrapper, F, fields
from django.db.models.functions import Now
from redis.exceptions import AuthenticationError, RedisError

from .connections import client, quick_client
from .models import Worker
from .policy import business_queues
from .reads import WORKER_SILENCE_SECONDS
from .schedules import heartbeat
from .schedules.models import Schedule
from .views_of_state import all_counts, paused_queues

#: Seconds after which a worker process counts as hung rather than slow.
SELF_SILENCE_SECONDS = 90
#: Seconds one look at Redis is good for.
REMEMBERED_SECONDS = 1.0

_seen: tuple[float, bool] = (-REMEMBERED_SECONDS, True)


@dataclass(frozen=True, kw_only=True)
class Check:
    """`problem` is a sentence that names the cure; None where all is well."""

    name: str
    problem: str | None

    @property
    def ok(self) -> bool:
        return self.problem is None


def checks() -> list[Check]:
    return [Check(name="database", problem=database_problem()), Check(name="redis", problem=redis_problem())]


def database_problem() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM jobs_job LIMIT 1")
    except ProgrammingError:
        return "The database has no tables for jobs yet; run manage.py migrate."
    except (DatabaseError, InterfaceError) as error:
        return f"The database does not answer ({type(error).__name__}); start PostgreSQL or correct DATABASE_URL."
    return None


def redis_problem() -> str | None:
    try:
        memory = client().info("memory")
    except AuthenticationError:
        return "Redis refuses the user or the password; correct REDIS_URL, or REDIS_PASSWORD."
    except RedisError as error:
        return f"Redis does not answer ({type(error).__name__}); start it or correct REDIS_URL."
    policy = memory.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        return (
            f"Redis may evict what it was given to carry: maxmemory-policy is {policy}. "
            "Set it to noeviction (CONFIG SET maxmemory-policy noeviction, and in its configuration file)."
        )
    return None


def scheduler_problem() -> str | None:
    """None too where no schedule waits for a scheduler."""
    if heartbeat.alive() or not Schedule.objects.filter(enabled=True, paused=False, retired=False).exists():
        return None
    return "No scheduler is alive, so nothing is started by the clock; run manage.py rqscheduler."


def redis_answers() -> bool:
    """Whether Redis answers now, or did within the last second."""
    global _seen  # noqa: PLW0603  what this process saw last
    at, answered = _seen
    if time.monotonic() - at < REMEMBERED_SECONDS:
        return answered
    try:
        quick_client().ping()
        answered = True
    except RedisError:
        answered = False
    _seen = (time.monotonic(), answered)
    return answered


def masked_redis_url() -> str:
    """REDIS_URL without its password."""
    parts = urlsplit(settings.REDIS_URL)
    login, at, host = parts.netloc.rpartition("@")
    shown = f"{login.partition(':')[0]}:***@{host}" if at else host
    # redis-py takes a password from the query too.
    return urlunsplit(parts._replace(netloc=shown, query=""))


# --- Workers --------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class LiveWorker:
    """A worker's row, and whether it was heard of lately."""

    row: Worker
    silence_seconds: float

    @property
    def running(self) -> bool:
        return self.silence_seconds <= WORKER_SILENCE_SECONDS

    def slots_of(self, queue: str) -> int:
        return int(self.row.slots.get(queue, 0))

    def busy_of(self, queue: str) -> int:
        return int(self.row.busy.get(queue, 0))

    @property
    def heartbeat_at(self) -> datetime:
        return self.row.heartbeat_at


def workers() -> list[LiveWorker]:
    """All workers that left a row, the most recently heard of first. Silence by Postgres's clock."""
    silence = ExpressionWrapper(Now() - F("heartbeat_at"), output_field=fields.DurationField())
    rows = Worker.objects.annotate(silence=silence).order_by("-heartbeat_at")
    return [LiveWorker(row=row, silence_seconds=row.silence.total_seconds()) for row in rows]


def live_workers() -> dict[str, int]:
    """Worker processes per queue that were heard of lately and take jobs."""
    live: dict[str, int] = {}
    for worker in workers():
        if worker.running and not worker.row.stopping and not worker.row.quiet:
            for queue in worker.row.slots:
                live[queue] = live.get(queue, 0) + 1
    return live


def own_workers_alive(
    *, host: str | None = None, found: Iterable[LiveWorker] | None = None, exists: Callable[[int], bool] | None = None
) -> bool:
    """Whether this host has workers and every one whose process still exists was heard of in 90 s.

    A container that was killed and started again has its host name and process ids again, and a row of the former
    life for each: of those with one id the one last heard of is the process.
    """
    here = host or socket.gethostname()
    alive = exists or process_exists
    known = workers() if found is None else found
    silence: dict[int, float] = {}
    for worker in known:
        if worker.row.host == here and alive(worker.row.pid):
            silence[worker.row.pid] = min(worker.silence_seconds, silence.get(worker.row.pid, worker.silence_seconds))
    return bool(silence) and max(silence.values()) <= SELF_SILENCE_SECONDS


def process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# --- The whole ------------------------------------------------------------------------------------
def report() -> dict[str, Any]:
    """What `worker_health` shows: parts, queues with their counts and workers, and the verdict."""
    redis, database = redis_problem(), database_problem()
    queues = [] if database else _queues()
    staffed = [entry for entry in queues if entry["workers"]]
    return {
        "status": verdict(problem=redis or database, staffed=len(staffed), queues=len(queues)),
        "redis": {
            "status": "unhealthy" if redis else "healthy",
            "url": masked_redis_url(),
            "connected": redis is None or redis_answers(),
            "state": "ready" if redis is None else "unavailable",
            "problem": redis,
        },
        "database": {"status": "unhealthy" if database else "healthy", "problem": database},
        "queues": queues,
    }


def verdict(*, problem: str | None, staffed: int, queues: int, impaired: bool = False) -> str:
    """`unhealthy` when nothing can run, `degraded` when some queues have no live worker.

    impaired: whether something else is amiss that jobs can run without, such as the scheduler.
    """
    if problem is not None or not staffed:
        return "unhealthy"
    return "degraded" if impaired or staffed < queues else "healthy"


def _queues() -> list[dict[str, Any]]:
    numbers, live, paused = all_counts(), live_workers(), paused_queues()
    return [
        {
            "queue": rules.name,
            **numbers[rules.name],
            "total": sum(numbers[rules.name].values()),
            "isPaused": rules.name in paused,
            "workers": live.get(rules.name, 0),
        }
        for rules in business_queues()
    ]
