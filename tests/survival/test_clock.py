"""A worker whose clock is an hour ahead: time is PostgreSQL's, so nothing happens early."""

from jobs.models import Attempt, Job
from jobs.states import Outcome
from tests.skewed_clock import ahead_by

from .ledger import assert_all_well, await_active, await_ended, effects, job, outcomes, submit
from .processes import WorkerProcess
from .world import World


def test_a_worker_an_hour_ahead_rescues_nothing_early_and_loses_nothing_itself(world: World) -> None:
    steady = WorkerProcess(world, "scoring")
    healthy = effects(5, ms=9000, queue="scoring")
    await_active(healthy)
    delayed = submit("diag-noop", queue="signals", delay=120_000)

    ahead = WorkerProcess(world, "signals", launcher=ahead_by(3600))
    assert "clock 1:00:00" in ahead.log or "clock 0:59:59" in ahead.log
    own = effects(4, ms=7000, queue="signals")
    await_ended([*healthy, *own])

    assert_all_well([*healthy, *own])
    assert set(Job.objects.exclude(public_id=delayed).values_list("run", flat=True)) == {1}
    assert job(delayed).status == "delayed"
    workers = dict(Attempt.objects.values_list("job__public_id", "worker"))
    assert {workers[one] for one in healthy} == {steady.name}
    assert {workers[one] for one in own} == {ahead.name}


def test_an_hour_ahead_does_not_shorten_retries_or_windows(world: World) -> None:
    WorkerProcess(world, "signals", launcher=ahead_by(3600))
    failing = submit("diag-fail", {"errorClass": "RATE_LIMIT", "times": 1, "retryAfter": 2}, queue="signals")
    await_ended([failing])
    assert outcomes(failing) == [Outcome.FAILED, Outcome.COMPLETED]
    first, second = Attempt.objects.order_by("run")
    assert first.next_delay_ms == 2000
    assert (second.started_at - first.finished_at).total_seconds() >= 2
