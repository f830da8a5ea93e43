"""A batch's callback: one job, once, when every member is over, with the counts in its data."""

from typing import Any

import pytest

from accounts.callers import system_caller
from jobs import actions as job_actions
from jobs import execution, outcomes, registry
from jobs.diagnostics import Noop
from jobs.ledger.claim import claim
from jobs.ledger.settle import settle
from jobs.library import enqueue_batch_then, step
from jobs.models import Event, Job
from jobs.payloads import InvalidPayload, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.workflows import actions
from jobs.workflows.batches import BatchCounts
from jobs.workflows.models import Notice, Workflow

from .test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

ME = system_caller()


def callback_of(batch: Any) -> Job:
    return Job.objects.get(pk=Workflow.objects.get(pk=batch.workflow.pk).callback_id)


def test_two_hundred_members_that_end_concurrently_call_back_exactly_once() -> None:
    batch = enqueue_batch_then("diag-noop", [{}] * 200, step("diag-noop", queue="scoring"), queue="scoring")
    claimed = []
    for start in (0, 100):
        claimed += claim([handle.key for handle in batch.jobs][start : start + 100], worker="test")

    def settle_mine(index: int) -> None:
        mine = claimed[index::8]
        for start in range(0, len(mine), 4):
            settle([outcomes.completed(item, None) for item in mine[start : start + 4]])

    together(8, settle_mine)

    job = callback_of(batch)
    assert (job.status, job.data["batch"]["total"], job.data["batch"]["completed"]) == ("waiting", 200, 200)
    assert Event.objects.filter(job_id=job.pk, event="waiting").count() == 1
    done = Workflow.objects.get(pk=batch.workflow.pk)
    assert (done.status, done.completed) == ("completed", 200)
    assert not Notice.objects.exists()


def test_the_callback_comes_whatever_became_of_the_members_and_learns_it() -> None:
    class Told(Payload):
        batch: BatchCounts

    told: list[BatchCounts] = []

    def remember(payload: Told, job: RunningJob) -> None:
        told.append(payload.batch)

    job_type("test-told", payload=Told, queue="scoring")(remember)
    try:
        items: list[dict[str, Any]] = [{"errorClass": "VALIDATION_ERROR"}, {"times": 0}, {"times": 0}, {"times": 0}]
        batch = enqueue_batch_then("diag-fail", items, step("test-told"), queue="scoring")
        failed, completed, cancelled, removed = (Job.objects.get(pk=handle.key) for handle in batch.jobs)
        execution.run(failed.id)
        execution.run(completed.id)
        job_actions.cancel(jobs=[cancelled], by=ME)
        assert callback_of(batch).status == "delayed"
        job_actions.remove(jobs=[removed], by=ME)
        execution.run(callback_of(batch).id)
    finally:
        registry.unregister("test-told")

    (counts,) = told
    assert counts == BatchCounts(id=batch.workflow.public_id, total=4, completed=1, failed=1, cancelled=1, removed=1)


def test_a_callback_that_asks_for_no_counts_runs_all_the_same() -> None:
    job_type("test-deaf", payload=Noop, queue="scoring")(lambda payload, job: None)
    try:
        batch = enqueue_batch_then("diag-noop", [{}], step("test-deaf"), queue="scoring")
        execution.run(batch.jobs[0].key)
        execution.run(callback_of(batch).id)
    finally:
        registry.unregister("test-deaf")

    assert callback_of(batch).status == "completed"


def test_a_batch_of_a_job_that_has_ended_already_calls_back() -> None:
    first = job_actions.enqueue(type="diag-noop", data={}, options=_scoring(job_id="given"))
    execution.run(first.key)

    batch = enqueue_batch_then("diag-noop", [{}], step("diag-noop"), queue="scoring", job_id="given")

    assert batch.jobs[0].duplicate
    assert callback_of(batch).data["batch"]["completed"] == 1
    assert Workflow.objects.get(pk=batch.workflow.pk).status == "completed"


def test_a_wrong_callback_stores_nothing_and_is_named() -> None:
    with pytest.raises(InvalidPayload) as refused:
        enqueue_batch_then("diag-noop", [{}], step("diag-sleep", {"ms": -1}))

    assert "onComplete.data.ms" in refused.value.fields
    assert not Job.objects.exists()


def test_cancelling_a_batch_cancels_its_callback_too() -> None:
    batch = enqueue_batch_then("diag-noop", [{}] * 3, step("diag-noop"), queue="scoring")

    actions.cancel(workflow=batch.workflow, by=ME)

    assert set(Job.objects.values_list("status", flat=True)) == {"cancelled"}
    assert Workflow.objects.get().status == "cancelled"


def _scoring(**values: Any) -> Any:
    from jobs.submission import Options

    return Options(queue="scoring", **values)
