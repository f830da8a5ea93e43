"""kill -9 of whatever runs jobs: they run again, once, and pay nothing."""

import time

import pytest

from jobs.models import Job, Worker
from jobs.states import Outcome

from .conftest import Measure, NewPolicy
from .ledger import (
    assert_all_well,
    assert_consistent,
    await_active,
    await_ended,
    effects,
    job,
    number,
    outcomes,
    submit,
)
from .processes import Manager, WorkerProcess, all_gone, descendants, eventually, kill
from .world import LEASE_SECONDS, World

#: Repairs are due every five seconds, and the first process slot of a worker takes some to start; two tests share
#: the machine.
RESCUE_SECONDS = LEASE_SECONDS + 5 + 25


def test_jobs_of_a_killed_worker_run_again_on_another_without_paying(
    world: World, policies: NewPolicy, measured: Measure
) -> None:
    policies(SIGNALS_ISOLATION="process")
    doomed = WorkerProcess(world, "scoring", "signals")
    ids = [*effects(5, ms=2500, queue="scoring"), *effects(3, ms=2500, queue="signals")]
    await_active(ids)

    # A worker takes longer to start than these jobs to end: the other one comes after the kill.
    doomed.kill_tree()
    at = time.monotonic()
    WorkerProcess(world, "scoring", "signals")
    runs = Job.objects.filter(public_id__in=ids).values_list("queue", "status", "run", "isolated")
    eventually(
        lambda: runs.filter(run__gte=2).count() == len(ids), seconds=RESCUE_SECONDS, what=lambda: list(runs.all())
    )
    measured(restarted_after=time.monotonic() - at, lease=LEASE_SECONDS)

    await_ended(ids)
    assert_all_well(ids)
    assert all(outcomes(one) == [Outcome.WORKER_LOST, Outcome.COMPLETED] for one in ids)


def test_at_the_usual_lease_lost_jobs_run_again_within_a_minute(world: World, measured: Measure) -> None:
    doomed = WorkerProcess(world, "scoring", LEASE_SECONDS="30")
    other = WorkerProcess(world, "signals", LEASE_SECONDS="30")
    ids = [submit("diag-sleep", {"ms": 3000}, queue="scoring") for _ in range(8)]
    await_active(ids)
    # Its lease is as fresh as can be, so this is the longest wait there is.
    doomed.kill_tree()
    at = time.monotonic()
    WorkerProcess(world, "scoring", LEASE_SECONDS="30")

    eventually(lambda: Job.objects.filter(public_id__in=ids, run=2).count() == len(ids), seconds=60)
    measured(restarted_after=time.monotonic() - at, lease=30)
    await_ended(ids)
    assert_all_well(ids)
    assert other.alive


def test_no_work_process_outlives_its_killed_parent(world: World, policies: NewPolicy, measured: Measure) -> None:
    policies(SCORING_ISOLATION="process")
    worker = WorkerProcess(world, "scoring")
    ids = effects(3, ms=3000, queue="scoring")
    await_active(ids)
    worker.await_work_processes(3)
    family = descendants(worker.pid)

    worker.kill()
    at = time.monotonic()
    eventually(lambda: all_gone(family), seconds=5)
    measured(gone_after=time.monotonic() - at)

    WorkerProcess(world, "scoring")
    await_ended(ids)
    assert_all_well(ids)


def test_a_killed_work_process_is_found_at_once_and_costs_its_own_job_one_attempt(
    world: World, policies: NewPolicy, measured: Measure
) -> None:
    policies(DEFAULT_BACKOFF="200", SIGNALS_ISOLATION="process")
    worker = WorkerProcess(world, "scoring", "signals")
    bystanders = effects(4, ms=2500, queue="scoring")
    victim = effects(1, ms=4000, queue="signals")
    await_active([*bystanders, *victim])
    (pid,) = worker.await_work_processes(1)

    kill(pid)
    at = time.monotonic()
    eventually(lambda: outcomes(victim[0])[0] == Outcome.PROCESS_DIED, seconds=5)
    measured(found_after=time.monotonic() - at)

    await_ended([*bystanders, *victim])
    assert_all_well(bystanders)
    assert_all_well(victim, attempts_made=2)
    assert outcomes(victim[0]) == [Outcome.PROCESS_DIED, Outcome.COMPLETED]
    assert worker.alive


def test_a_manager_replaces_a_killed_worker_and_its_jobs_need_not_wait_for_the_lease(
    world: World, measured: Measure
) -> None:
    manager = Manager(world, "--queues", "scoring", LEASE_SECONDS="30")
    (doomed,) = manager.worker_pids()
    ids = effects(4, ms=1500, queue="scoring")
    await_active(ids)

    kill(doomed)
    at = time.monotonic()
    eventually(lambda: manager.worker_pids() not in ([], [doomed]), seconds=10)
    measured(replaced_after=time.monotonic() - at)
    eventually(lambda: number(ids, "active") == 4, seconds=10)
    measured(restarted_after=time.monotonic() - at)

    await_ended(ids)
    assert_all_well(ids)
    assert not Worker.objects.filter(pid=doomed).exists()


def test_a_killed_manager_takes_its_workers_along(world: World) -> None:
    manager = Manager(world, "--queues", "scoring,signals", "--processes", "2", workers=2)
    ids = effects(4, ms=1500, queue="scoring")
    await_active(ids)
    family = descendants(manager.pid)

    manager.kill()
    eventually(lambda: all_gone(family), seconds=5)

    WorkerProcess(world, "scoring")
    await_ended(ids)
    assert_all_well(ids)


def test_a_zygote_that_dies_has_its_worker_replaced_and_no_job_pays(world: World, policies: NewPolicy) -> None:
    policies(SIGNALS_ISOLATION="process")
    manager = Manager(world, "--queues", "scoring,signals")
    (worker,) = manager.worker_pids()
    threads = effects(3, ms=1500, queue="scoring")
    await_active(threads)
    (zygote,) = descendants(worker)

    kill(zygote)
    eventually(lambda: manager.worker_pids() not in ([], [worker]), seconds=20)
    processes = effects(2, queue="signals")

    await_ended([*threads, *processes])
    assert_all_well([*threads, *processes])


def test_a_job_whose_workers_are_killed_again_and_again_ends_dead(world: World) -> None:
    Job.objects.filter(public_id=submit("diag-sleep", {"ms": 60_000}, job_id="fated", queue="scoring")).update(losses=9)

    for run in (1, 2):
        worker = WorkerProcess(world, "scoring")
        eventually(lambda run=run: job("fated").run == run, what=f"run {run}")
        worker.kill_tree()
    WorkerProcess(world, "scoring")

    await_ended(["fated"])
    assert_consistent(["fated"])
    assert (job("fated").status, job("fated").attempts_made) == ("dead", 0)


@pytest.mark.parametrize("rounds", [4])
def test_kills_at_any_moment_lose_no_job_and_double_none(world: World, rounds: int, measured: Measure) -> None:
    """Two workers take turns at being killed while hundreds of short jobs pass through them."""
    ids = effects(600, ms=20, queue="scoring")
    running = [WorkerProcess(world, "scoring"), WorkerProcess(world, "scoring")]
    for turn in range(rounds):
        enough = min(number(ids, "completed") + 40, 590)
        eventually(lambda: number(ids, "completed") > enough, seconds=30)  # noqa: B023  called in this turn only
        running.pop(0).kill_tree()
        running.append(WorkerProcess(world, "scoring"))
        ids += effects(100, ms=20, queue="scoring", priority=turn)

    at = time.monotonic()
    await_ended(ids)
    measured(jobs=len(ids), kills=rounds, idle_after=time.monotonic() - at)
    assert_all_well(ids)
    measured(lost_runs=sum(Job.objects.values_list("losses", flat=True)))
