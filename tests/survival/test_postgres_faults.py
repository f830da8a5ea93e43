"""PostgreSQL restarted, crashed or away: results wait, the fence holds, callers hear 503."""

import re
import time
from collections.abc import Callable

import pytest

from jobs.models import Job
from jobs.states import Outcome

from .conftest import Measure, NewPolicy
from .ledger import assert_all_well, assert_consistent, await_active, await_ended, effects, number, outcomes, submit
from .processes import WorkerProcess, eventually
from .world import World, forget_what_this_process_knows


@pytest.mark.parametrize("fault", [World.stop_postgres, World.kill_postgres], ids=["restarted", "crashed"])
def test_jobs_in_the_middle_of_a_database_restart_end_once_and_pay_nothing(
    world: World, policies: NewPolicy, measured: Measure, fault: Callable[[World], None]
) -> None:
    policies(SIGNALS_ISOLATION="process")
    worker = WorkerProcess(world, "scoring", "signals")
    running = [*effects(5, ms=4000, queue="scoring"), *effects(3, ms=4000, queue="signals")]
    await_active(running)
    waiting = effects(20, queue="scoring")

    at = time.monotonic()
    fault(world)
    forget_what_this_process_knows()
    world.start_postgres()
    measured(away=time.monotonic() - at)

    await_ended([*running, *waiting])
    assert_all_well([*running, *waiting])
    assert worker.alive


def test_results_of_jobs_that_end_while_the_database_is_away_are_kept_until_it_is_back(
    world: World, policies: NewPolicy, measured: Measure
) -> None:
    policies(SIGNALS_ISOLATION="process")
    # The lease outlives the outage, as in production.
    worker = WorkerProcess(world, "scoring", "signals", LEASE_SECONDS="30", DATABASE_POOL_TIMEOUT="1")
    ids = [submit("diag-sleep", {"ms": 1500}, queue=queue) for queue in ("scoring", "scoring", "signals")]
    await_active(ids)

    world.stop_postgres()
    forget_what_this_process_knows()
    eventually(lambda: worker.log.count("Settling: the database does not answer") > 0, seconds=20)
    world.start_postgres()
    at = time.monotonic()

    await_ended(ids)
    measured(settled_after=time.monotonic() - at)
    assert_all_well(ids)
    assert set(Job.objects.values_list("run", flat=True)) == {1}


def test_a_lease_that_runs_out_with_the_database_away_costs_no_attempt(world: World) -> None:
    worker = WorkerProcess(world, "scoring", LEASE_SECONDS="2", DATABASE_POOL_TIMEOUT="1")
    ids = [submit("diag-sleep", {"ms": 1500}, queue="scoring") for _ in range(3)]
    await_active(ids)

    world.stop_postgres()
    forget_what_this_process_knows()
    eventually(lambda: worker.log.count("Settling: the database does not answer") > 2, seconds=20)
    world.start_postgres()

    await_ended(ids)
    assert_all_well(ids)


def test_an_effect_that_cannot_be_committed_happens_once_in_a_later_run(
    world: World, policies: NewPolicy, measured: Measure
) -> None:
    """The handler itself meets the outage, in the transaction that completes its job."""
    policies(SIGNALS_ISOLATION="process")
    worker = WorkerProcess(world, "scoring", "signals", DATABASE_POOL_TIMEOUT="1")
    ids = [*effects(3, ms=1500, queue="scoring"), *effects(2, ms=1500, queue="signals")]
    await_active(ids)

    world.stop_postgres()
    forget_what_this_process_knows()
    # What held a connection meets its end; what asks for one gets none.
    ends = re.compile("met the end of its database connection|got no database connection")
    eventually(lambda: len(ends.findall(worker.log)) == len(ids), seconds=30, what=lambda: worker.log)
    world.start_postgres()

    await_ended(ids)
    measured(outcomes=[outcomes(one) for one in ids])
    assert_all_well(ids)
    assert worker.alive


def test_a_worker_started_before_its_database_serves_when_it_comes(world: World) -> None:
    ids = effects(5, queue="scoring")
    world.stop_postgres()
    forget_what_this_process_knows()
    from .processes import Process

    # It waits for a connection this long before it says so.
    worker = Process(world, ["manage.py", "rqworker", "scoring"], DATABASE_POOL_TIMEOUT="1")
    eventually(lambda: "the database does not answer" in worker.log)
    world.start_postgres()

    await_ended(ids)
    assert_all_well(ids)
    assert worker.alive


def test_fenced_off_runs_commit_nothing(world: World) -> None:
    """A worker that is frozen past its lease wakes up and tries to complete what another has completed."""
    import signal

    frozen = WorkerProcess(world, "scoring")
    ids = effects(4, ms=1000, queue="scoring")
    await_active(ids)
    frozen.child.send_signal(signal.SIGSTOP)
    other = WorkerProcess(world, "scoring")
    await_ended(ids)
    frozen.child.send_signal(signal.SIGCONT)

    later = effects(10, ms=50, queue="scoring")
    await_ended(later)
    other.terminate()
    other.exit_status(seconds=15)
    last = effects(5, queue="scoring")
    await_ended(last)
    assert_all_well([*ids, *later, *last])
    assert all(outcomes(one) == [Outcome.WORKER_LOST, Outcome.COMPLETED] for one in ids)
    assert frozen.alive
    assert number(ids, "completed") == 4
    assert_consistent(ids)
