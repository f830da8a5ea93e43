"""Changing a queue's limits at run time: what is taken, what is refused, and what is kept of it."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.callers import Caller
from accounts.models import AuditEntry
from jobs import dispatch
from jobs.actions import enqueue
from jobs.models import Event, Job, Start
from jobs.overrides import edit, history, live
from jobs.overrides.models import OverrideChange, QueueOverride
from jobs.overrides.values import InvalidOverride
from jobs.policy import StartLimit, configured, policy_of
from jobs.submission import Options

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_clean", "diagnostic_types"),
]


def test_a_change_holds_in_this_process_at_once(ann: Caller) -> None:
    values = {"concurrency": 7, "maxConcurrency": 9, "startLimit": {"count": 3, "windowMs": 5000}}

    edit.change(queue="research", values=values, by=ann)

    rules = policy_of("research")
    assert (rules.concurrency, rules.max_concurrency) == (7, 9)
    assert rules.start_limit == StartLimit(count=3, window_ms=5000)
    assert configured()["research"].concurrency == 2


def test_another_process_reads_it_within_a_second_or_so(ann: Caller) -> None:
    edit.change(queue="research", values={"concurrency": 7}, by=ann)
    live.forget()
    assert policy_of("research").concurrency == 2

    assert live.refresh()

    assert policy_of("research").concurrency == 7
    QueueOverride.objects.update(values={"concurrency": 8})
    assert not live.refresh()
    assert policy_of("research").concurrency == 7
    assert live.refresh(older_than=0)
    assert policy_of("research").concurrency == 8


def test_null_lifts_a_limit(ann: Caller) -> None:
    edit.change(queue="research", values={"startLimit": None}, by=ann)

    assert policy_of("research").start_limit is None
    assert history.overridden("research") == {"startLimit": {"count": 10, "windowMs": 60_000}}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("concurrency", 0),
        ("concurrency", 101),
        ("concurrency", "4"),
        ("concurrency", True),
        ("concurrency", None),
        ("concurrency", 2.0),
        ("maxConcurrency", 0),
        ("maxConcurrency", 10_001),
        ("startLimit", {"count": 0, "windowMs": 1000}),
        ("startLimit", {"count": 5}),
        ("startLimit", {"count": 5, "windowMs": 0}),
        ("startLimit", {"count": 5, "windowMs": 1000, "more": 1}),
        ("startLimit", "5/1000"),
        ("timeoutMs", 1000),
    ],
)
def test_a_wrong_value_is_named_and_nothing_changes(ann: Caller, setting: str, value: Any) -> None:
    with pytest.raises(InvalidOverride) as refused:
        edit.change(queue="research", values={"concurrency": 3, setting: value}, by=ann)

    assert list(refused.value.fields) == [setting]
    assert not OverrideChange.objects.exists()
    assert not AuditEntry.objects.exists()
    assert policy_of("research") == configured()["research"]


def test_the_history_says_who_changed_what_from_what_to_what_and_why(ann: Caller) -> None:
    edit.change(queue="research", values={"concurrency": 4}, reason="backlog", by=ann)
    edit.change(queue="research", values={"concurrency": 1}, reason="the vendor is slow", by=ann)
    edit.revert(queue="research", reason="calm again", by=ann)

    found = history.changes("research")

    assert [(c.setting, c.old, c.new, c.reverted, c.reason) for c in found] == [
        ("concurrency", 1, 2, True, "calm again"),
        ("concurrency", 4, 1, False, "the vendor is slow"),
        ("concurrency", 2, 4, False, "backlog"),
    ]
    assert {(c.by, c.by_name) for c in found} == {("user_ann", "ann@example.com")}
    assert history.changes("scoring") == []


def test_the_history_cannot_be_rewritten(ann: Caller) -> None:
    edit.change(queue="research", values={"concurrency": 4}, by=ann)

    for rewrite in (OverrideChange.objects.all().delete, lambda: OverrideChange.objects.update(new=5)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rewrite()


def test_every_change_is_in_the_audit_trail_and_among_the_events(ann: Caller) -> None:
    edit.change(queue="research", values={"concurrency": 4}, reason="backlog", by=ann, request_id="r1")
    edit.revert(queue="research", settings=["concurrency"], by=ann)

    first, second = AuditEntry.objects.order_by("id")
    assert (first.action, first.target_id, first.actor, first.request_id) == (
        "queue.policy",
        "research",
        "user_ann",
        "r1",
    )
    assert first.details == {"changes": [{"setting": "concurrency", "old": 2, "new": 4}], "reason": "backlog"}
    assert second.action == "queue.policy-revert"
    assert Event.objects.filter(event="policy-changed", queue="research").count() == 2


def test_what_changes_nothing_leaves_no_trace(ann: Caller) -> None:
    assert edit.revert(queue="research", by=ann) == []
    edit.change(queue="research", values={"concurrency": 4}, by=ann)
    assert edit.change(queue="research", values={"concurrency": 4}, by=ann) == []

    assert OverrideChange.objects.count() == AuditEntry.objects.count() == 1


def test_only_the_named_settings_are_reverted(ann: Caller) -> None:
    edit.change(queue="research", values={"concurrency": 4, "maxConcurrency": 5}, by=ann)

    edit.revert(queue="research", settings=["maxConcurrency"], by=ann)

    assert (policy_of("research").concurrency, policy_of("research").max_concurrency) == (4, None)


def test_lifting_a_limit_lets_what_it_held_back_start(ann: Caller) -> None:
    edit.change(queue="scoring", values={"startLimit": {"count": 1, "windowMs": 3_600_000}}, by=ann)
    Start.objects.bulk_create([Start(queue="scoring", started_at=_now())])
    for _ in range(3):
        enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
    dispatch.gate("scoring")
    assert _states() == {"rate-limited"}

    edit.change(queue="scoring", values={"startLimit": None}, by=ann)

    assert _states() == {"waiting"}
    assert _in_redis("scoring") == 3


def test_a_new_limit_holds_back_what_was_free_to_start(ann: Caller) -> None:
    for _ in range(3):
        enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
    assert _in_redis("scoring") == 3

    edit.change(queue="scoring", values={"startLimit": {"count": 1, "windowMs": 60_000}}, by=ann)

    assert _in_redis("scoring") == 1
    assert Job.objects.filter(permitted_at__isnull=False).count() == 1
    assert Job.objects.filter(status="rate-limited").count() == 2


def _states() -> set[str]:
    return set(Job.objects.values_list("status", flat=True))


def _in_redis(queue: str) -> int:
    from jobs import ready

    return ready.sizes([queue])[queue]


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()
