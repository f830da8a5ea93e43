"""Programs side by side: restarted, given up, and stopped without leaving anything behind."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import restarts
from deploy.local.process import is_alive
from deploy.local.signals import Signals
from deploy.local.supervisor import GaveUp, Interrupted, Program, Supervisor
from tests.local.waiting import eventually

NOTE_PID = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); "
SERVE = NOTE_PID + "import signal; signal.pause()"
DIE = NOTE_PID + "sys.exit(3)"
REFUSE_TO_STOP = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVE
SERVE_WITH_CHILD = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]); " + SERVE
)


@pytest.fixture
def signals() -> Iterator[Signals]:
    with Signals() as collected:
        yield collected


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(signals: Signals, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(signals, env=dict(os.environ), say=said.append)
    yield supervisor
    supervisor.stop()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "pids"


def program(code: str, notes: Path, *more: str) -> Program:
    return Program(name="thing", arguments=[sys.executable, "-c", code, str(notes), *more])


def pids(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split()] if notes.exists() else []


def test_a_killed_program_is_started_again(supervisor: Supervisor, notes: Path, said: list[str]) -> None:
    supervisor.start([program(SERVE, notes)])
    supervisor.run_until(lambda: len(pids(notes)) == 1, poll_seconds=0.01)

    os.kill(pids(notes)[0], signal.SIGKILL)
    supervisor.run_until(lambda: len(pids(notes)) == 2, poll_seconds=0.01)

    assert is_alive(pids(notes)[1])
    assert said == ["thing was ended by SIGKILL; starting it again in 0.2 s"]


def test_a_program_that_dies_five_times_in_a_minute_is_given_up(
    supervisor: Supervisor, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restarts, "FIRST_DELAY_SECONDS", 0.001)
    supervisor.start([program(DIE, notes)])

    with pytest.raises(GaveUp, match="thing ended with status 3, the 5th end within 60 s"):
        supervisor.run_until(lambda: False)

    assert len(pids(notes)) == 5


def test_a_stop_signal_interrupts_the_supervision(supervisor: Supervisor, notes: Path) -> None:
    supervisor.start([program(SERVE, notes)])

    os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted):
        supervisor.run_until(lambda: False)


def test_stopping_ends_every_program_and_what_it_started(supervisor: Supervisor, notes: Path) -> None:
    supervisor.start([program(SERVE_WITH_CHILD, notes, SERVE)])
    supervisor.run_until(lambda: len(pids(notes)) == 2, poll_seconds=0.01)

    supervisor.stop()

    eventually(lambda: not any(is_alive(pid) for pid in pids(notes)))


def test_a_second_stop_signal_ends_a_program_that_does_not_stop(
    supervisor: Supervisor, signals: Signals, notes: Path
) -> None:
    supervisor.start([program(REFUSE_TO_STOP, notes)])
    supervisor.run_until(lambda: len(pids(notes)) == 1, poll_seconds=0.01)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    earlier = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))

    supervisor.stop()

    signal.signal(signal.SIGALRM, earlier)
    assert signals.received == [signal.SIGINT]
    assert not is_alive(pids(notes)[0])


def test_the_end_of_the_servers_below_is_the_end_of_the_programs(
    signals: Signals, notes: Path, said: list[str]
) -> None:
    reader, writer = os.pipe()
    supervisor = Supervisor(signals, env=dict(os.environ), say=said.append, vital=reader)
    supervisor.start([program(SERVE, notes)])

    os.close(writer)

    with pytest.raises(GaveUp, match="embedded servers stopped"):
        supervisor.run_until(lambda: False)
    supervisor.stop()
    os.close(reader)
