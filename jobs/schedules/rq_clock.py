"""rq-scheduler as the clock: the class that `RQ["SCHEDULER_CLASS"]` names and `manage.py rqscheduler` runs.

The schedule rows say what is due. The entries in rq-scheduler's sorted set are made from them, one
per schedule, so that its own tools and RQ's dashboard show the truth; emptied or damaged, they are
there again a tick later. Nothing that lies in Redis is run.
"""

import logging
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any, NoReturn

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django_rq.queues import DjangoScheduler
from redis.exceptions import RedisError
from rq.scripts import acquire_or_refresh_lock, release_lock

from ..alerts import watch
from ..connections import client, disconnect_redis
from ..worker.database import disconnect_database, drop_connection
from . import firing, heartbeat, registration
from .models import Schedule

logger = logging.getLogger("quarry.scheduler")

TICK_SECONDS = 1.0
#: The lock of a scheduler that was killed frees itself after this; a live one renews it every tick.
LOCK_SECONDS = 6
#: A scheduler that stands by fires what is overdue by this: its leader lives and does not work.
PATIENCE = timedelta(seconds=10)
#: The rows are made to agree with the declarations again, should somebody have removed some.
SYNC_SECONDS = 60
PREFIX = "schedule-"
FIRE = "jobs.schedules.firing.fire"


class NotHere(TypeError):
    """Entries are made from schedule rows, never by hand."""


class RowScheduler(DjangoScheduler):
    """One leads by an owner's lock, others stand by; each survives Redis and PostgreSQL being away."""

    quarantine_key = "rq:scheduler:quarantined"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection = client()
        self.log = logger
        self.name: str = f"{heartbeat.process_name()}-{secrets.token_hex(3)}"
        self._stopping = threading.Event()
        self._leads: bool | None = None
        self._beat_at = 0.0
        self._sync_at = 0.0
        self._away: set[str] = set()

    # --- The loop -----------------------------------------------------------------------------
    def run(self, burst: bool = False) -> None:
        """Until a signal; with `burst` one round. Returns with locks released and its row withdrawn."""
        # With DEBUG on, Django keeps the text of every statement: a scheduler would grow for ever.
        BaseDatabaseWrapper.queries_limit = 0
        self._install_signal_handlers()
        logger.info("Scheduler %s starts.", self.name)
        # No worker can tell that there is no worker.
        watch.start()
        try:
            while not self._stopping.is_set():
                started = time.monotonic()
                self._round()
                if burst:
                    break
                self._stopping.wait(max(0.05, TICK_SECONDS - (time.monotonic() - started)))
        finally:
            self._leave()

    def _round(self) -> None:
        leads = self._take_lead()
        try:
            # Before the rows are made to agree: an older scheduler must see this one.
            self._beat(leads)
            if time.monotonic() >= self._sync_at:
                self._sync()
            # Without Redis nobody can hold the lock; the rows' own locks decide then.
            firing.fire_due(overdue_by=PATIENCE if leads is False else timedelta(0))
            self._back("PostgreSQL")
        except (OperationalError, InterfaceError) as error:
            self._gone("PostgreSQL", error)
            drop_connection()
            return
        except Exception:
            # A round must outlive its own bugs: the next one is a second away.
            logger.exception("A round of the scheduler failed")
            drop_connection()
            return
        if leads:
            self._survive_redis(self.mirror)

    def _take_lead(self) -> bool | None:
        """Whether this process leads; None where Redis does not answer."""
        try:
            leads: bool | None = self.acquire_lock()
            self._back("Redis")
        except RedisError as error:
            self._gone("Redis", error)
            leads = None
        if leads != self._leads:
            words = {True: "leads", False: "stands by", None: "goes on without Redis"}
            logger.info("Scheduler %s %s.", self.name, words[leads])
            self._leads, self._beat_at = leads, 0.0
            if leads:
                self._survive_redis(self.register_birth)
        return leads

    def _sync(self) -> None:
        self._sync_at = time.monotonic() + SYNC_SECONDS
        done = registration.sync() if heartbeat.newest(self.name) else registration.Synced()
        if done.added or done.changed or done.retired:
            logger.info("Schedules added: %s; changed: %s; retired: %s.", done.added, done.changed, done.retired)

    def _beat(self, leads: bool | None) -> None:
        if time.monotonic() - self._beat_at < heartbeat.BEAT_SECONDS:
            return
        heartbeat.beat(self.name, active=leads is not False)
        self._beat_at = time.monotonic()
        self._survive_redis(self.heartbeat)

    def _survive_redis(self, work: Any) -> None:
        try:
            work()
        except RedisError as error:
            self._gone("Redis", error)
        except DatabaseError as error:
            self._gone("PostgreSQL", error)
            drop_connection()

    def _gone(self, what: str, error: Exception) -> None:
        if what not in self._away:
            self._away.add(what)
            logger.warning("%s does not answer (%s); the scheduler goes on.", what, type(error).__name__)

    def _back(self, what: str) -> None:
        if what in self._away:
            self._away.discard(what)
            logger.info("%s answers again.", what)

    def _leave(self) -> None:
        self._survive_redis(self.remove_lock)
        self._survive_redis(self.register_death)
        try:
            heartbeat.withdraw(self.name)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The scheduler's row stays behind (%s).", type(error).__name__)
        disconnect_redis()
        disconnect_database()
        logger.info("Scheduler %s exits.", self.name)

    def _install_signal_handlers(self) -> None:
        """A signal ends the loop after the round it is in; a second one ends the process at once."""

        def stop(number: int, frame: FrameType | None) -> None:
            if self._stopping.is_set():
                raise SystemExit(128 + number)
            self._stopping.set()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)

    # --- rq-scheduler's lock and registration, with an owner ------------------------------------
    def acquire_lock(self) -> bool:
        answer = acquire_or_refresh_lock(self.connection, self.scheduler_lock_key, self.name, LOCK_SECONDS)
        self._lock_acquired = answer != "taken"
        return self._lock_acquired

    def remove_lock(self) -> None:
        """Only one's own: a lock that ran out may be another's by now."""
        if self._lock_acquired:
            release_lock(self.connection, self.scheduler_lock_key, self.name)
            self._lock_acquired = False

    def register_birth(self) -> None:
        with self.connection.pipeline() as pipeline:
            pipeline.delete(self.key)
            pipeline.hset(self.key, "birth", time.time())
            pipeline.expire(self.key, 60)
            pipeline.execute()

    def register_death(self) -> None:
        with self.connection.pipeline() as pipeline:
            pipeline.hset(self.key, "death", time.time())
            pipeline.expire(self.key, 60)
            pipeline.execute()

    def heartbeat(self) -> None:
        if not self.connection.expire(self.key, 60):
            self.register_birth()

    # --- Entries --------------------------------------------------------------------------------
    def mirror(self) -> None:
        """Make the sorted set what the rows say: one entry per schedule that will fire, by one MULTI."""
        wanted = {PREFIX + row.name: row for row in Schedule.objects.filter(next_fire_at__isnull=False)}
        with self.connection.pipeline() as pipeline:
            pipeline.zrange(self.scheduled_jobs_key, 0, -1, withscores=True)
            for name in wanted:
                pipeline.exists(self._job_key(name))
            found, *kept = pipeline.execute()
        scores = {member.decode(errors="replace"): score for member, score in found}
        present = dict(zip(wanted, kept, strict=True))
        strange = [name for name in scores if name not in wanted and not name.startswith(PREFIX)]
        stale = [name for name in scores if name not in wanted and name.startswith(PREFIX)]
        wrong = [row for name, row in wanted.items() if scores.get(name) != _score(row) or not present[name]]
        if strange:
            self._quarantine(strange)
        if not stale and not wrong:
            return
        with self.connection.pipeline() as pipeline:
            for name in stale:
                pipeline.zrem(self.scheduled_jobs_key, name)
                pipeline.delete(self._job_key(name))
            for row in wrong:
                job = self._create_job(FIRE, schedule=row)
                job.save(pipeline=pipeline)
                pipeline.zadd(self.scheduled_jobs_key, {job.id: _score(row)})
            pipeline.execute()

    def _job_key(self, name: str) -> bytes:
        key: bytes = self.job_class.key_for(name)
        return key

    def _create_job(self, func: str, *, schedule: Schedule, **unused: Any) -> Any:
        """RQ's view of a schedule: the same id each time, and what it will call."""
        assert schedule.next_fire_at is not None  # noqa: S101  mirror() asks for rows that will fire
        job = super()._create_job(  # type: ignore[no-untyped-call]  # django-rq's is untyped
            func,
            args=[schedule.name, schedule.next_fire_at.astimezone(UTC).isoformat()],
            id=PREFIX + schedule.name,
            description=schedule.description or schedule.name,
            commit=False,
            result_ttl=-1,
        )
        job.meta |= {"cron_string": schedule.cron, "time_zone": schedule.time_zone}
        return job

    def get_jobs(
        self, until: Any = None, with_times: bool = False, offset: int | None = None, length: int | None = None
    ) -> Iterator[Any]:
        """As rq-scheduler's, with times in UTC; an entry that cannot be read is put aside, not raised."""
        last = until.timestamp() if isinstance(until, datetime) else ("+inf" if until is None else until)
        found: Any = self.connection.zrangebyscore(
            self.scheduled_jobs_key, 0, last, start=offset, num=length, withscores=True
        )
        for member, score in found:
            job = self._readable(member.decode(errors="replace"))
            if job is not None:
                yield (job, datetime.fromtimestamp(score, UTC)) if with_times else job

    def _readable(self, name: str) -> Any:
        try:
            job = self.job_class.fetch(name, connection=self.connection)
            _ = job.func_name, job.args
        except RedisError:
            raise
        except Exception:  # noqa: BLE001  anything may lie in Redis
            self._quarantine([name])
            return None
        return job

    def _quarantine(self, names: list[str]) -> None:
        """Out of the clock's set and into one beside it, for a person to look at."""
        with self.connection.pipeline() as pipeline:
            for name in names:
                pipeline.zrem(self.scheduled_jobs_key, name)
                pipeline.zadd(self.quarantine_key, {name: time.time()})
            pipeline.execute()
        logger.warning("Entries that no schedule has were put aside into %s: %s", self.quarantine_key, names)

    def enqueue_job(self, job: Any) -> None:
        """What rq-scheduler calls for an entry that is due: fires its occurrence, at most once."""
        firing.fire(*job.args)

    def enqueue_jobs(self) -> list[Any]:
        return firing.fire_due()

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotHere(
            "Declare a schedule with @schedule in an app's tasks.py (docs/schedules.md); "
            "for a job that starts later, enqueue it with delay."
        )

    cron = schedule = enqueue_at = enqueue_in = change_execution_time = _refuse


def _score(row: Schedule) -> float:
    assert row.next_fire_at is not None  # noqa: S101
    return row.next_fire_at.timestamp()
