"""How runs end that do not complete: failed, stopped, refused, handed back."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.callers import system_caller
from jobs import actions, dispatch, execution, outcomes
from jobs.actions import enqueue
from jobs.explain import explain
from jobs.ledger import change
from jobs.ledger.claim import claim
from jobs.ledger.settle import settle
from jobs.models import Attempt, Job
from jobs.reads import with_facts
from jobs.running import RunningJob, StopReason
from jobs.submission import Options
from jobs.testing import run_again, run_job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]


@pytest.fixture(autouse=True)
def redis_is_up() -> None:
    dispatch._silent_until = 0.0


def one(**options: object) -> Job:
    return enqueue(type="diag-noop", data={}, options=Options(queue="scoring", **options)).job()  # type: ignore[arg-type]


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
