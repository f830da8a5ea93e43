"""Callbacks of a program for what happens in others."""

import queue
import subprocess
import sys
import time
from typing import Any

import pytest

from jobs import dispatch
from jobs.actions import enqueue
from jobs.connections import quick_client
from jobs.events import following, reading
from jobs.events.wake import Wakeups, wake
from jobs.execution import run
from jobs.handle import JobFailed, JobNotFinished
from jobs.library import UnknownQueue, get_queue_events
from jobs.submission import Options

from .conftest import meanwhile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

SCORING = Options(queue="scoring")
RUN = "import django; django.setup(); from jobs.execution import run; run({})"


def run_elsewhere(key: int, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", RUN.format(key)], env=environment, check=True, timeout=60)


def test_what_another_process_does_is_called_back_within_a_second(process_env: dict[str, str]) -> None:
    handle = enqueue(type="diag-progress", data={"steps": 1, "ms": 0}, options=SCORING)
    heard: queue.SimpleQueue[tuple[float, dict[str, Any]]] = queue.SimpleQueue()

    with get_queue_events("scoring") as events:
        for name in ("active", "progress", "completed", "failed"):
            events.on(name, lambda event: heard.put((time.time(), event)))
        run_elsewhere(handle.key, {**process_env, "QUARRY_DIAGNOSTICS": "1"})
        told = [heard.get(timeout=5) for _ in range(4)]

    assert [event["event"] for _, event in told] == ["active", "progress", "progress", "completed"]
    assert told[-1][1]["result"] == {"steps": 1}
    finished = handle.job().finished_at
    assert finished is not None
    assert told[-1][0] - finished.timestamp() < 1


def test_without_wake_ups_events_come_by_themselves_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_silent_until", time.monotonic() + 60)
    heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    with get_queue_events("scoring") as events:
        events.on("waiting", heard.put)
        time.sleep(0.1)
        enqueue(type="diag-noop", data={}, options=SCORING)

        assert heard.get(timeout=1)["event"] == "waiting"


def test_events_of_an_outage_are_called_back_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from jobs.events import listening

    heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    away = [True]
    really = reading.read_new

    def read(*given: Any, **named: Any) -> Any:
        if away[0]:
            raise OperationalError("the server went away")
        return really(*given, **named)

    monkeypatch.setattr(listening, "read_new", read)
    monkeypatch.setattr(following, "LONGEST_PAUSE", 0.1)
    with get_queue_events("scoring") as events:
        events.on("waiting", heard.put)
        handles = [enqueue(type="diag-noop", data={}, options=SCORING) for _ in range(3)]
        away[0] = False

        assert [heard.get(timeout=5)["jobId"] for _ in handles] == [handle.id for handle in handles]


def test_a_callback_that_fails_keeps_nobody_else_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def broken(event: dict[str, Any]) -> None:
        raise RuntimeError("told to")

    with get_queue_events("scoring") as events:
        events.on("waiting", broken).on("waiting", heard.put)
        enqueue(type="diag-noop", data={}, options=SCORING)
        heard.get(timeout=5)

    assert "A callback for waiting on scoring failed" in caplog.text


def test_after_closing_nothing_is_called_back() -> None:
    heard: list[dict[str, Any]] = []
    events = get_queue_events("scoring").on("waiting", heard.append)
    events.close()

    enqueue(type="diag-noop", data={}, options=SCORING)

    assert not events._thread.is_alive()
    assert heard == []


def test_wrong_names_are_named() -> None:
    with pytest.raises(UnknownQueue, match="nope"):
        get_queue_events("nope")
    with get_queue_events("scoring") as events, pytest.raises(ValueError, match="complete"):
        events.on("complete", print)


def test_wake_ups_arrive_and_those_that_came_together_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Threads of other tests in this process may still wake the listeners of the usual one.
    monkeypatch.setattr("jobs.events.wake.CHANNEL", "quarry:events:of-this-test")
    wakeups = Wakeups()
    wakeups.wait(0.05)
    try:
        wake()
        wake()
        quick_client().ping()  # answered after both were handed to every subscriber
        assert wakeups.wait(2)
        assert not wakeups.wait(0.05)
    finally:
        wakeups.close()


def test_waiting_for_a_job_ends_when_another_thread_has_run_it() -> None:
    handle = enqueue(type="diag-progress", data={"steps": 1, "ms": 20}, options=SCORING)

    with meanwhile(lambda: run(handle.key)):
        assert handle.wait_until_finished(10) == {"steps": 1}


def test_waiting_for_a_job_raises_its_failure_or_the_lack_of_time() -> None:
    failing = enqueue(type="diag-fail", data={"error_class": "INVALID_INPUT"}, options=SCORING)
    run(failing.key)

    with pytest.raises(JobFailed, match=failing.id):
        failing.wait_until_finished(5)
    with pytest.raises(JobNotFinished, match="waiting"):
        enqueue(type="diag-noop", data={}, options=SCORING).wait_until_finished(0.05)
