"""A job waits for the jobs it depends on, and learns what became of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.module_loading import import_string

from accounts.callers import system_caller
from jobs import actions, execution, outcomes, retention
from jobs.errors import DependencyFailed
from jobs.explain import explain
from jobs.ledger.claim import claim
from jobs.ledger.settle import settle
from jobs.models import Event, Job
from jobs.payloads import InvalidPayload
from jobs.reads import with_facts
from jobs.resource import job_resource, resources
from jobs.states import Status
from jobs.testing import age
from jobs.workflows import progress, release
from jobs.workflows.models import Dependency, Notice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

New = Callable[..., Job]
ME = system_caller()


def now(name: str) -> Job:
    return Job.objects.get(public_id=name)


def state(name: str) -> str:
    job = now(name)
    return f"{job.status}/{job.delay_reason}" if job.delay_reason else job.status


def run(name: str) -> None:
    assert execution.run(now(name).id)


def fail(name: str) -> None:
    """End the job failed, as a handler's final error does."""
    (claimed,) = claim([now(name).id], worker="test")
    error = outcomes.failed(claimed, ValueError("broken"), **(execution.decision(claimed) | {"at": datetime.now(UTC)}))
    settle([replace(error, status=Status.FAILED, next_delay_ms=None, run_delay_ms=None)])


def test_a_job_waits_until_all_it_depends_on_have_completed(new: New) -> None:
    new("a")
    new("b")
    new("c", after=["a", "b"])

    assert state("c") == "delayed/dependency"
    run("a")
    assert state("c") == "delayed/dependency"
    run("b")

    assert state("c") == "waiting"
    events = list(Event.objects.filter(public_id="c").order_by("id").values_list("event", flat=True))
    assert events == ["delayed", "waiting"]


def test_a_job_whose_dependencies_have_completed_waits_for_nothing(new: New) -> None:
    new("a")
    run("a")

    assert new("b", after=["a"]).status == "waiting"
    assert not Notice.objects.exists()


def test_it_can_be_seen_which_jobs_a_job_waits_for(new: New) -> None:
    new("a")
    new("b")
    job = new("c", after=["a", "b"])
    run("a")

    found = with_facts(job.id)
    assert found is not None
    resource = job_resource(*found)

    assert (resource["delayReason"], resource["blockedBy"]) == ("dependency", ["b"])
    assert "b" in resource["explanation"]["message"]
    assert resource["explanation"]["code"] == "waiting_for_job"
    assert resources([now("c"), now("a")])[0]["blockedBy"] == ["b"]
    assert resources([now("a")])[0]["blockedBy"] is None
    assert explain(now("b"), found[1]) is not None


def test_a_delay_counts_from_the_release(new: New) -> None:
    new("a")
    new("b", after=["a"], delay=60_000)
    assert now("b").run_at is None

    run("a")

    assert state("b") == "delayed/scheduled"
    assert 55 < (now("b").run_at - now("a").finished_at).total_seconds() < 65


def test_a_failed_dependency_fails_all_that_wait_for_it_and_says_which_it_was(new: New) -> None:
    new("a")
    new("b", after=["a"])
    new("c", after=["b"])

    fail("a")

    assert (state("b"), state("c")) == ("failed", "failed")
    assert now("b").error["code"] == "dependency_failed"
    assert import_string(now("b").error["exception"]) is DependencyFailed
    assert now("b").error_message == "It depends on a, which failed with UNKNOWN."
    assert now("b").error_type == "UNKNOWN"
    assert now("c").error_message == "It depends on b, which failed with UNKNOWN."


def test_a_failed_dependency_releases_what_is_to_continue(new: New) -> None:
    new("a")
    new("b", after=["a"], then="continue")

    fail("a")

    assert state("b") == "waiting"
    assert Dependency.objects.get().outcome == "failed"


def test_a_cancelled_dependency_cancels_what_waits_for_it(new: New) -> None:
    new("a")
    new("b", after=["a"])

    actions.cancel(jobs=[now("a")], by=ME)

    assert state("b") == "cancelled"
    assert now("b").error_message == "It depends on a, which was cancelled."


@pytest.mark.parametrize(("then", "expected"), [("fail", "failed"), ("continue", "waiting")])
def test_removing_a_dependency_fails_or_releases_as_configured(new: New, then: str, expected: str) -> None:
    new("a")
    new("b", after=["a"], then=then)

    actions.remove(jobs=[now("a")], by=ME)

    assert state("b") == expected
    if then == "fail":
        assert now("b").error_message == "It depends on a, which was removed before it had completed."


def test_a_dependency_that_completed_and_was_removed_at_once_has_completed(new: New) -> None:
    new("a")
    new("b", after=["a"])
    with transaction.atomic():
        run("a")
        actions.remove(jobs=[now("a")], by=ME)

    assert state("b") == "waiting"


def test_retrying_a_dependency_brings_back_what_it_failed(new: New) -> None:
    new("a")
    new("x")
    new("b", after=["a", "x"])
    new("c", after=["b"])
    fail("a")

    actions.retry(jobs=[now("a")], by=ME)

    assert (state("b"), state("c")) == ("delayed/dependency", "delayed/dependency")
    assert now("b").error is None
    for name in ("a", "x", "b"):
        run(name)
    assert state("c") == "waiting"


def test_a_dependent_retried_before_its_dependency_does_not_run_first(new: New) -> None:
    new("a")
    new("b", after=["a"])
    fail("a")

    actions.retry(jobs=[now("b")], by=ME)
    assert state("b") == "failed"
    actions.retry(jobs=[now("b"), now("a")], by=ME)

    assert (state("a"), state("b"), now("b").redrives) == ("waiting", "delayed/dependency", 0)


def test_a_job_that_waits_for_others_can_be_cancelled_and_retried(new: New) -> None:
    new("a")
    new("b", after=["a"])
    actions.cancel(jobs=[now("b")], by=ME)
    run("a")
    assert state("b") == "cancelled"

    actions.retry(jobs=[now("b")], by=ME)

    assert state("b") == "waiting"


def test_a_dependency_that_does_not_exist_is_refused_by_name(new: New) -> None:
    with pytest.raises(InvalidPayload) as refused:
        new("b", after=["nowhere"])
    assert refused.value.fields == {
        "options.dependsOn": "names nowhere, and there is no such job, or you may not see it"
    }
    with pytest.raises(InvalidPayload, match="itself"):
        new("b", after=["b"])
    assert not Job.objects.exists()


def test_the_database_refuses_an_edge_to_a_younger_job(new: New) -> None:
    old, young = new("old"), new("young")

    with pytest.raises(IntegrityError), transaction.atomic():
        Dependency.objects.create(job=old, depends_on_id=young.id, depends_on="young", on_failure="fail")


def test_a_dependency_that_ends_while_its_dependent_is_being_stored_still_releases_it(new: New) -> None:
    new("a")
    with transaction.atomic():
        new("b", after=["a"])
        # In the middle of the transaction, as another connection does.
        with connection.cursor() as cursor:
            cursor.execute("UPDATE jobs_dependency SET outcome = NULL")
        assert execution.run(now("a").id)
        assert state("b") == "delayed/dependency"

    assert state("b") == "waiting"


def test_a_notice_that_nobody_acted_on_is_acted_on_by_the_next_tick(new: New, monkeypatch: pytest.MonkeyPatch) -> None:
    new("a")
    new("b", after=["a"])
    monkeypatch.setattr(release, "run", lambda: 1 / 0)
    run("a")
    monkeypatch.undo()
    assert (state("a"), state("b"), Notice.objects.count()) == ("completed", "delayed/dependency", 1)

    release.run()

    assert (state("b"), Notice.objects.count()) == ("waiting", 0)


def test_a_notice_that_cannot_be_acted_on_holds_up_no_other(new: New, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("poison", "well"):
        new(name)
        new(f"after-{name}", after=[name])
    poison = now("poison").pk
    follow = progress.follow

    def picky(crossed: Mapping[int, str | None]) -> None:
        if poison in crossed:
            raise ValueError("poison")
        follow(crossed)

    monkeypatch.setattr(progress, "follow", picky)
    with transaction.atomic():
        run("poison")
        run("well")

    assert (state("after-poison"), state("after-well")) == ("delayed/dependency", "waiting")
    monkeypatch.undo()
    release.run()
    assert (state("after-poison"), Notice.objects.count()) == ("waiting", 0)


def test_retention_keeps_a_result_that_somebody_waits_for(new: New, monkeypatch: pytest.MonkeyPatch) -> None:
    new("a")
    run("a")
    new("x")
    # It was stored when the other had completed, and is of use to it all the same.
    new("b", after=["a", "x"])
    age(now("a"), timedelta(days=400))
    for number in range(101):
        run(new(f"n{number}").public_id)

    retention.sweep()
    assert now("a").archived is False
    run("x")
    fail("b")
    retention.sweep()
    # It may be tried again by hand.
    assert now("a").archived is False
    actions.retry(jobs=[now("b")], by=system_caller())
    run("b")
    retention.sweep()

    assert now("a").archived is True
