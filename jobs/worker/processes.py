"""Process slots: each job in a work process that can be killed at once and takes nobody along."""

import contextlib
import itertools
import json
import logging
import os
import queue
import signal
import socket
import threading
import time
from multiprocessing.connection import Connection

from django.conf import settings

from .. import outcomes
from ..execution import decision
from ..ledger.claim import Claimed
from ..ledger.rescue import deaths
from ..ledger.settle import Settlement
from ..running import StopReason
from . import work_process, zygote
from .database import drop_connection, persistently
from .parentage import describe_exit
from .settler import Settler
from .tasks import Task
from .threads import ABANDON_AFTER

logger = logging.getLogger("quarry.worker")

#: Seconds a slot looks for messages before it looks at the clock again.
LOOK_SECONDS = 0.2
#: Seconds to wait for the zygote's word on how a process ended.
EXIT_WORD_SECONDS = 3.0


class Nursery:
    """The worker's side of the zygote: asks for work processes and hears how they ended."""

    def __init__(self) -> None:
        self.pid, self._control = zygote.start(work_process.serve)
        self._numbers = itertools.count(1)
        self._lock = threading.Condition()
        self._spawned: dict[int, int] = {}
        self._ended: dict[int, int] = {}
        self.alive = True

    def start(self) -> None:
        """Listen to the zygote; call it once the worker has forked and may have threads."""
        threading.Thread(target=self._listen, name="nursery", daemon=True).start()

    def spawn(self) -> "Child":
        ours, theirs = socket.socketpair()
        number = next(self._numbers)
        with self._lock:
            socket.send_fds(self._control, [json.dumps({"spawn": number}).encode()], [theirs.fileno()])
            theirs.close()
            if not self._lock.wait_for(lambda: number in self._spawned or not self.alive, timeout=10):
                raise RuntimeError("the zygote does not answer")
            if not self.alive:
                raise RuntimeError("the zygote is gone")
            pid = self._spawned.pop(number)
        return Child(pid, Connection(ours.detach()))

    def how_ended(self, pid: int) -> str:
        with self._lock:
            self._lock.wait_for(lambda: pid in self._ended or not self.alive, timeout=EXIT_WORD_SECONDS)
            status = self._ended.pop(pid, None)
        return "for an unknown reason" if status is None else describe_exit(status)

    def _listen(self) -> None:
        while True:
            try:
                message = self._control.recv(4096)
            except OSError:
                message = b""
            with self._lock:
                if not message:
                    self.alive = False
                    self._lock.notify_all()
                    return
                word = json.loads(message)
                if "spawned" in word:
                    self._spawned[word["spawned"]] = word["pid"]
                else:
                    self._ended[word["ended"]] = word["status"]
                self._lock.notify_all()

    def stop(self) -> None:
        self._control.close()


class Child:
    """A work process as its slot sees it."""

    def __init__(self, pid: int, pipe: Connection) -> None:
        self.pid = pid
        self.pipe = pipe
        self.jobs_done = 0
        self.memory_mb = 0

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    @property
    def worn_out(self) -> bool:
        return self.jobs_done >= settings.WORKER_RECYCLE_JOBS or self.memory_mb >= settings.WORKER_RECYCLE_MB


class ProcessSlots:
    """Runs each task in a work process; idle processes are reused until they are worn out."""

    def __init__(self, nursery: Nursery, settler: Settler) -> None:
        self._nursery = nursery
        self._settler = settler
        self._idle: list[Child] = []
        self._lock = threading.Lock()
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._free_threads = 0

    @property
    def alive(self) -> bool:
        return self._nursery.alive

    def start(self, task: Task) -> None:
        with self._lock:
            spare = self._free_threads > 0
            if spare:
                self._free_threads -= 1
        self._tasks.put(task)
        if not spare:
            threading.Thread(target=self._serve, name="process-slot", daemon=True).start()

    def _serve(self) -> None:
        while True:
            task = self._tasks.get()
            try:
                settlement = self._run(task)
            except Exception:
                # Such as a message that cannot be read; its process ends when its pipe is dropped.
                logger.exception("Job %s is left to its lease", task.claimed.public_id)
                settlement = None
            with self._lock:
                self._free_threads += 1
            if task.end():
                self._settler.end(task.claimed, settlement, duration_ms=task.job.completed_ms)

    def _run(self, task: Task) -> Settlement | None:
        try:
            child = self._child()
            child.pipe.send(("job", task.claimed))
        except (OSError, RuntimeError):
            logger.exception("No work process could be had for job %s", task.claimed.public_id)
            return outcomes.interrupted(task.claimed)
        told = False
        while True:
            try:
                if child.pipe.poll(LOOK_SECONDS):
                    kind, *values = child.pipe.recv()
                    if kind == "report":
                        self._settler.report(values[0])
                        continue
                    return self._ended(task, child, *values)
            except (EOFError, OSError):
                return self._died(task, child)
            now = time.monotonic()
            if task.stopping_since is None and now >= task.deadline:
                task.stop(StopReason.TIMEOUT)
            if task.stopping_since is None:
                continue
            if not told:
                told = True
                self._tell(child, task)
            elif now - task.stopping_since >= ABANDON_AFTER:
                child.kill()
                return self._stopped(task)

    def _tell(self, child: Child, task: Task) -> None:
        try:
            child.pipe.send(("stop", task.job.stop_reason))
        except OSError:
            # It died this moment; the next look finds that out.
            return

    def _ended(
        self, task: Task, child: Child, settlement: Settlement | None, completed_ms: int | None, memory_mb: int
    ) -> Settlement | None:
        task.job.completed_ms = completed_ms
        child.jobs_done += 1
        child.memory_mb = memory_mb
        if child.worn_out:
            child.pipe.close()
        else:
            with self._lock:
                self._idle.append(child)
        return settlement

    def _child(self) -> Child:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._nursery.spawn()

    def _died(self, task: Task, child: Child) -> Settlement | None:
        child.pipe.close()
        if task.stopping_since is not None:
            return self._stopped(task)
        how = self._nursery.how_ended(child.pid)
        claimed: Claimed = task.claimed
        before = persistently(
            lambda: deaths(claimed.id), what="Counting a job's deaths", give_up=lambda: not self._nursery.alive
        )
        drop_connection()
        return outcomes.process_died(claimed, how, deaths_before=before or 0, **decision(claimed))

    def _stopped(self, task: Task) -> Settlement | None:
        reason = task.job.stop_reason or StopReason.LOST
        return outcomes.stopped(task.claimed, reason, **decision(task.claimed))

    def retire_idle(self) -> None:
        """Close the idle processes; they end when their pipe does."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.pipe.close()

    def kill_all_of(self, tasks: list[Task]) -> None:
        """Make slots end their tasks now; each kills its own process within its next look."""
        for task in tasks:
            task.stopping_since = time.monotonic() - ABANDON_AFTER
