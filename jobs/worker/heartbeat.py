"""The heartbeat: renews leases, hears of cancellations, and says that this worker lives."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from ..dispatch import forgiving
from ..ledger.claim import renew
from ..running import StopReason
from .database import drop_connection, persistently
from .parentage import resident_mb
from .slots import Slots
from .tasks import Task

logger = logging.getLogger("quarry.worker")

#: Seconds between looks for cancelled and lost jobs. A third of the lease at most, so that two
#: heartbeats may fail before a lease runs out.
BEAT_SECONDS = 2.0

_BEAT = """
INSERT INTO jobs_worker (name, host, pid, "group", slots, busy, memory_mb, stopping, quiet, started_at, heartbeat_at)
VALUES (%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, clock_timestamp(), clock_timestamp())
ON CONFLICT (name) DO UPDATE SET slots = excluded.slots, busy = excluded.busy, memory_mb = excluded.memory_mb,
    stopping = excluded.stopping, quiet = excluded.quiet, heartbeat_at = clock_timestamp()
RETURNING wanted
"""


class Heartbeat:
    """Beats until stopped. tasks: the running tasks at this moment. pulse: RQ's own sign of life.

    obey: told what operators want of this worker; answers whether it takes no more jobs.
    """

    def __init__(
        self,
        *,
        worker: str,
        group: str,
        slots: Slots,
        tasks: Callable[[], list[Task]],
        stopping: Callable[[], bool],
        pulse: Callable[[], None],
        obey: Callable[[str], bool],
    ) -> None:
        self._worker = worker
        self._group = group
        self._slots = slots
        self._tasks = tasks
        self._stopping = stopping
        self._pulse = pulse
        self._obey = obey
        self._quiet = False
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join(5)

    def _beat(self) -> None:
        pause = min(BEAT_SECONDS, settings.LEASE_SECONDS / 3)
        while True:
            try:
                persistently(self._tell, what="The heartbeat", give_up=self._done.is_set)
            except Exception:
                # Without heartbeats every lease here would run out under a job that is well.
                logger.exception("The heartbeat failed; the next one comes in %.1f s", pause)
                drop_connection()
            with forgiving("RQ's list of workers", silence=False):
                self._pulse()
            if self._done.wait(pause):
                break
        persistently(self._leave, what="Leaving", give_up=lambda: True)
        drop_connection()

    def _tell(self) -> None:
        tasks = {task.pair: task for task in self._tasks() if not task.ended}
        renewed = renew(tasks, worker=self._worker)
        for pair, task in tasks.items():
            if pair in renewed.cancel:
                task.stop(StopReason.CANCELLED)
            elif pair not in renewed.held and not task.ended and not task.job.completed:
                # Settled a moment ago, or another run owns it now; telling it to stop harms neither.
                task.stop(StopReason.LOST)
        with connection.cursor() as cursor:
            cursor.execute(
                _BEAT,
                [
                    self._worker,
                    socket.gethostname(),
                    os.getpid(),
                    self._group,
                    json.dumps(self._slots.capacity),
                    json.dumps({queue: number for queue, number in self._slots.busy.items() if number}),
                    resident_mb(),
                    self._stopping(),
                    self._quiet,
                ],
            )
            row = cursor.fetchone()
        quiet = self._obey(row[0])
        if quiet is not self._quiet:
            self._quiet = quiet
            self._say(quiet)

    def _say(self, quiet: bool) -> None:
        """An order was followed: who gave it sees so at once, not at the next beat."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE jobs_worker SET quiet = %s WHERE name = %s", [quiet, self._worker])

    def _leave(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM jobs_worker WHERE name = %s", [self._worker])
