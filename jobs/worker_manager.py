"""The worker manager: starts worker processes, restarts those that die, and stops them together."""

import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from .maintenance import rescue_lost_jobs
from .models import Worker
from .worker.parentage import die_with_parent

logger = logging.getLogger("quarry.workers")

#: Seconds before a worker that died is started again; doubled for each early death.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
#: A worker that lived this long starts afresh with the shortest pause.
STEADY_SECONDS = 30.0
LOOK_SECONDS = 0.2


@dataclass
class _Child:
    queues: tuple[str, ...]
    name: str
    process: "subprocess.Popen[bytes] | None" = None
    #: The name that the process has in the ledger; of this one process alone.
    worker: str = ""
    started_at: float = 0.0
    pause: float = SHORTEST_PAUSE
    start_at: float = 0.0


class WorkerManager:
    """Keeps one worker process per group of queues alive.

    groups: queues of each process. concurrency: slots by queue, in place of the policy's.
    """

    def __init__(
        self,
        groups: Sequence[Sequence[str]],
        *,
        concurrency: Mapping[str, int] | None = None,
        verbosity: int = 1,
    ) -> None:
        self._environment = {
            **os.environ,
            **{
                f"{queue.upper().replace('-', '_')}_WORKER_CONCURRENCY": str(number)
                for queue, number in (concurrency or {}).items()
            },
        }
        self._verbosity = verbosity
        self._children = [_Child(queues=tuple(queues), name=f"worker-{i}") for i, queues in enumerate(groups, 1)]
        self._stopping = threading.Event()
        self._signals = 0

    def run(self) -> int:
        """Supervise in the foreground until a signal. Call it from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)
        self.start()
        try:
            while not self._stopping.wait(LOOK_SECONDS):
                self.look()
        finally:
            self.stop()
        return 0

    def replace(self) -> None:
        """Have every worker finish its jobs and start afresh, with the code as it is then."""
        for child in self._children:
            if child.process and child.process.poll() is None:
                child.process.terminate()

    def start(self) -> None:
        for child in self._children:
            logger.info("Starting a worker for %s", ", ".join(child.queues))
            self._launch(child)

    def look(self) -> None:
        """Restart what died, after its pause."""
        for child in self._children:
            process = child.process
            if process is None:
                if time.monotonic() >= child.start_at:
                    self._launch(child)
                continue
            status = process.poll()
            if status is None:
                continue
            lived = time.monotonic() - child.started_at
            # A worker that was told to end left with 0: nothing is wrong with the next one.
            steady = lived >= STEADY_SECONDS or status == 0
            child.pause = SHORTEST_PAUSE if steady else min(child.pause * 2, LONGEST_PAUSE)
            child.start_at = time.monotonic() + child.pause
            child.process = None
            logger.warning(
                "The worker for %s ended with status %s; a new one starts in %.1f s",
                ", ".join(child.queues),
                status,
                child.pause,
            )
            if status < 0:
                self._rescue(child.worker)

    def _rescue(self, worker: str) -> None:
        """The dead worker's jobs need not wait for their leases: the kernel has ended it for certain.

        By its name, which was made for this one process: containers may share host name and process ids.
        """
        try:
            rescue_lost_jobs(of_worker=worker)
            Worker.objects.filter(name=worker).delete()
        except DatabaseError:
            logger.warning("The dead worker's jobs wait for their leases: the database does not answer")
        finally:
            connection.close()

    def _launch(self, child: _Child) -> None:
        parent = os.getpid()
        child.worker = f"{socket.gethostname()}-{child.name}-{secrets.token_hex(6)}"
        child.process = subprocess.Popen(  # noqa: S603  our own command line
            [
                sys.executable,
                str(Path(settings.BASE_DIR) / "manage.py"),
                "rqworker",
                *child.queues,
                "--name",
                child.worker,
                "--verbosity",
                str(self._verbosity),
            ],
            env={**self._environment, "QUARRY_WORKER_GROUP": child.name},
            # Ctrl-C reaches the manager alone, which passes it on once.
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509  it takes no lock
        )
        child.started_at = time.monotonic()

    def stop(self) -> None:
        """Stop gracefully: drain, put back, exit. A second signal meanwhile is passed on."""
        self._stopping.set()
        running = [child.process for child in self._children if child.process]
        passed_on = 0
        deadline = time.monotonic() + settings.WORKER_SHUTDOWN_TIMEOUT + 15
        while any(process.poll() is None for process in running):
            while passed_on < max(1, self._signals):
                passed_on += 1
                for process in running:
                    if process.poll() is None:
                        process.terminate()
            if time.monotonic() >= deadline:
                logger.error("A worker does not stop; it is killed and its leases run out")
                for process in running:
                    process.kill()
                deadline = float("inf")
            time.sleep(0.05)

    def _signalled(self, number: int, frame: object) -> None:
        self._signals += 1
        self._stopping.set()
