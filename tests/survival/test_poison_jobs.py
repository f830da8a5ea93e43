"""Jobs that take their process down: the threads beside them are hit once, and nobody pays for another."""

import resource
import time

from jobs.models import Job
from jobs.states import Outcome

from .conftest import Measure, NewPolicy
from .ledger import assert_all_well, assert_consistent, await_active, await_ended, effects, job, outcomes, submit
from .processes import Manager, WorkerProcess, eventually, kill
from .world import World


def test_a_segfault_among_sleeping_jobs_hits_them_once_and_costs_them_nothing(
    world: World, policies: NewPolicy, measured: Measure
) -> None:
    policies(DEFAULT_BACKOFF="300", SCORING_WORKER_CONCURRENCY="12")
    manager = Manager(world, "--queues", "scoring")
    innocent = effects(10, ms=4000, queue="scoring")
    await_active(innocent)
    at = time.monotonic()
    poison = submit("diag-segfault", queue="scoring", attempts=10)

    await_ended([*innocent, poison])
    measured(all_ended_after=time.monotonic() - at, ended=job(poison).status)
    assert_all_well(innocent)
    assert {job(one).losses for one in innocent} == {1}
    assert_consistent([poison])
    assert outcomes(poison) == [Outcome.WORKER_LOST, *[Outcome.PROCESS_DIED] * 4]
    assert (job(poison).status, job(poison).attempts_made) == ("dead", 4)
    assert job(poison).error["code"] == "process_died"
    assert "SIGSEGV" in job(poison).error["message"]
    assert manager.alive


def test_a_segfault_in_a_process_slot_harms_nobody(world: World, policies: NewPolicy, measured: Measure) -> None:
    policies(DEFAULT_BACKOFF="300", SIGNALS_ISOLATION="process")
    worker = WorkerProcess(world, "scoring", "signals")
    innocent = [*effects(5, ms=3000, queue="scoring"), *effects(3, ms=3000, queue="signals")]
    await_active(innocent)
    poison = submit("diag-segfault", queue="signals", attempts=3)

    eventually(lambda: job(poison).status == "failed", seconds=10)
    await_ended(innocent)
    assert_all_well(innocent)
    assert set(Job.objects.filter(public_id__in=innocent).values_list("run", flat=True)) == {1}
    assert outcomes(poison) == [Outcome.PROCESS_DIED] * 3
    assert worker.alive


def test_a_job_that_may_not_have_the_memory_it_wants_fails_alone(world: World, policies: NewPolicy) -> None:
    policies(SIGNALS_ISOLATION="process", SIGNALS_WORKER_CONCURRENCY="1", DEFAULT_BACKOFF="300")
    worker = WorkerProcess(world, "scoring", "signals")
    await_ended(effects(1, queue="signals"))
    (warm,) = worker.await_work_processes(1)
    resource.prlimit(warm, resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
    innocent = effects(5, ms=1500, queue="scoring")
    greedy = submit("diag-allocate", {"mb": 2000}, queue="signals", attempts=1)

    await_ended([*innocent, greedy])
    assert_all_well(innocent)
    assert_consistent([greedy])
    assert job(greedy).status == "failed"
    assert job(greedy).error["exception"] == "builtins.MemoryError"
    after = effects(1, queue="signals")
    await_ended(after)
    assert_all_well(after)


def test_a_job_killed_for_its_memory_says_so_and_harms_nobody(world: World, policies: NewPolicy) -> None:
    """As the kernel's killer does it: SIGKILL to the fattest process, in the middle of allocating."""
    policies(SIGNALS_ISOLATION="process", DEFAULT_BACKOFF="300")
    worker = WorkerProcess(world, "scoring", "signals")
    innocent = [*effects(5, ms=2500, queue="scoring")]
    greedy = submit("diag-allocate", {"mb": 20_000}, queue="signals", attempts=1)
    await_active([*innocent, greedy])
    (pid,) = worker.await_work_processes(1)
    eventually(lambda: resident_mb(pid) > 150)

    kill(pid)
    await_ended([*innocent, greedy])
    assert_all_well(innocent)
    assert_consistent([greedy])
    assert (job(greedy).status, outcomes(greedy)) == ("failed", [Outcome.PROCESS_DIED])
    assert "too much memory" in job(greedy).error["message"]


def resident_mb(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() // 2**20
