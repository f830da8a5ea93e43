"""What a slot does about jobs that are cancelled, take too long, fail, or wear it out."""

import time
from collections.abc import Iterator

import pytest

from jobs import library
from jobs.states import Outcome

from .conftest import Measure
from .ledger import assert_all_well, assert_consistent, await_active, await_ended, effects, job, outcomes, submit
from .processes import WorkerProcess, eventually
from .world import World

SLOTS = {"thread": "scoring", "process": "signals"}


@pytest.fixture(scope="module")
def worker(servers: World, diagnostic_types: None) -> Iterator[WorkerProcess]:
    """One worker for the tests of this file, which leave it as they found it."""
    servers.reset()
    process = WorkerProcess(servers, "scoring", "signals", SIGNALS_ISOLATION="process", DEFAULT_BACKOFF="300")
    yield process
    process.destroy()


def test_a_job_over_its_time_is_stopped_within_five_seconds_and_that_is_a_failed_attempt(
    worker: WorkerProcess, measured: Measure
) -> None:
    ids = {
        (slot, kind): submit(kind, {"ms": 40_000}, queue=queue, timeout=1000, attempts=1)
        for slot, queue in SLOTS.items()
        for kind in ("diag-sleep", "diag-spin")
    }
    await_ended(list(ids.values()), seconds=25)
    for key, public_id in ids.items():
        row = job(public_id)
        measured(slot=key[0], kind=key[1], over_time_ms=row.duration_ms - 1000)
        assert (row.status, row.attempts_made) == ("failed", 1)
        assert (row.error["code"], row.error_type) == ("job_timeout", "NETWORK_ERROR")
        assert row.duration_ms <= 1000 + 5000, key
    assert_consistent(list(ids.values()))
    after = [*effects(3, queue="scoring"), *effects(3, queue="signals")]
    await_ended(after)
    assert_all_well(after)
    assert worker.alive


def test_a_job_that_timed_out_is_tried_again(worker: WorkerProcess) -> None:
    timed_out = submit("diag-sleep", {"ms": 40_000}, queue="scoring", timeout=300, attempts=2)
    await_ended([timed_out])
    assert outcomes(timed_out) == [Outcome.FAILED, Outcome.FAILED]
    assert job(timed_out).attempts_made == 2


@pytest.mark.parametrize("kind", ["diag-sleep", "diag-spin"])
def test_cancelling_running_jobs_stops_them_within_ten_seconds(
    worker: WorkerProcess, measured: Measure, kind: str
) -> None:
    ids = [submit(kind, {"ms": 60_000}, queue=queue) for queue in SLOTS.values()]
    await_active(ids)
    at = time.monotonic()
    assert all(library.cancel_job(one) for one in ids)

    await_ended(ids, seconds=10)
    measured(kind=kind, cancelled_after=time.monotonic() - at)
    assert {job(one).status for one in ids} == {"cancelled"}
    assert_consistent(ids)
    after = [*effects(3, queue="scoring"), *effects(3, queue="signals")]
    await_ended(after)
    assert_all_well(after)


def test_a_job_that_always_fails_runs_as_often_as_allowed(worker: WorkerProcess) -> None:
    failing = submit("diag-fail", {}, queue="signals", attempts=4)
    await_ended([failing])
    assert (job(failing).status, job(failing).attempts_made) == ("failed", 4)
    assert_consistent([failing])


def test_progress_and_log_lines_of_both_kinds_of_slot_reach_the_ledger(worker: WorkerProcess) -> None:
    ids = [submit("diag-progress", {"steps": 4, "ms": 300}, queue=queue) for queue in SLOTS.values()]
    eventually(lambda: all(0 < job(one).progress < 100 for one in ids), seconds=20)
    await_ended(ids)
    assert {(job(one).status, job(one).progress) for one in ids} == {("completed", 100)}
