"""SIGTERM: drain, put back, say so, exit; nobody pays."""

import re
import signal
import time

from jobs.models import Attempt
from jobs.states import Outcome

from .conftest import Measure, NewPolicy
from .ledger import assert_all_well, await_active, await_ended, effects, job, outcomes, submit
from .processes import Manager, WorkerProcess, eventually
from .world import DRAIN_SECONDS, World

SIX_STEPS = [f"{step} of 6" for step in range(1, 7)]


def steps_in(log: str) -> list[str]:
    return re.findall(r"\d of 6", log)


def test_jobs_that_outlast_the_drain_go_back_to_the_front_and_pay_nothing(
    world: World, policies: NewPolicy, measured: Measure
) -> None:
    policies(SIGNALS_ISOLATION="process", SIGNALS_WORKER_CONCURRENCY="1")
    worker = WorkerProcess(world, "default", "signals")
    long = [effects(1, ms=DRAIN_SECONDS * 1000 + 1500, queue=queue)[0] for queue in ("default", "signals")]
    await_active(long)
    behind = {queue: effects(3, queue=queue) for queue in ("default", "signals")}

    worker.terminate()
    at = time.monotonic()
    assert worker.exit_status(seconds=DRAIN_SECONDS + 5) == 0
    measured(exit_after=time.monotonic() - at, drain=DRAIN_SECONDS)

    assert steps_in(worker.log) == SIX_STEPS
    for public_id in long:
        row = job(public_id)
        assert (row.status, row.attempts_made, row.interruptions, row.losses) == ("waiting", 0, 1, 0)
        assert outcomes(public_id) == [Outcome.INTERRUPTED]

    WorkerProcess(world, "default", "signals")
    everything = [*long, *behind["default"], *behind["signals"]]
    await_ended(everything)
    assert_all_well(everything)
    for first, queue in zip(long, behind, strict=True):
        started = Attempt.objects.filter(job__queue=queue, outcome=Outcome.COMPLETED).order_by("started_at", "id")
        assert [attempt.job.public_id for attempt in started] == [first, *behind[queue]]


def test_a_job_that_ends_within_the_drain_completes_and_none_starts_after_the_signal(world: World) -> None:
    worker = WorkerProcess(world, "default")
    short = effects(1, ms=1500)
    await_active(short)
    behind = effects(3)

    worker.child.send_signal(signal.SIGINT)
    assert worker.exit_status(seconds=DRAIN_SECONDS + 5) == 0

    assert steps_in(worker.log) == SIX_STEPS
    assert_all_well(short)
    assert {job(one).status for one in behind} == {"waiting"}
    assert {job(one).run for one in behind} == {0}


def test_a_second_signal_ends_the_worker_at_once_with_the_same_care(
    world: World, policies: NewPolicy, measured: Measure
) -> None:
    policies(SIGNALS_ISOLATION="process")
    worker = WorkerProcess(world, "scoring", "signals", WORKER_SHUTDOWN_TIMEOUT="60")
    ids = [*effects(3, ms=3000, queue="scoring"), *effects(2, ms=3000, queue="signals")]
    await_active(ids)

    worker.terminate()
    eventually(lambda: steps_in(worker.log) == ["1 of 6"], seconds=10)
    worker.terminate()
    at = time.monotonic()
    assert worker.exit_status(seconds=5) == 0
    measured(exit_after=time.monotonic() - at)

    assert steps_in(worker.log) == SIX_STEPS
    assert {job(one).status for one in ids} == {"waiting"}
    WorkerProcess(world, "scoring", "signals")
    await_ended(ids)
    assert_all_well(ids)
    assert all(outcomes(one) == [Outcome.INTERRUPTED, Outcome.COMPLETED] for one in ids)


def test_a_job_that_ignores_the_request_to_stop_is_left_behind_and_waits_again(world: World, measured: Measure) -> None:
    worker = WorkerProcess(world, "scoring", WORKER_SHUTDOWN_TIMEOUT="1")
    spinning = submit("diag-spin", {"ms": 6000}, queue="scoring")
    await_active([spinning])

    worker.terminate()
    at = time.monotonic()
    assert worker.exit_status(seconds=1 + 5) == 0
    measured(exit_after=time.monotonic() - at)

    assert (job(spinning).status, job(spinning).attempts_made) == ("waiting", 0)


def test_a_manager_stops_its_workers_and_exits_with_them(world: World, measured: Measure) -> None:
    manager = Manager(world, "--queues", "scoring,signals", "--processes", "2", workers=2)
    ids = effects(4, ms=60_000, queue="scoring")
    await_active(ids)

    manager.terminate()
    at = time.monotonic()
    assert manager.exit_status(seconds=DRAIN_SECONDS + 5) == 0
    measured(exit_after=time.monotonic() - at, drain=DRAIN_SECONDS)

    assert sorted(steps_in(manager.log)) == sorted(SIX_STEPS * 2)
    assert {(job(one).status, job(one).attempts_made) for one in ids} == {("waiting", 0)}


def test_signals_around_the_taking_of_jobs_orphan_none(world: World, measured: Measure) -> None:
    """Workers come and go while jobs pour through them (rq issue 2236)."""
    ids = effects(700, ms=10, queue="scoring")
    lasting = WorkerProcess(world, "signals")
    turns = 4
    for turn in range(turns):
        worker = WorkerProcess(world, "scoring")
        eventually(lambda: Attempt.objects.filter(worker=worker.name).count() > 20, seconds=20)  # noqa: B023
        worker.terminate()
        assert worker.exit_status(seconds=DRAIN_SECONDS + 5) == 0
        ids += effects(50, ms=10, queue="scoring", priority=turn)

    assert not Attempt.objects.filter(finished_at=None).exists()
    WorkerProcess(world, "scoring")
    await_ended(ids)
    measured(jobs=len(ids), stops=turns)
    assert_all_well(ids)
    assert lasting.alive
