"""A failure that is the outcome, committed with its effect; and the job that follows one that did not complete."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections, transaction

from accounts.callers import system_caller
from jobs import actions, dispatch, registry
from jobs.actions import enqueue
from jobs.diagnostics import Noop
from jobs.errors import JudgeRejection
from jobs.ledger.claim import claim
from jobs.ledger.rescue import rescue
from jobs.models import Attempt, DiagnosticEffect, Event, Job
from jobs.payloads import Payload
from jobs.registry import AfterFailure, job_type
from jobs.running import RunningJob, StopReason
from jobs.submission import Options
from jobs.testing import age, run_again, run_job
from jobs.workflows import release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]


class Told(Payload):
    job_id: str
    outcome: str


class Silent:
    """A reporter that is so far behind that the run is over before it writes."""

    def report(self, item: object) -> None:
        return None


def effect(job: RunningJob) -> None:
    DiagnosticEffect.objects.create(public_id=job.id, key=job.id, job_id=job.key, attempt=job.run)


def refuse(payload: Noop, job: RunningJob) -> None:
    with job.fails(JudgeRejection("not good enough"), dead=True, result={"score": 0}):
        effect(job)


def break_off(payload: Noop, job: RunningJob) -> None:
    with job.fails(JudgeRejection("not good enough")):
        effect(job)
        raise RuntimeError("in the middle")


def lose(payload: Noop, job: RunningJob) -> None:
    with job.fails(JudgeRejection("not good enough")):
        effect(job)
        # Somebody else's statement, which the block must wait for or see.
        thread = threading.Thread(target=_take_over, args=[job.key])
        thread.start()
        thread.join()


def _take_over(key: int) -> None:
    Job.objects.filter(pk=key).update(run=99)
    connections.close_all()


@pytest.fixture(autouse=True)
def types() -> Iterator[None]:
    dispatch._silent_until = 0.0
    job_type("test-refused", payload=Noop, queue="scoring", attempts=3)(refuse)
    job_type("test-broken", payload=Noop, queue="scoring", attempts=1)(break_off)
    job_type("test-lost", payload=Noop, queue="scoring", attempts=3)(lose)
    job_type("test-after", payload=Told, queue="scoring", internal=True)(lambda payload, job: None)
    after = AfterFailure(job_type="test-after", wanted=lambda public_id: public_id != "spared")
    job_type("test-step", payload=Noop, queue="scoring", attempts=1, after_failure=after)(lambda payload, job: 1 / 0)
    job_type("test-fine", payload=Noop, queue="scoring", after_failure=after)(lambda payload, job: None)
    yield
    for name in ("refused", "broken", "lost", "after", "step", "fine"):
        registry.unregister(f"test-{name}")


def followers() -> list[tuple[str, str]]:
    return [(job.data["jobId"], job.data["outcome"]) for job in Job.objects.filter(type="test-after").order_by("id")]


# --- fails() --------------------------------------------------------------------------------------
def test_a_failure_and_its_effect_are_one() -> None:
    job = run_job("test-refused")

    assert (job.status, job.error_type, job.attempts_made) == ("dead", "JUDGE_REJECTION", 1)
    assert job.error["message"] == "not good enough"
    assert job.error["retryable"] is False
    assert job.result == {"score": 0}
    assert Attempt.objects.get(job=job).outcome == "failed"
    assert DiagnosticEffect.objects.filter(public_id=job.public_id).count() == 1


def test_an_error_inside_the_block_undoes_both() -> None:
    job = run_job("test-broken")

    assert (job.status, job.error_type) == ("failed", "UNKNOWN")
    assert not DiagnosticEffect.objects.exists()


def test_a_run_that_lost_its_claim_leaves_no_effect() -> None:
    job = run_job("test-lost")

    assert job.status == "active"
    assert not DiagnosticEffect.objects.exists()


# --- What follows a failure -----------------------------------------------------------------------
def test_a_job_that_fails_is_followed_by_one_that_is_told_of_it_once() -> None:
    job = run_job("test-step")
    release.run()

    assert (job.status, followers()) == ("failed", [(job.public_id, "failed")])


def test_a_job_that_completes_is_followed_by_nothing() -> None:
    job = run_job("test-fine")
    release.run()

    assert (job.status, followers()) == ("completed", [])


def test_a_job_that_fails_again_is_followed_again() -> None:
    job = run_job("test-step")
    actions.retry(jobs=[job], by=system_caller())
    run_again(job)
    release.run()

    assert followers() == [(job.public_id, "failed")] * 2


def test_cancelled_and_removed_jobs_are_followed_too_and_the_owner_keeps_the_follower() -> None:
    first = enqueue(type="test-step", data={"tenantId": "acme"}).job()
    second = enqueue(type="test-step", data={}).job()
    third = run_job("test-step")

    actions.cancel(jobs=[first], by=system_caller())
    actions.remove(jobs=[second], by=system_caller())
    actions.remove(jobs=[third], by=system_caller())
    release.run()

    ends = {(first.public_id, "cancelled"), (second.public_id, "removed"), (third.public_id, "failed")}
    assert sorted(followers()) == sorted(ends)
    assert Job.objects.filter(type="test-after", tenant_id="acme").count() == 1


def test_a_job_that_dies_with_its_workers_is_followed() -> None:
    job = enqueue(type="test-step", data={}).job()
    with transaction.atomic():
        claim([job.pk], worker="gone", lease_seconds=1)
    Job.objects.filter(pk=job.pk).update(losses=10)
    job.refresh_from_db()
    age(job, timedelta(minutes=1))
    rescue()
    release.run()

    assert followers() == [(job.public_id, "dead")]


def test_a_type_may_say_that_nothing_is_left_to_do() -> None:
    job = enqueue(type="test-step", data={}, options=Options(job_id="spared")).job()
    actions.cancel(jobs=[job], by=system_caller())
    release.run()

    assert followers() == []


def test_a_question_that_breaks_leaves_no_end_unheeded() -> None:
    def breaks(public_id: str) -> bool:
        raise LookupError(public_id)

    after = AfterFailure(job_type="test-after", wanted=breaks)
    job_type("test-unsure", payload=Noop, queue="scoring", after_failure=after)(lambda payload, job: 1 / 0)
    try:
        job = enqueue(type="test-unsure", data={}).job()
        actions.cancel(jobs=[job], by=system_caller())
        release.run()
    finally:
        registry.unregister("test-unsure")

    assert followers() == [(job.public_id, "cancelled")]


def test_a_follower_that_cannot_be_stored_holds_up_no_other_end() -> None:
    after = AfterFailure(job_type="no-such-type")
    job_type("test-orphan", payload=Noop, queue="scoring", after_failure=after)(lambda payload, job: 1 / 0)
    try:
        orphan = enqueue(type="test-orphan", data={}).job()
        step = enqueue(type="test-step", data={}).job()
        actions.cancel(jobs=[orphan, step], by=system_caller())
        release.run()
    finally:
        registry.unregister("test-orphan")

    assert followers() == [(step.public_id, "cancelled")]


def test_what_follows_a_type_of_a_newer_release_waits_for_a_process_that_knows_it() -> None:
    after = AfterFailure(job_type="test-after")
    newer = job_type("test-newer", payload=Noop, queue="scoring", after_failure=after)
    newer(lambda payload, job: 1 / 0)
    try:
        job = enqueue(type="test-newer", data={}).job()
        registry.unregister("test-newer")
        actions.cancel(jobs=[job], by=system_caller())
        release.run()
        [standing_in] = Job.objects.filter(type="after-failure")
        waiting = run_again(standing_in)
        unheeded = followers()
        newer(lambda payload, job: 1 / 0)
        done = run_again(standing_in)
    finally:
        registry.unregister("test-newer")

    assert (waiting.status, waiting.attempts_made, waiting.error["code"]) == ("delayed", 0, "unknown_type")
    assert unheeded == []
    assert (done.status, followers()) == ("completed", [(job.public_id, "cancelled")])


def test_a_cancelled_run_is_told_before_it_can_fail_by_itself() -> None:
    def cancelled(payload: Noop, job: RunningJob) -> None:
        job.stop(StopReason.CANCELLED)
        with job.fails(JudgeRejection("too late")):
            effect(job)

    job_type("test-stopped", payload=Noop, queue="scoring")(cancelled)
    try:
        job = run_job("test-stopped")
    finally:
        registry.unregister("test-stopped")

    assert (job.status, DiagnosticEffect.objects.count()) == ("cancelled", 0)


# --- Reports that are on their way ----------------------------------------------------------------
def test_what_a_run_reported_is_told_before_its_end_however_slow_the_reporter_is() -> None:
    def in_steps(payload: Noop, job: RunningJob) -> None:
        job.progress(10, "first")
        job._reporter = Silent()
        job.progress(70, "second")
        job.progress(90, "third")
        with job.completes():
            effect(job)

    job_type("test-steps", payload=Noop, queue="scoring")(in_steps)
    try:
        job = run_job("test-steps")
    finally:
        registry.unregister("test-steps")

    told = Event.objects.filter(job_id=job.pk).order_by("id").values_list("event", "payload__progress")
    assert list(told)[2:] == [("progress", 10), ("progress", 70), ("progress", 90), ("completed", None)]
