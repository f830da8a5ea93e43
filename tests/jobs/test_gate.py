"""Enqueueing on a queue whose start limit is used up costs no pass of the gate, and no job is forgotten by that."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.callers import system_caller
from jobs import actions, dispatch, gate_memory
from jobs.actions import enqueue
from jobs.gate_memory import BELIEVED_SECONDS, PAUSE_SECONDS, note, worth_a_pass
from jobs.handle import JobHandle
from jobs.ledger.ready import Full, permit
from jobs.models import Job, Start
from jobs.policy import StartLimit, policy_of
from jobs.submission import Options

RULES = policy_of("research")
FULL = Full(free_in=timedelta(minutes=1), lowest=10)


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    gate_memory.forget()
    yield
    gate_memory.forget()


def test_a_burst_is_decided_together() -> None:
    assert worth_a_pass(RULES, priority=0, at=0.0)
    assert not worth_a_pass(RULES, priority=0, at=PAUSE_SECONDS / 2)
    assert worth_a_pass(RULES, priority=0, at=PAUSE_SECONDS * 2)


def test_a_full_queue_is_believed_to_be_full_for_some_seconds() -> None:
    note(RULES, FULL, at=0.0)

    assert not worth_a_pass(RULES, priority=0, at=1.0)
    assert not worth_a_pass(RULES, priority=None, at=1.0)
    assert worth_a_pass(RULES, priority=0, at=BELIEVED_SECONDS)


def test_no_longer_than_until_a_start_leaves_the_window() -> None:
    note(RULES, replace(FULL, free_in=timedelta(seconds=1)), at=0.0)

    assert not worth_a_pass(RULES, priority=0, at=0.9)
    assert worth_a_pass(RULES, priority=0, at=1.0)


def test_a_higher_priority_is_decided_about_while_a_permit_is_unused() -> None:
    note(RULES, FULL, at=0.0)
    assert not worth_a_pass(RULES, priority=10, at=1.0)
    assert worth_a_pass(RULES, priority=11, at=1.0)

    note(RULES, replace(FULL, lowest=None), at=2.0)
    assert not worth_a_pass(RULES, priority=1000, at=3.0)


def test_a_changed_limit_or_a_pass_that_found_room_ends_the_belief() -> None:
    note(RULES, FULL, at=0.0)
    assert worth_a_pass(replace(RULES, start_limit=StartLimit(count=99, window_ms=1000)), priority=0, at=1.0)

    note(RULES, None, at=1.0)
    assert worth_a_pass(RULES, priority=0, at=2.0)


# --- On the ledger --------------------------------------------------------------------------------
def on_research(*, priority: int | None = None) -> JobHandle:
    return enqueue(type="diag-noop", data={}, options=Options(queue="research", priority=priority))


def permitted() -> set[int]:
    return set(Job.objects.filter(permitted_at__isnull=False).values_list("pk", flat=True))


def fill() -> list[JobHandle]:
    """As many jobs as may start, and one that is held back."""
    assert RULES.start_limit is not None
    handles = [on_research() for _ in range(RULES.start_limit.count + 1)]
    assert dispatch.gate("research")
    return handles


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("diagnostic_types", "redis_clean")
def test_a_job_for_a_full_queue_is_one_statement_and_the_tick_holds_it_back() -> None:
    handles = fill()

    with CaptureQueriesContext(connection) as queries:
        late = on_research()
    passed_over = late.job().status
    dispatch.tick()

    assert len([query for query in queries if query["sql"] not in {"BEGIN", "COMMIT"}]) == 1
    assert passed_over == "waiting"
    assert late.job().status == handles[-1].job().status == "rate-limited"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("diagnostic_types", "redis_clean")
def test_a_start_that_is_given_back_goes_to_the_first_in_line_at_the_next_tick() -> None:
    handles = fill()
    actions.cancel(jobs=[handles[0].job()], by=system_caller())
    late = on_research()

    dispatch.tick()

    assert permitted() == {handle.key for handle in handles[1:]}
    assert late.job().status == "rate-limited"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("diagnostic_types", "redis_clean")
def test_a_higher_priority_takes_an_unused_permit_over_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Right after a pass it would be at the next tick.
    monkeypatch.setattr("jobs.gate_memory.PAUSE_SECONDS", 0.0)
    handles = fill()

    urgent = on_research(priority=100)

    assert permitted() == {urgent.key, *(handle.key for handle in handles[:9])}


@pytest.mark.django_db
@pytest.mark.usefixtures("diagnostic_types", "redis_clean")
def test_each_held_back_job_is_told_the_start_of_its_own_place() -> None:
    rules = replace(RULES, start_limit=StartLimit(count=2, window_ms=60_000))
    now = timezone.now()
    Start.objects.bulk_create(Start(queue="research", started_at=now - timedelta(seconds=ago)) for ago in (50, 20, 70))
    first, second, third = (on_research() for _ in range(3))
    permit(rules, window=2)
    # What was held back keeps its time; the one behind it is counted by its place in the whole line.
    held = first.job().run_at
    found = permit(rules, window=10)

    assert first.job().run_at == held
    waits = [(handle.job().run_at - now).total_seconds() for handle in (first, second, third)]
    assert waits == pytest.approx([10, 40, 70], abs=0.01)
    assert found.full is not None
    assert found.full.lowest is None
    assert 9 < found.full.free_in.total_seconds() < 10.5


@pytest.mark.django_db
@pytest.mark.usefixtures("diagnostic_types", "redis_clean")
def test_behind_a_cap_jobs_wait_and_the_queue_is_not_full_of_starts() -> None:
    rules = replace(RULES, start_limit=None, max_concurrency=1)
    first, second = on_research(), on_research()

    found = permit(rules, window=10)

    assert ([job.id for job in found.granted], found.full) == ([first.key], None)
    assert second.job().status == "waiting"
