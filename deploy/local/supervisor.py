"""Runs long-lived programs side by side: restarts a dead one, gives up when one dies too often."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import process
from deploy.local.restarts import DEATHS, WITHIN_SECONDS, Restarts
from deploy.local.signals import Signals

#: How long the programs may finish what they are doing: a little over the 30 s that gunicorn and
#: the workers give their own work. Afterwards they are killed; the ledger puts their jobs back.
STOP_SECONDS = 40.0


class GaveUp(Exception):
    """A program dies again and again; waiting cannot help."""


class Interrupted(Exception):
    """A stop signal came: the user, or the machine, wants the end."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """log: where it writes; None for this process's own terminal."""

    name: str
    arguments: list[str]
    log: Path | None = None


@dataclass
class _Running:
    program: Program
    child: subprocess.Popen[bytes] | None = None
    due_at: float | None = None
    restarts: Restarts = field(default_factory=Restarts)


class Supervisor:
    """vital: a descriptor that becomes readable when the servers below the programs have died."""

    def __init__(
        self,
        signals: Signals,
        *,
        env: dict[str, str],
        say: Callable[[str], None],
        vital: int | None = None,
    ) -> None:
        self._signals = signals
        self._env = env
        self._say = say
        self._vital = [] if vital is None else [vital]
        self._running: list[_Running] = []

    def start(self, programs: list[Program]) -> None:
        for program in programs:
            running = _Running(program)
            self._running.append(running)
            self._launch(running)

    def run_until(self, done: Callable[[], bool], *, poll_seconds: float | None = None) -> None:
        """Keep the programs running until `done()`, asked after every death and every poll.

        Raises Interrupted on a stop signal; GaveUp when a program died too often.
        """
        while not done():
            if self._signals.stop_requested:
                raise Interrupted
            timeouts = [wait for wait in (self._next_start(), poll_seconds) if wait is not None]
            wait = min(timeouts) if timeouts else None
            if self._signals.wait(wait, descriptors=self._vital):
                raise GaveUp("The embedded servers stopped; see logs/keeper.log in QUARRY_HOME.")
            for running in self._running:
                self._look_after(running)

    def stop(self) -> None:
        """Stop all programs at once and wait for them; a second stop signal ends the patience."""
        living = [running.child for running in self._running if running.child]
        for child in living:
            if child.poll() is None:
                child.terminate()
        asked = len(self._signals.received)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.poll() is None for child in living):
            left = deadline - time.monotonic()
            if left <= 0 or len(self._signals.received) > asked:
                break
            self._signals.wait(left)
        for child in living:
            _kill_session(child)
            child.wait()
        self._running.clear()

    def _look_after(self, running: _Running) -> None:
        now = time.monotonic()
        if running.child is not None and running.child.poll() is not None:
            name, status = running.program.name, _describe(running.child.returncode)
            _kill_session(running.child)
            running.child = None
            delay = running.restarts.delay_after_death(now)
            if delay is None:
                raise GaveUp(f"{name} {status}, the {DEATHS}th end within {WITHIN_SECONDS:.0f} s: giving up.")
            self._say(f"{name} {status}; starting it again in {delay:.1f} s")
            running.due_at = now + delay
        elif running.due_at is not None and running.due_at <= now:
            self._launch(running)

    def _launch(self, running: _Running) -> None:
        running.due_at = None
        running.child = process.start(
            running.program.arguments,
            env={**self._env, "QUARRY_PROCESS": running.program.name},
            log=running.program.log,
            stdin=subprocess.DEVNULL,
        )

    def _next_start(self) -> float | None:
        due = [running.due_at for running in self._running if running.due_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None


def _kill_session(child: subprocess.Popen[bytes]) -> None:
    """End what a program left behind; each one leads a process group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _describe(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
