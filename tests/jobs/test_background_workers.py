"""Starting and stopping workers from a Python program."""

import time
from collections.abc import Callable, Iterator

import pytest

from jobs import background
from jobs.actions import enqueue
from jobs.submission import Options

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]


@pytest.fixture
def stopped_afterwards() -> Iterator[None]:
    yield
    background.stop_workers()


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def status(queue: str) -> bool:
    return next(item["isRunning"] for item in background.get_worker_status() if item["name"] == queue)


def test_workers_start_run_a_job_and_stop(
    monkeypatch: pytest.MonkeyPatch, process_env: dict[str, str], stopped_afterwards: None
) -> None:
    monkeypatch.setenv("QUARRY_DIAGNOSTICS", "1")
    assert not status("scoring")

    background.start_workers(["scoring"], {"scoring": 3})

    assert until(lambda: status("scoring"))
    assert not status("research")
    handle = enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
    handle.wait_until_finished(20)
    background.stop_workers()
    assert not status("scoring")


def test_a_queue_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="nope"):
        background.start_workers(["nope"])
