"""Thread slots: handlers that mostly wait share one process.

A thread cannot be killed. One that must stop is asked first (`job.check()`, `job.sleep()`), then has
JobStopped raised inside it, and is at last abandoned: its job is settled without it, the fence
refuses whatever it still tries to commit, and a new thread takes its place.
"""

import ctypes
import logging
import queue
import threading
import time

from .. import outcomes
from ..errors import JobStopped
from ..execution import decision, execute
from ..running import StopReason
from .database import return_connections
from .settler import Settler
from .tasks import Task

logger = logging.getLogger("quarry.worker")

#: Seconds after the request to stop until JobStopped is raised inside the thread, and until it is abandoned.
RAISE_AFTER = 1.0
ABANDON_AFTER = 3.0


class ThreadSlots:
    """Runs tasks in threads, as many as tasks ask for; idle threads are reused."""

    def __init__(self, settler: Settler) -> None:
        self._settler = settler
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0
        self._number = 0
        #: The task of each thread that is running one, by the thread's id.
        self._running: dict[int, Task] = {}
        #: Threads that did not end when told to; the worker is replaced when there are too many.
        self.abandoned = 0

    def start(self, task: Task) -> None:
        with self._lock:
            spare = self._idle > 0
            if spare:
                self._idle -= 1
            else:
                self._number += 1
        self._tasks.put(task)
        if not spare:
            threading.Thread(target=self._serve, name=f"slot-{self._number}", daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                if not self._run(self._tasks.get()):
                    return
            except JobStopped:
                # Raised into this thread a moment after its task had ended.
                continue

    def _run(self, task: Task) -> bool:
        """Whether the thread may serve on: an abandoned one has been replaced already."""
        thread_id = threading.get_ident()
        with self._lock:
            self._running[thread_id] = task
        settlement = None
        try:
            settlement = execute(task.job, task.claimed)
        except JobStopped:
            settlement = outcomes.stopped(
                task.claimed, task.job.stop_reason or StopReason.LOST, **decision(task.claimed)
            )
        except BaseException:
            # Nothing a handler can cause; the run is left to its lease, and the slot lives on.
            logger.exception("Job %s could not be ended", task.claimed.public_id)
        finally:
            self._leave(thread_id)
        return_connections()
        first = task.end()
        if first:
            with self._lock:
                self._idle += 1
            self._settler.end(task.claimed, settlement, duration_ms=task.job.completed_ms)
        return first

    def _leave(self, thread_id: int) -> None:
        """From here on nothing is raised in this thread any more, nor is what was raised and not yet seen."""
        while True:
            try:
                with self._lock:
                    self._running.pop(thread_id, None)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), None)
                return
            except JobStopped:
                continue

    def watch(self) -> None:
        """Enforce what tasks were told: call it about twice a second."""
        now = time.monotonic()
        with self._lock:
            running = list(self._running.items())
        for thread_id, task in running:
            if task.stopping_since is None and now >= task.deadline:
                task.stop(StopReason.TIMEOUT)
            if task.stopping_since is None:
                continue
            late = now - task.stopping_since
            if late >= ABANDON_AFTER:
                self._abandon(task)
            elif late >= RAISE_AFTER:
                self._raise_in(thread_id, task)

    def _raise_in(self, thread_id: int, task: Task) -> None:
        with self._lock:
            if self._running.get(thread_id) is task:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), ctypes.py_object(JobStopped))

    def _abandon(self, task: Task) -> None:
        if not task.end():
            return
        logger.warning("Job %s did not stop; its thread is abandoned.", task.claimed.public_id)
        with self._lock:
            self.abandoned += 1
        reason = task.job.stop_reason or StopReason.LOST
        self._settler.end(task.claimed, outcomes.stopped(task.claimed, reason, **decision(task.claimed)))
