"""What a slot does about jobs that are cancelled, take too long, fail, or wear it out."""

import time

import pytest

from jobs import library
from jobs.models import Attempt
from jobs.states import Outcome

from .conftest import Measure, NewPolicy
from .ledger import assert_all_well, assert_consistent, await_active, await_ended, effects, job, outcomes, submit
from .processes import WorkerProcess, eventually
from .world import World

SLOTS = {"thread": "scoring", "process": "signals"}


@pytest.fixture
def worker(world: World, policies: NewPolicy) -> WorkerProcess:
    policies(SIGNALS_ISOLATION="process", DEFAULT_BACKOFF="300")
    return WorkerProcess(world, "scoring", "signals")


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


def test_a_failing_job_waits_longer_each_time_and_then_succeeds(world: World, policies: NewPolicy) -> None:
    policies(DEFAULT_BACKOFF="2000x2")
    WorkerProcess(world, "scoring")
    failing = submit("diag-fail", {"times": 2}, queue="scoring", attempts=3)

    await_ended([failing])
    assert (job(failing).status, job(failing).attempts_made) == ("completed", 3)
    first, second, third = Attempt.objects.order_by("run")
    assert (first.next_delay_ms, second.next_delay_ms) == (2000, 4000)
    for before, after, wait in ((first, second, 2.0), (second, third, 4.0)):
        waited = (after.started_at - before.finished_at).total_seconds()
        # Up to a tenth more is jitter; the dispatcher looks twice a second.
        assert wait <= waited <= wait * 1.1 + 1.5


def test_a_job_that_always_fails_runs_as_often_as_allowed(worker: WorkerProcess) -> None:
    failing = submit("diag-fail", {}, queue="signals", attempts=4)
    await_ended([failing])
    assert (job(failing).status, job(failing).attempts_made) == ("failed", 4)
    assert_consistent([failing])


def test_a_work_process_serves_again_until_it_is_worn_out(world: World, policies: NewPolicy) -> None:
    policies(SIGNALS_ISOLATION="process", SIGNALS_WORKER_CONCURRENCY="1")
    worker = WorkerProcess(world, "signals", WORKER_RECYCLE_JOBS="3")
    pids = []
    for turn in range(1, 7):
        ids = effects(1, ms=300, queue="signals")
        eventually(lambda: len(worker.work_processes()) == 1)
        pids += worker.work_processes()
        await_ended(ids)
        if turn % 3 == 0:
            eventually(lambda: worker.work_processes() == [], seconds=10)
    assert pids[0] == pids[1] == pids[2]
    assert pids[3] == pids[4] == pids[5]
    assert pids[0] != pids[3]


def test_progress_and_log_lines_of_both_kinds_of_slot_reach_the_ledger(worker: WorkerProcess) -> None:
    ids = [submit("diag-progress", {"steps": 4, "ms": 300}, queue=queue) for queue in SLOTS.values()]
    eventually(lambda: all(0 < job(one).progress < 100 for one in ids), seconds=20)
    await_ended(ids)
    assert {(job(one).status, job(one).progress) for one in ids} == {("completed", 100)}


def test_many_threads_that_ignore_their_end_have_the_worker_replaced_not_stuck(
    world: World, policies: NewPolicy
) -> None:
    """diag-spin can be interrupted; this only shows that ten of them at once can be, too."""
    worker = WorkerProcess(world, "scoring")
    spinning = [submit("diag-spin", {"ms": 60_000}, queue="scoring", timeout=500, attempts=1) for _ in range(10)]
    await_ended(spinning, seconds=40)
    assert {job(one).error["code"] for one in spinning} == {"job_timeout"}
    after = effects(20, queue="scoring")
    eventually(lambda: not worker.alive or Attempt.objects.filter(outcome="completed").exists())
    if not worker.alive:
        WorkerProcess(world, "scoring")
    await_ended(after)
    assert_all_well(after)
