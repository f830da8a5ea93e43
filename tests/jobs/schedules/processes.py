"""Real `manage.py rqscheduler` processes on the test's own database and Redis."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.db.models import F
from django.db.models.functions import Now

from deploy.local import process
from jobs.schedules import registration
from jobs.schedules.models import Schedule, SchedulerProcess
from tests.skewed_clock import ahead_by

ROOT = Path(__file__).resolve().parents[3]
T = TypeVar("T")


def eventually(condition: Callable[[], T], *, seconds: float = 60.0, what: str = "") -> T:
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"still not so after {seconds} s: {what or condition}"
        time.sleep(0.02)


class SchedulerUnderTest:
    """Dies with the tests, kill -9 included. `clock_hours`: how wrong its clock is."""

    def __init__(self, env: dict[str, str], logs: Path, *, clock_hours: float = 0, **more: str) -> None:
        self._log = logs / f"scheduler-{time.monotonic_ns()}.log"
        program = ["-c", ahead_by(round(clock_hours * 3600))] if clock_hours else ["manage.py"]
        self.child = process.start(
            [sys.executable, *program, "rqscheduler"],
            env={**env, "PYTHONUNBUFFERED": "1", **more},
            log=self._log,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def role(self) -> str | None:
        assert self.child.poll() is None, self.log
        row = SchedulerProcess.objects.filter(pid=self.child.pid).first()
        return None if row is None else ("active" if row.active else "standby")

    def await_role(self, role: str) -> "SchedulerUnderTest":
        # A loaded machine takes its time to start a process.
        eventually(lambda: self.role == role, seconds=60, what=f"{role} scheduler:\n{self.log}")
        return self

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()

    def stop(self, *, seconds: float = 10) -> int:
        self.child.terminate()
        return self.child.wait(seconds)

    def destroy(self) -> None:
        if self.child.poll() is None:
            self.kill()


def due_in(seconds: float, *, name: str = "ucc-daily") -> datetime:
    """Let the schedule be due then; returns the moment, by Postgres's clock."""
    Schedule.objects.filter(name=name).update(next_fire_at=Now() + timedelta(seconds=seconds))
    moment = Schedule.objects.get(name=name).next_fire_at
    assert moment is not None
    return moment


def lateness(name: str = "ucc-daily") -> float:
    """Seconds between the time of the schedule's last fire and its transaction."""
    from jobs.schedules.models import ScheduleFire

    fires = ScheduleFire.objects.filter(schedule__name=name, outcome="fired").annotate(
        late=F("fired_at") - F("fire_time")
    )
    return float(fires.latest("fire_time").late.total_seconds())


def register() -> None:
    """The schedules of all apps; the others pause, so that a test sees its own alone."""
    registration.sync()
    Schedule.objects.exclude(name="ucc-daily").update(paused=True, next_fire_at=None)
