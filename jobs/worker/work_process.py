"""What a work process does: one job after another, as its worker sends them.

Messages are pickled tuples over a private socket of this worker; nothing in them comes from Redis.
"""

import ctypes
import socket
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from django.db import connections

from .. import tracing
from ..errors import JobStopped
from ..execution import execute
from ..ledger.claim import Claimed
from ..ledger.progress import Line, Step
from ..running import RunningJob, StopReason
from .database import return_connections
from .parentage import resident_mb
from .threads import RAISE_AFTER


class PipeReporter:
    """Sends progress and log lines to the worker, whose settler writes them."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()

    def report(self, item: Step | Line) -> None:
        self.send("report", item)

    def send(self, kind: str, *more: Any) -> None:
        with self._lock:
            self._pipe.send((kind, *more))


def serve(channel: socket.socket) -> None:
    """Run jobs until the worker closes the channel."""
    _forget_inherited_connections()
    pipe = Connection(channel.detach())
    reporter = PipeReporter(pipe)
    listener = _Listener(pipe)
    while True:
        claimed = listener.next_job()
        if claimed is None:
            tracing.flush()
            return
        job = RunningJob(claimed, reporter)
        listener.watch(job)
        try:
            settlement = execute(job, claimed)
        except JobStopped:
            settlement = None
        listener.unwatch()
        return_connections()
        reporter.send("end", settlement, job.completed_ms, resident_mb())


def _forget_inherited_connections() -> None:
    """Drop, without closing, whatever was open in the worker: closing would end the worker's own."""
    for connection in connections.all(initialized_only=True):
        connection.connection = None
        pools = getattr(type(connection), "_connection_pools", None)
        if pools:
            _kept_alive.append(dict(pools))
            pools.clear()


#: Pools of the parent, kept from the garbage collector, which would close their sockets.
_kept_alive: list[Any] = []


class _Listener:
    """Reads the worker's messages in a thread of its own, so that a stop arrives during a job."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._job: RunningJob | None = None
        self._next: list[Claimed | None] = []
        self._changed = threading.Condition()
        self._main = threading.get_ident()
        threading.Thread(target=self._read, name="listener", daemon=True).start()

    def next_job(self) -> Claimed | None:
        with self._changed:
            self._changed.wait_for(lambda: self._next)
            return self._next.pop(0)

    def watch(self, job: RunningJob) -> None:
        with self._changed:
            self._job = job

    def unwatch(self) -> None:
        while True:
            try:
                with self._changed:
                    self._job = None
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._main), None)
                return
            except JobStopped:
                continue

    def _read(self) -> None:
        while True:
            try:
                kind, value = self._pipe.recv()
            except (EOFError, OSError):
                kind, value = "job", None
            if kind == "stop":
                self._stop(value)
                continue
            with self._changed:
                self._next.append(value)
                self._changed.notify_all()
            if value is None:
                return

    def _stop(self, reason: StopReason) -> None:
        job = self._job
        if job is None:
            return
        job.stop(reason)
        threading.Thread(target=self._insist, args=(job,), daemon=True).start()

    def _insist(self, job: RunningJob) -> None:
        time.sleep(RAISE_AFTER)
        with self._changed:
            if self._job is job:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._main), ctypes.py_object(JobStopped))
