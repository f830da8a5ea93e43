"""The worker service: claims the jobs its intake took together, and hands them to slots."""

import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from redis.exceptions import RedisError

from .. import dispatch, joblog, outcomes, ready
from ..connections import disconnect_redis
from ..deploys.marks import mark_if_new
from ..dispatch import forgiving
from ..ledger.claim import Claimed, claim
from ..models import Job
from ..overrides.live import refresh_if_possible
from ..policy import policy_of
from ..running import StopReason
from ..states import TERMINAL, Status
from ..views_of_state import paused_queues
from .database import disconnect_database, drop_connection, persistently
from .heartbeat import Heartbeat
from .intake import MOST_PER_CLAIM, Intake
from .processes import Nursery, ProcessSlots
from .settler import Ending, Settler, log_endings
from .slots import Slots
from .steering import Steering
from .tasks import Task
from .threads import ThreadSlots
from .ticker import Ticker
from .transport import Transport

logger = logging.getLogger("quarry.worker")

#: Abandoned threads after which the worker has itself replaced.
MOST_ABANDONED = 8


class WorkerService:
    """Serves the given queues until a signal, or until they are empty in burst mode."""

    def __init__(
        self,
        transport: Transport,
        queues: Sequence[str],
        *,
        group: str = "",
        burst: bool = False,
        max_jobs: int | None = None,
        max_idle_seconds: float | None = None,
    ) -> None:
        # Forked first of all, while this process has neither threads nor connections of its own.
        self._nursery = Nursery()
        refresh_if_possible()
        self._transport = transport
        self._queues = sorted(queues, key=lambda queue: policy_of(queue).priority)
        self._burst = burst
        self._max_jobs = max_jobs
        self._max_idle = max_idle_seconds
        self._claimed_number = 0
        self._slots = Slots({queue: policy_of(queue).concurrency for queue in self._queues})
        self._settler = Settler(self._settled, self._lost)
        self._threads = ThreadSlots(self._settler)
        self._processes = ProcessSlots(self._nursery, self._settler)
        self._tasks: dict[tuple[int, int], Task] = {}
        self._tasks_lock = threading.Lock()
        self._stopping = threading.Event()
        self._at_once = threading.Event()
        self._failed = False
        self._ticker = Ticker(self._watch)
        self._intake = Intake(
            transport,
            self._slots,
            burst=burst,
            stopping=self._stopping,
            refill_soon=self._ticker.refill_soon,
        )
        self._steering = Steering(
            transport.name, self._queues, slots=self._slots, intake=self._intake, stopping=self._stopping
        )
        self._heartbeat = Heartbeat(
            worker=transport.name,
            group=group,
            slots=self._slots,
            tasks=self.tasks,
            stopping=self._stopping.is_set,
            pulse=transport.pulse,
            obey=self._steering.obey,
        )

    def tasks(self) -> list[Task]:
        with self._tasks_lock:
            return list(self._tasks.values())

    # --- Life ---------------------------------------------------------------------------------
    def run(self) -> int:
        """Serve; returns the process's exit status."""
        self._install_signals()
        self._nursery.start()
        logger.info(
            "Worker %s (process %d) serves %s",
            self._transport.name,
            os.getpid(),
            self._slots,
        )
        with forgiving("RQ's list of workers"):
            self._transport.announce()
        self._transport.listen(self._stop_job)
        self._settler.start()
        self._heartbeat.start()
        if self._burst:
            persistently(dispatch.tick, what="Dispatch", give_up=self._stopping.is_set)
        self._ticker.start(adapt=self._steering.adapt)
        persistently(lambda: mark_if_new(settings.VERSION), what="The deploy mark", give_up=self._stopping.is_set)
        try:
            self._serve()
        finally:
            self._shut_down()
        return 1 if self._failed else 0

    def _install_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        # Only flags here: whatever else runs in this thread may hold a lock.
        if self._stopping.is_set():
            self._at_once.set()
        self._stopping.set()

    def stop(self) -> None:
        self._stopping.set()

    # --- Taking jobs --------------------------------------------------------------------------
    def _serve(self) -> None:
        idle_since = time.monotonic()
        while not self._stopping.is_set():
            most = MOST_PER_CLAIM if self._max_jobs is None else self._max_jobs - self._claimed_number
            if most <= 0:
                return
            if not self._slots.wait_for_free(0.5):
                idle_since = time.monotonic()
                continue
            try:
                taken = self._intake.take(most)
            except RedisError as error:
                dispatch.note_failure(error, "what is ready")
                if self._burst:
                    return
                self._stopping.wait(0.5)
                continue
            if taken:
                idle_since = time.monotonic()
                self._start(taken)
            elif self._slots.total_busy:
                idle_since = time.monotonic()
            elif (self._burst and self._nothing_left()) or self._idle_too_long(idle_since):
                return

    def _idle_too_long(self, since: float) -> bool:
        return self._max_idle is not None and time.monotonic() - since >= self._max_idle

    def _start(self, ids: list[int]) -> None:
        claimed = persistently(
            lambda: claim(ids, worker=self._transport.name), what="Claiming", give_up=self._stopping.is_set
        )
        if not claimed:
            return
        self._claimed_number += len(claimed)
        tasks = [Task(item, self._settler) for item in claimed]
        with self._tasks_lock:
            self._tasks.update({task.pair: task for task in tasks})
        for task in tasks:
            self._slots.take(task.claimed.queue)
        self._show(claimed)
        for task in tasks:
            joblog.processing(task.claimed)
            in_process = task.claimed.isolated or policy_of(task.claimed.queue).isolation == "process"
            (self._processes if in_process else self._threads).start(task)

    def _show(self, claimed: list[Claimed]) -> None:
        runs = [(item.queue, item.id, item.run) for item in claimed]
        if dispatch.reachable():
            with forgiving("RQ's registry", silence=False):
                ready.started(self._transport.name, runs, expires_at=time.time() + 86_400)

    def _nothing_left(self) -> bool:
        """Whether a burst is over: what is paused, or held back by a limit, is not waited for."""
        dispatch.tick()
        waiting = Job.objects.filter(queue__in=self._queues, status=Status.WAITING)
        return not waiting.exclude(queue__in=paused_queues()).exists()

    # --- Ends ---------------------------------------------------------------------------------
    def _settled(self, endings: list[tuple[Ending, int | None]]) -> None:
        """The settler has committed these: free their slots, then tell RQ and the log."""
        with self._tasks_lock:
            for ending, _ in endings:
                self._tasks.pop((ending.claimed.id, ending.claimed.run), None)
        self._slots.give_back([ending.claimed.queue for ending, _ in endings])
        log_endings(endings)
        if not dispatch.reachable():
            return
        with forgiving("RQ's registry", silence=False):
            self._intake.wake()
            ready.finished(
                self._transport.name,
                [
                    (
                        ending.claimed.queue,
                        ending.claimed.id,
                        ending.claimed.run,
                        ending.settlement is None or ending.settlement.status in TERMINAL,
                    )
                    for ending, _ in endings
                ],
            )
        self._offer_after(endings)

    def _offer_after(self, endings: list[tuple[Ending, int | None]]) -> None:
        """What these ends let start: jobs put back, at their old place, and jobs held back by a cap."""
        try:
            for queue in {ending.claimed.queue for ending, _ in endings}:
                if policy_of(queue).max_concurrency is not None:
                    dispatch.poke(queue)
            put_back = [
                ending for ending, _ in endings if ending.settlement and ending.settlement.status is Status.WAITING
            ]
            for queue in {ending.claimed.queue for ending in put_back}:
                dispatch.refill(queue)
        except (DatabaseError, InterfaceError):
            # Must not reach the settler, which would settle again and free the slots twice. The tick does it.
            drop_connection()

    def _lost(self, job_id: int, run: int) -> None:
        with self._tasks_lock:
            task = self._tasks.get((job_id, run))
        if task and not task.ended and not task.job.completed:
            task.stop(StopReason.LOST)

    def _stop_job(self, job_id: int) -> None:
        """A stop command arrived: from our API, or from RQ's own tools."""
        for task in self.tasks():
            if task.claimed.id == job_id:
                task.stop(StopReason.CANCELLED)

    def _watch(self) -> None:
        self._threads.watch()
        if self._threads.abandoned >= MOST_ABANDONED or not self._processes.alive:
            if not self._stopping.is_set():
                logger.warning("Worker %s has itself replaced.", self._transport.name)
            self._failed = not self._processes.alive
            self._stopping.set()

    # --- Shutdown -----------------------------------------------------------------------------
    def _shut_down(self) -> None:
        name = self._transport.name
        told_to = self._stopping.is_set()
        self._stopping.set()
        logger.info("Worker %s: 1 of 6: takes no more jobs", name)
        # A burst that has taken its last job waits for it as long as it takes.
        self._drain(float("inf") if self._burst and not told_to else settings.WORKER_SHUTDOWN_TIMEOUT)
        logger.info("Worker %s: 2 of 6: no job is running here any more", name)
        self._ticker.stop()
        self._heartbeat.stop()
        if not self._settler.stop(timeout=10):
            logger.error("Worker %s: the database did not take the last results; leases will run out", name)
        self._processes.retire_idle()
        self._nursery.stop()
        logger.info("Worker %s: 3 of 6: queue connections are closed", name)
        with forgiving("RQ's list of workers", silence=False):
            self._transport.withdraw()
        disconnect_redis()
        logger.info("Worker %s: 4 of 6: Redis is disconnected", name)
        disconnect_database()
        logger.info("Worker %s: 5 of 6: the database is disconnected", name)
        logger.info("Worker %s: 6 of 6: exits", name)

    def _drain(self, seconds: float) -> None:
        """Let active jobs finish for so long; then stop them and put them back."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._at_once.is_set():
            if self._slots.wait_until_idle(0.2):
                return
        tasks = [task for task in self.tasks() if not task.ended]
        for task in tasks:
            task.stop(StopReason.SHUTDOWN)
        self._processes.kill_all_of(tasks)
        self._slots.wait_until_idle(1.0)
        for task in self.tasks():
            if task.end():
                # It does not stop in time; the process ends with it, and the fence holds what it tries.
                self._settler.end(task.claimed, outcomes.interrupted(task.claimed))
        self._slots.wait_until_idle(3.0)
