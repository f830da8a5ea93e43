"""The ledger's statements against real Postgres: one winner, a fence, exact counts."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models.functions import Now

from accounts.callers import system_caller
from jobs import actions, dispatch, execution, maintenance, outcomes
from jobs.actions import Submission, enqueue, enqueue_many
from jobs.errors import ClaimLost, InvalidInput
from jobs.explain import explain
from jobs.ledger import change
from jobs.ledger.claim import claim, renew
from jobs.ledger.rescue import rescue
from jobs.ledger.settle import settle
from jobs.models import Attempt, DiagnosticEffect, Event, Job
from jobs.reads import with_facts
from jobs.running import RunningJob, StopReason
from jobs.submission import Options
from jobs.testing import age, run_again, run_job
from jobs.views_of_state import all_counts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]


@pytest.fixture(autouse=True)
def redis_is_up() -> None:
    dispatch._silent_until = 0.0


def one(**options: object) -> Job:
    return enqueue(type="diag-noop", data={}, options=Options(queue="scoring", **options)).job()  # type: ignore[arg-type]


def test_a_job_enqueued_in_a_transaction_that_rolls_back_never_existed() -> None:
    with transaction.atomic():
        enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
        transaction.set_rollback(True)

    assert not Job.objects.exists()
    assert not Event.objects.exists()
    from jobs import ready

    assert ready.sizes(["scoring"]) == {"scoring": 0}


def test_a_job_reaches_redis_only_when_its_transaction_commits() -> None:
    from jobs import ready

    with transaction.atomic():
        handle = enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
        assert ready.sizes(["scoring"]) == {"scoring": 0}

    assert ready.sizes(["scoring"]) == {"scoring": 1}
    assert handle.status == "waiting"


def test_one_of_many_simultaneous_claims_wins() -> None:
    job = one()
    won: list[int] = []
    barrier = threading.Barrier(8)

    def compete(number: int) -> None:
        barrier.wait()
        won.extend(item.run for item in claim([job.id], worker=f"w{number}"))
        connections.close_all()

    threads = [threading.Thread(target=compete, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert won == [1]
    assert Attempt.objects.filter(job=job).count() == 1


def test_a_run_that_lost_its_job_settles_nothing() -> None:
    job = one()
    (stale,) = claim([job.id], worker="first")
    Job.objects.filter(pk=job.pk).update(lease_until="2000-01-01T00:00:00Z")
    rescue()
    (fresh,) = claim([job.id], worker="second")

    assert settle([outcomes.completed(stale, {"by": "first"})]) == {}
    assert (fresh.id, fresh.run) in settle([outcomes.completed(fresh, {"by": "second"})])
    job.refresh_from_db()
    assert (job.status, job.result, job.attempts_made) == ("completed", {"by": "second"}, 1)


def test_an_effect_of_a_run_that_lost_its_job_is_rolled_back() -> None:
    handle = enqueue(type="diag-effect", data={"key": "k", "ms": 0}, options=Options(queue="scoring"))
    (stale,) = claim([handle.key], worker="first")
    running = RunningJob(stale, execution.DirectReporter())
    Job.objects.filter(pk=handle.key).update(lease_until="2000-01-01T00:00:00Z")
    rescue()

    with pytest.raises(ClaimLost), running.completes():
        DiagnosticEffect.objects.create(job_id=handle.key, public_id=handle.id, attempt=1, key="k")

    assert not DiagnosticEffect.objects.exists()


def test_a_lost_worker_costs_no_attempt_and_the_job_runs_alone_next() -> None:
    job = one()
    claim([job.id], worker="gone")
    Job.objects.filter(pk=job.pk).update(lease_until="2000-01-01T00:00:00Z")

    rescue()

    job.refresh_from_db()
    assert (job.status, job.attempts_made, job.losses, job.isolated) == ("waiting", 0, 1, True)
    assert Attempt.objects.get(job=job).outcome == "worker_lost"


def test_more_than_ten_losses_make_a_job_dead() -> None:
    job = one()
    for _ in range(11):
        claim([job.id], worker="gone")
        Job.objects.filter(pk=job.pk).update(lease_until="2000-01-01T00:00:00Z")
        rescue()

    job.refresh_from_db()
    assert (job.status, job.losses) == ("dead", 11)


def test_a_lease_is_renewed_for_its_own_run_only() -> None:
    job = one()
    (mine,) = claim([job.id], worker="me")

    assert renew([(job.id, mine.run)], worker="me").held == {(job.id, mine.run)}
    assert renew([(job.id, mine.run + 1)], worker="me").held == frozenset()
    assert renew([(job.id, mine.run)], worker="other").held == frozenset()


def test_a_paused_queue_lets_no_claim_through() -> None:
    job = one()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_queuestate (queue, paused) VALUES ('scoring', true)")

    assert claim([job.id], worker="w") == []


def test_counts_stay_exact_while_they_are_folded() -> None:
    enqueue_many(Submission(type="diag-noop", data={}, options=Options(queue="scoring")) for _ in range(5))
    before = all_counts()["scoring"]
    maintenance.fold_counts()
    assert all_counts()["scoring"] == before

    execution.run(Job.objects.order_by("id").values_list("id", flat=True)[0])

    counts = all_counts()["scoring"]
    assert (counts["waiting"], counts["completed"]) == (4, 1)
    Job.objects.filter(status="completed").delete()
    assert all_counts()["scoring"]["completed"] == 0


def test_a_failing_job_waits_and_ends_failed_after_its_attempts() -> None:
    job = run_job("diag-fail", {"times": 9}, options=Options(queue="research", attempts=3))
    assert (job.status, job.delay_reason, job.attempts_made) == ("delayed", "retry", 1)

    job = run_again(job)
    job = run_again(job)

    assert (job.status, job.attempts_made, job.error_type) == ("failed", 3, "UNKNOWN")
    waits = list(Attempt.objects.filter(job=job).order_by("run").values_list("next_delay_ms", flat=True))
    assert waits == [2000, 4000, None]


def test_a_job_that_succeeds_on_its_third_attempt_has_no_error_left_but_its_history_has() -> None:
    job = run_job("diag-fail", {"times": 2}, options=Options(queue="research", attempts=3))
    job = run_again(job)
    job = run_again(job)

    assert (job.status, job.attempts_made, job.error, job.progress) == ("completed", 3, None, 100)
    outcomes_seen = list(Attempt.objects.filter(job=job).order_by("run").values_list("outcome", flat=True))
    assert outcomes_seen == ["failed", "failed", "completed"]


def test_an_error_that_waiting_cannot_help_fails_at_once() -> None:
    job = run_job("diag-fail", {"errorClass": "VALIDATION_ERROR"}, options=Options(attempts=5))

    assert (job.status, job.attempts_made) == ("failed", 1)


def test_a_rate_limit_waits_what_the_error_says() -> None:
    job = run_job("diag-fail", {"errorClass": "RATE_LIMIT", "retryAfter": 7.0}, options=Options(queue="research"))

    assert Attempt.objects.get(job=job).next_delay_ms == 7000


def test_events_of_a_job_come_in_the_order_of_its_transitions() -> None:
    job = run_job("diag-progress", {"steps": 2}, options=Options(queue="scoring"))

    names = list(Event.objects.filter(job_id=job.pk).order_by("id").values_list("event", flat=True))
    assert names == ["waiting", "active", "progress", "progress", "progress", "completed"]


def test_a_result_that_cannot_be_stored_fails_the_job_with_a_reason() -> None:
    from jobs import registry
    from jobs.diagnostics import Noop
    from jobs.registry import job_type

    job_type("test-bad-result", payload=Noop, queue="scoring", attempts=1)(lambda payload, job: {"a": "\x00"})
    try:
        job = run_job("test-bad-result")
    finally:
        registry.unregister("test-bad-result")

    assert job.status == "failed"
    assert "NUL" in (job.error_message or "")


def test_a_stopped_handler_that_raises_something_else_still_ends_as_stopped() -> None:
    job = one()
    (claimed,) = claim([job.id], worker="w")
    running = RunningJob(claimed, execution.DirectReporter())
    running.stop(StopReason.CANCELLED)

    settlement = outcomes.stopped(claimed, StopReason.CANCELLED, **execution.decision(claimed))

    assert settlement is not None
    settle([settlement])
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_a_job_that_fails_while_it_is_being_cancelled_is_cancelled_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = one()
    claim([job.id], worker="w")
    request_cancel = change.request_cancel

    def after_it_failed(ids: Sequence[int]) -> list[change.Changed]:
        # Between the two statements of a cancel the run ends, and the job waits for its retry.
        Job.objects.filter(status="active").update(
            status="delayed", delay_reason="retry", run_at=Now(), lease_until=None, worker=None
        )
        return request_cancel(ids)

    monkeypatch.setattr(change, "request_cancel", after_it_failed)

    (changed,) = actions.cancel(jobs=[job], by=system_caller())

    job.refresh_from_db()
    assert (changed.status, job.status) == ("cancelled", "cancelled")


def test_the_database_refuses_states_that_cannot_be() -> None:
    job = one()
    for wrong in ({"status": "active"}, {"status": "completed"}, {"status": "odd"}, {"progress": 101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**wrong)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"type": "from-the-future"}, "deploy the app"), ({"data": {"newField": 1}}, "as this release has it: newField")],
)
def test_a_worker_of_another_release_hands_a_job_back_until_none_seems_to_have_its_code(
    change: dict[str, Any], words: str
) -> None:
    job = one(attempts=1)
    Job.objects.filter(pk=job.pk).update(**change)

    handed_back = run_again(job)

    assert (handed_back.status, handed_back.delay_reason, handed_back.attempts_made) == ("delayed", "retry", 0)
    assert words in (handed_back.error_message or "")
    shown = with_facts(job.pk)
    reason = explain(*shown) if shown else None
    assert reason is not None
    assert (reason.code, reason.at) == ("no_code", handed_back.run_at)

    Job.objects.filter(pk=job.pk).update(run=outcomes.MOST_HANDED_BACK)
    failed = run_again(job)

    assert (failed.status, failed.error_type) == ("failed", "VALIDATION_ERROR")
    assert words in (failed.error_message or "")


def test_a_repair_that_fails_keeps_none_of_the_others_from_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def breaks() -> None:
        raise ValueError("broken")

    rhythm = timedelta(0)
    monkeypatch.setattr(
        maintenance, "REPAIRS", (("breaks", rhythm, breaks), ("works", rhythm, lambda: done.append("works")))
    )
    maintenance.tick()

    assert done == ["works"]


def test_ageing_a_job_moves_all_its_times() -> None:
    job = run_job("diag-noop", options=Options(queue="scoring"))
    age(job, timedelta(days=8))

    before = job.finished_at
    job.refresh_from_db()
    assert before is not None
    assert job.finished_at == before - timedelta(days=8)


def test_invalid_input_names_its_class() -> None:
    assert InvalidInput("x").error_class == "VALIDATION_ERROR"
