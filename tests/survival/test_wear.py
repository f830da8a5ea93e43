"""Retries, and slots that wear out."""

from jobs.models import Attempt

from .conftest import NewPolicy
from .ledger import assert_all_well, await_ended, effects, job, submit
from .processes import WorkerProcess, eventually
from .world import World


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


def test_a_work_process_serves_again_until_it_is_worn_out(world: World, policies: NewPolicy) -> None:
    policies(SIGNALS_ISOLATION="process", SIGNALS_WORKER_CONCURRENCY="1")
    worker = WorkerProcess(world, "signals", WORKER_RECYCLE_JOBS="3", LEASE_SECONDS="30")
    pids = []
    for turn in range(1, 7):
        ids = effects(1, ms=300, queue="signals")
        pids += worker.await_work_processes(1)
        await_ended(ids)
        if turn % 3 == 0:
            eventually(lambda: worker.work_processes() == [], seconds=10)
    assert set(Attempt.objects.values_list("run", "outcome")) == {(1, "completed")}
    assert pids[0] == pids[1] == pids[2]
    assert pids[3] == pids[4] == pids[5]
    assert pids[0] != pids[3]


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
