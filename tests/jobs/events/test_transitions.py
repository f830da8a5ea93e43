"""Every transition notes its event, with the fields that listeners are promised and whose job it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.callers import Caller, system_caller
from accounts.roles import Role
from jobs import actions, queues, retention
from jobs.actions import enqueue
from jobs.events import reading, visibility
from jobs.events.shapes import told
from jobs.ledger.claim import claim
from jobs.ledger.ready import permit
from jobs.models import Event, Job
from jobs.policy import policy_of
from jobs.reads import visible
from jobs.states import Status
from jobs.submission import Options
from jobs.testing import run_job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

OWNER = Caller(
    user_id="user_ana",
    tenant_id="acme",
    tenants=frozenset({"acme"}),
    role=Role.MEMBER,
    scopes=frozenset({"jobs:write"}),
    plan="free",
    is_service=False,
    name="Ana",
)
SYSTEM = system_caller()


def events_of(job: Job) -> list[dict[str, Any]]:
    return [event.data for event in told(reading.of_job(job.pk, after=0, limit=100))]


def names(job: Job) -> list[str]:
    return [event["event"] for event in events_of(job)]


def test_a_job_tells_its_life_in_order_with_its_fields() -> None:
    job = run_job("diag-progress", {"steps": 2, "ms": 0}, options=Options(queue="scoring"))

    events = events_of(job)

    assert [event["event"] for event in events] == ["waiting", "active", *["progress"] * 3, "completed"]
    for event in events:
        assert event.items() >= {"queue": "scoring", "jobId": job.public_id, "type": "diag-progress"}.items()
        assert event["timestamp"].endswith("Z")
    assert [(event["progress"], event["stage"]) for event in events[2:5]] == [
        (0, "step 0 of 2"),
        (50, "step 1 of 2"),
        (99, "step 2 of 2"),
    ]
    assert events[-1]["result"] == job.result == {"steps": 2}
    assert [event["eventId"] for event in events] == sorted(event["eventId"] for event in events)


def test_a_failure_tells_its_error_without_what_only_admins_see() -> None:
    job = run_job("diag-fail", {"error_class": "INVALID_INPUT"}, options=Options(queue="scoring"))

    failed = events_of(job)[-1]

    assert failed["event"] == "failed"
    assert failed["error"]["type"] == job.error_type
    assert "traceback" not in failed["error"]
    assert "exception" not in failed["error"]


def test_a_large_result_is_left_out_and_said_to_be() -> None:
    job = run_job("diag-noop", options=Options(queue="scoring"))
    Job.objects.filter(pk=job.pk).update(result={"text": "x" * 70_000})

    completed = events_of(job)[-1]

    assert (completed["result"], completed["resultOmitted"]) == (None, True)


def _cancel(job: Job) -> None:
    actions.cancel(jobs=[job], by=SYSTEM)


def _retry(job: Job) -> None:
    _cancel(job)
    actions.retry(jobs=[job], by=SYSTEM)


def _bury(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(status="failed", finished_at=job.created_at)
    actions.bury(jobs=[job], by=SYSTEM)


def _remove(job: Job) -> None:
    actions.remove(jobs=[job], by=SYSTEM)


def _expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(status="cancelled", finished_at="2000-01-01T00:00:00Z", archived=True)
    retention.cleanup_old_jobs(days=30)


def _start(job: Job) -> None:
    claim([job.pk], worker="w")


@pytest.mark.parametrize(
    ("verb", "event"),
    [
        (_start, "active"),
        (_cancel, "cancelled"),
        (_retry, "waiting"),
        (_bury, "dead"),
        (_remove, "removed"),
        (_expire, "removed"),
    ],
)
def test_what_is_done_to_a_job_is_told_with_whose_it_was(verb: Callable[[Job], None], event: str) -> None:
    job = enqueue(type="diag-noop", data={}, options=Options(queue="scoring"), by=OWNER).job()

    verb(job)

    last = reading.last_of_job(job.pk)
    assert last is not None
    assert (last.event, last.tenant_id, last.user_id) == (event, "acme", "user_ana")
    assert not Event.objects.filter(job_id=job.pk).exclude(tenant_id="acme", user_id="user_ana").exists()


def test_a_job_that_a_limit_holds_back_says_so_and_that_it_waits_again() -> None:
    rules = policy_of("research")
    assert rules.start_limit is not None
    handles = [
        enqueue(type="diag-noop", data={}, options=Options(queue="research"), by=OWNER)
        for _ in range(rules.start_limit.count + 1)
    ]
    with transaction.atomic():
        permit(rules, window=10)
    held = handles[-1].job()
    told_back = events_of(held)[-1]
    actions.remove(jobs=[handle.job() for handle in handles[:-1]], by=SYSTEM)

    with transaction.atomic():
        permit(rules, window=10)

    assert told_back["event"] == "rate-limited"
    assert told_back["runAt"].endswith("Z")
    assert names(held) == ["waiting", "rate-limited", "waiting"]


def test_queues_tell_of_pausing_resuming_and_cleaning() -> None:
    start = reading.position_now()

    queues.pause(queue="scoring", by=SYSTEM)
    queues.resume(queue="scoring", by=SYSTEM)
    queues.clean(queue="scoring", status=Status.FAILED, by=SYSTEM)

    page = reading.read_new(start, reading.Wanted(queues=frozenset({"scoring"})))
    events = [event.data for event in told(page.rows)]
    assert [event["event"] for event in events] == ["paused", "resumed", "cleaned"]
    assert all(event["jobId"] is None and "by" not in event for event in events)
    assert events[-1].items() >= {"removed": 0, "status": "failed"}.items()


def test_events_are_heard_by_those_who_may_see_the_job() -> None:
    owners = [(None, None), (None, "user_ana"), ("acme", "user_ana"), ("acme", "user_bob"), ("globex", "user_ana")]
    for tenant_id, user_id in owners:
        handle = enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
        Job.objects.filter(pk=handle.key).update(tenant_id=tenant_id, user_id=user_id)
        Event.objects.filter(job_id=handle.key).update(tenant_id=tenant_id, user_id=user_id)
    rows = reading.read_new(reading.Position.parse("3:3:"), reading.Wanted(queues=frozenset({"scoring"}))).rows
    callers = [
        Caller(**{**vars(OWNER), "role": role, "user_id": user, "tenants": frozenset(tenants)})
        for role in Role
        for user in ("user_ana", "user_bob")
        for tenants in ((), ("acme",), ("acme", "globex"))
    ]

    for caller in callers:
        heard = {row.public_id for row in rows if visibility.hears(caller)(row)}
        assert heard == set(visible(caller).values_list("public_id", flat=True)), caller
    assert len(rows) == len(owners)
