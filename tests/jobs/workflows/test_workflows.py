"""Workflows: stored whole or not at all, followed to their end, cancelled and retried as one."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.callers import system_caller
from accounts.models import AuditEntry
from jobs import actions as job_actions
from jobs import execution, registry
from jobs import retention as job_retention
from jobs.diagnostics import Noop
from jobs.library import chain, enqueue_workflow, group, join, step
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.workflows import actions, reads, retention
from jobs.workflows.models import Dependency, Step, Workflow
from jobs.workflows.resource import workflow_resource

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

ME = system_caller()


def noop(name: str, **more: Any) -> Any:
    return step("diag-noop", name=name, queue="scoring", **more)


def broken(name: str, **more: Any) -> Any:
    return step("diag-fail", {"errorClass": "VALIDATION_ERROR"}, name=name, queue="scoring", **more)


def diamond(b: Any = None, d: Any = None) -> Workflow:
    """a → (b, c) → d"""
    return enqueue_workflow(chain(noop("a"), group(b or noop("b"), noop("c")), d or noop("d")), name="diamond").workflow


def states(workflow: Workflow) -> dict[str, str]:
    return {node.step.name: node.status for node in reads.nodes(workflow)}


def run(workflow: Workflow, *names: str) -> None:
    keys = dict(Step.objects.filter(workflow=workflow).values_list("name", "job_id"))
    for name in names:
        assert execution.run(keys[name]), f"{name} is not to be run"


def fresh(workflow: Workflow) -> Workflow:
    return Workflow.objects.get(pk=workflow.pk)


def test_the_jobs_of_a_diamond_are_released_in_its_order() -> None:
    workflow = diamond()
    assert states(workflow) == {"a": "waiting", "b": "delayed", "c": "delayed", "d": "delayed"}

    run(workflow, "a")
    assert states(workflow) == {"a": "completed", "b": "waiting", "c": "waiting", "d": "delayed"}
    run(workflow, "b")
    assert states(workflow)["d"] == "delayed"
    run(workflow, "c", "d")

    done = fresh(workflow)
    assert (done.status, done.completed, done.total) == ("completed", 4, 4)
    assert done.finished_at is not None


def test_a_failed_branch_fails_the_join_and_the_workflow() -> None:
    workflow = diamond(b=broken("b"))
    run(workflow, "a", "b")

    assert states(workflow) == {"a": "completed", "b": "failed", "c": "waiting", "d": "failed"}
    assert fresh(workflow).status == "running"
    run(workflow, "c")

    done = fresh(workflow)
    assert (done.status, done.completed, done.failed) == ("failed", 2, 2)
    resource = workflow_resource(done)
    assert resource["jobs"][3]["error"]["code"] == "dependency_failed"
    assert resource["jobs"][3]["dependsOn"] == ["b", "c"]


def test_a_join_that_is_to_continue_runs_after_a_failed_branch() -> None:
    workflow = diamond(b=broken("b"), d=noop("d", on_failure="continue"))
    run(workflow, "a", "b", "c", "d")

    assert states(workflow)["d"] == "completed"
    assert (fresh(workflow).status, fresh(workflow).failed) == ("failed", 1)


def test_a_handler_reads_what_its_dependencies_returned_by_their_names() -> None:
    seen: dict[str, Any] = {}

    def number(payload: Noop, job: RunningJob) -> dict[str, str]:
        return {"made by": job.id}

    def collect(payload: Noop, job: RunningJob) -> None:
        seen.update(job.dependency_results())

    job_type("test-number", payload=Noop, queue="scoring")(number)
    job_type("test-collect", payload=Noop, queue="scoring")(collect)
    try:
        both = group(step("test-number", name="x"), broken("y"))
        workflow = enqueue_workflow(join(both, step("test-collect", name="z", on_failure="continue"))).workflow
        run(workflow, "x", "y", "z")
    finally:
        registry.unregister("test-number")
        registry.unregister("test-collect")

    x = Step.objects.get(name="x")
    assert seen == {"x": {"made by": x.public_id}, "y": None}


def test_cancelling_the_whole_ends_what_waits_at_once_and_stops_what_runs() -> None:
    from jobs import outcomes
    from jobs.ledger.claim import claim
    from jobs.ledger.settle import settle
    from jobs.running import StopReason

    workflow = diamond()
    run(workflow, "a")
    (claimed,) = claim([Step.objects.get(workflow=workflow, name="b").job_id], worker="test")

    changed = actions.cancel(workflow=workflow, by=ME)

    assert states(workflow) == {"a": "completed", "b": "active", "c": "cancelled", "d": "cancelled"}
    assert len(changed) == 3
    assert Job.objects.get(pk=claimed.id).cancel_requested_at is not None
    stopped = outcomes.stopped(claimed, StopReason.CANCELLED, **execution.decision(claimed))
    assert stopped is not None
    settle([stopped])
    done = fresh(workflow)
    assert (done.status, done.completed, done.cancelled) == ("cancelled", 1, 3)
    assert done.cancel_requested_at is not None
    assert AuditEntry.objects.filter(action="workflow.cancel", target_id=workflow.public_id).count() == 1
    assert actions.cancel(workflow=workflow, by=ME) == []


def test_retrying_the_whole_runs_again_what_failed_and_what_that_failed() -> None:
    workflow = diamond(b=step("diag-fail", {"times": 0}, name="b", queue="scoring", attempts=1))
    Job.objects.filter(type="diag-fail").update(data={"errorClass": "VALIDATION_ERROR", "times": 1000})
    run(workflow, "a", "b", "c")
    assert fresh(workflow).status == "failed"

    Job.objects.filter(type="diag-fail").update(data={"times": 0})
    changed = actions.retry(workflow=workflow, by=ME)

    assert len(changed) == 2
    assert states(workflow) == {"a": "completed", "b": "waiting", "c": "completed", "d": "delayed"}
    assert (fresh(workflow).status, fresh(workflow).finished_at) == ("running", None)
    run(workflow, "b", "d")
    assert fresh(workflow).status == "completed"


def test_a_cancelled_workflow_that_is_retried_keeps_its_order() -> None:
    workflow = diamond()
    actions.cancel(workflow=workflow, by=ME)

    actions.retry(workflow=workflow, by=ME)

    assert states(workflow) == {"a": "waiting", "b": "delayed", "c": "delayed", "d": "delayed"}
    run(workflow, "a", "b", "c", "d")
    assert (fresh(workflow).status, fresh(workflow).cancel_requested_at) == ("completed", None)


def test_what_ran_in_spite_of_a_failure_waits_for_it_when_both_are_retried() -> None:
    workflow = enqueue_workflow(chain(broken("a"), broken("b", on_failure="continue"))).workflow
    run(workflow, "a", "b")

    actions.retry(workflow=workflow, by=ME)

    assert states(workflow) == {"a": "waiting", "b": "delayed"}


def test_a_workflow_whose_job_was_removed_says_so_and_ends() -> None:
    workflow = enqueue_workflow(group(noop("a"), noop("b"))).workflow
    job_actions.remove(jobs=[Job.objects.order_by("id")[0]], by=ME)
    run(workflow, "b")

    done = fresh(workflow)
    assert (done.status, done.removed, done.completed) == ("cancelled", 1, 1)
    assert states(workflow) == {"a": "removed", "b": "completed"}


def test_a_workflow_with_one_wrong_job_stores_nothing_and_names_all_mistakes() -> None:
    with pytest.raises(InvalidPayload) as refused:
        enqueue_workflow(
            jobs={
                "a": {"type": "diag-noop"},
                "b": {"type": "diag-sleep", "data": {"ms": -1}, "depends_on": ["a"]},
                "c": {"type": "no-such-type"},
                "d": {"type": "diag-noop", "options": {"priority": 5000}},
            }
        )

    assert set(refused.value.fields) == {"jobs.b.data.ms", "jobs.c.type", "jobs.d.options.priority"}
    assert not Job.objects.exists()
    assert not Workflow.objects.exists()


def test_a_workflow_in_a_transaction_that_rolls_back_never_existed() -> None:
    with transaction.atomic():
        diamond()
        transaction.set_rollback(True)

    assert not Workflow.objects.exists()
    assert not Job.objects.exists()


def test_the_same_id_twice_is_one_workflow() -> None:
    first = enqueue_workflow(noop("a"), workflow_id="wf-1")
    again = enqueue_workflow(group(noop("x"), noop("y")), workflow_id="wf-1")

    assert (first.duplicate, again.duplicate) == (False, True)
    assert again.workflow.pk == first.workflow.pk
    assert Job.objects.count() == 1


def test_a_job_of_a_workflow_may_wait_for_a_job_outside() -> None:
    outside = job_actions.enqueue(type="diag-noop", data={}).job()
    workflow = enqueue_workflow(chain(noop("a"), noop("b", depends_on=[outside.public_id]))).workflow
    run(workflow, "a")
    assert states(workflow)["b"] == "delayed"

    execution.run(outside.id)

    assert states(workflow)["b"] == "waiting"
    assert workflow_resource(workflow)["jobs"][1]["dependsOn"] == ["a", outside.public_id]


def test_the_database_refuses_workflows_that_cannot_be() -> None:
    workflow = diamond()
    for wrong in ({"status": "completed"}, {"completed": 5}, {"kind": "odd"}, {"callback_id": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Workflow.objects.filter(pk=workflow.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dependency.objects.update(satisfied_at="2026-01-01T00:00:00Z")


def test_a_workflow_is_kept_as_long_as_one_of_its_jobs_and_goes_with_the_last() -> None:
    workflow, younger = diamond(), diamond()
    for one in (workflow, younger):
        run(one, "a", "b", "c", "d")
    long_ago = timezone.now() - timedelta(days=31)
    Workflow.objects.filter(pk=workflow.pk).update(finished_at=long_ago)
    Job.objects.filter(step_of(workflow, "a", "b", "c")).update(archived=True, finished_at=long_ago)

    job_retention.cleanup_old_jobs(30)
    assert retention.forget(days=30) == 0

    Job.objects.filter(step_of(workflow, "d")).update(archived=True, finished_at=long_ago)
    job_retention.cleanup_old_jobs(30)
    assert retention.forget(days=30) == 1
    assert [row.pk for row in Workflow.objects.all()] == [younger.pk]
    assert set(Step.objects.values_list("workflow_id", flat=True)) == {younger.pk}
    assert not Dependency.objects.exclude(job__in=Job.objects.all()).exists()
    assert Dependency.objects.exists()


def step_of(workflow: Workflow, *names: str) -> Q:
    return Q(pk__in=Step.objects.filter(workflow=workflow, name__in=names).values("job_id"))
