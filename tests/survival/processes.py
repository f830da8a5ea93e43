"""Real worker and web processes, and what /proc knows of their children."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from deploy.local import process
from jobs.models import Worker

from .world import World

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def eventually(condition: Callable[[], T], *, seconds: float = 60.0, what: str | Callable[[], object] = "") -> T:
    """The first true answer of `condition`; fails after `seconds`, saying `what`, or what that then answers."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise AssertionError(f"still not so after {seconds} s: {(what() if callable(what) else what) or condition}")
        time.sleep(0.05)


class Process:
    """A child with its output in a file. It dies with the tests, kill -9 included."""

    def __init__(self, world: World, arguments: Sequence[str], **environment: str) -> None:
        self._log = world.logs / f"process-{len(world.processes)}-{time.monotonic_ns()}.log"
        self.child = process.start(
            [sys.executable, *arguments],
            env=world.environment(**environment),
            log=self._log,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )
        world.processes.append(self)

    @property
    def pid(self) -> int:
        return self.child.pid

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def alive(self) -> bool:
        return self.child.poll() is None

    def terminate(self) -> None:
        self.child.terminate()

    def kill(self) -> None:
        """kill -9 of this process alone."""
        self.child.kill()
        self.child.wait()

    def kill_tree(self) -> None:
        """kill -9 of this process and of everything under it, as a power cut would."""
        family = [self.pid, *descendants(self.pid)]
        for pid in family:
            kill(pid)
        self.child.wait()

    def exit_status(self, *, seconds: float) -> int:
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s:\n{self.log[-3000:]}") from None

    def destroy(self) -> None:
        if self.alive:
            self.kill_tree()


class WorkerProcess(Process):
    """`manage.py rqworker` on the given queues; ready when made."""

    def __init__(self, world: World, *queues: str, launcher: str | None = None, **environment: str) -> None:
        start = ["-c", launcher] if launcher else ["manage.py"]
        super().__init__(world, [*start, "rqworker", *queues], **environment)
        self.name = eventually(self._name, what="the worker's first heartbeat")

    def _name(self) -> str | None:
        assert self.alive, self.log
        return Worker.objects.filter(pid=self.pid).values_list("name", flat=True).first()

    def work_processes(self) -> list[int]:
        """Pids of the process slots, busy or idle: the children of the zygote."""
        return [pid for zygote in children(self.pid) for pid in children(zygote)]

    def await_work_processes(self, number: int) -> list[int]:
        """Their pids once there are `number`: a job is active a moment before its process is there."""
        eventually(lambda: len(self.work_processes()) == number, what=f"{number} work processes")
        return self.work_processes()


class Manager(Process):
    """`manage.py workers`; its workers are ready when it is made."""

    def __init__(self, world: World, *arguments: str, workers: int = 1, **environment: str) -> None:
        super().__init__(world, ["manage.py", "workers", *arguments], **environment)
        eventually(lambda: self.alive and len(self.worker_pids()) == workers, what="the manager's workers")

    def worker_pids(self) -> list[int]:
        """Workers of this manager that have told the ledger so."""
        running = set(children(self.pid))
        return [pid for pid in Worker.objects.values_list("pid", flat=True) if pid in running]


def children(pid: int) -> list[int]:
    entries = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [int(entry.name) for entry in entries if _parent(entry) == pid]


def descendants(pid: int) -> list[int]:
    found = children(pid)
    return found + [deeper for child in found for deeper in descendants(child)]


def _parent(entry: Path) -> int | None:
    try:
        state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return None if state in ("Z", "X") else int(parent)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def all_gone(pids: Sequence[int]) -> bool:
    return not any(process.is_alive(pid) for pid in pids)
