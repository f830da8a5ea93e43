"""Joins under concurrency: released once, never lost, whoever settles, and whoever dies in between."""

import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import connection, connections, transaction

from jobs import outcomes
from jobs.actions import Submission, enqueue_many
from jobs.ledger.claim import claim
from jobs.ledger.settle import settle
from jobs.models import Event, Job
from jobs.submission import Options
from jobs.workflows import release
from jobs.workflows.models import Notice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

JOINS = 40
PARENTS = 8


def together(number: int, work: Callable[[int], None]) -> None:
    """Run `work(0)` … in threads that start at one instant; an error in one fails the test."""
    barrier = threading.Barrier(number)
    errors: list[BaseException] = []

    def one(index: int) -> None:
        try:
            barrier.wait()
            work(index)
        except BaseException as error:  # noqa: BLE001  told to the test's own thread
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def active(count: int) -> list[str]:
    handles = enqueue_many(
        Submission(type="diag-noop", data={}, options=Options(queue="scoring")) for _ in range(count)
    )
    return [handle.id for handle in handles]


def joins(parents: Sequence[str], number: int) -> list[str]:
    options = Options(queue="scoring", depends_on=tuple(parents))
    return [h.id for h in enqueue_many(Submission(type="diag-noop", data={}, options=options) for _ in range(number))]


def released_once(ids: Sequence[str]) -> None:
    assert set(Job.objects.filter(public_id__in=ids).values_list("status", flat=True)) == {"waiting"}
    for public_id in ids:
        events = Event.objects.filter(public_id=public_id).order_by("id").values_list("event", flat=True)
        assert list(events) == ["delayed", "waiting"]


def test_parents_that_complete_in_the_same_instant_release_every_join_exactly_once() -> None:
    groups = [active(PARENTS) for _ in range(JOINS)]
    waiting = [public_id for group in groups for public_id in joins(group, 1)]
    keys = dict(Job.objects.values_list("public_id", "id"))
    claimed = {job.public_id: job for job in claim([keys[w] for group in groups for w in group], worker="test")}

    def settle_mine(index: int) -> None:
        for group in groups:
            settle([outcomes.completed(claimed[group[index]], None)])

    together(PARENTS, settle_mine)

    released_once(waiting)
    assert not Notice.objects.exists()


def test_two_settlements_that_overlap_in_open_transactions_lose_no_join() -> None:
    """The classic lost join: each transaction sees the other's parent still active."""
    parents = active(2)
    waiting = joins(parents, 3)
    keys = dict(Job.objects.values_list("public_id", "id"))
    claimed = {job.public_id: job for job in claim([keys[p] for p in parents], worker="test")}
    both_settled = threading.Barrier(2)

    def settle_mine(index: int) -> None:
        with transaction.atomic():
            settle([outcomes.completed(claimed[parents[index]], None)])
            both_settled.wait()

    together(2, settle_mine)

    released_once(waiting)


def test_jobs_stored_while_their_dependency_ends_are_released() -> None:
    rounds = 25
    parents = active(rounds)
    keys = dict(Job.objects.values_list("public_id", "id"))
    claimed = {job.public_id: job for job in claim([keys[p] for p in parents], worker="test")}
    waiting: list[str] = []
    barriers = [threading.Barrier(2) for _ in range(rounds)]

    def race(index: int) -> None:
        for parent, barrier in zip(parents, barriers, strict=True):
            barrier.wait()
            if index:
                waiting.extend(joins([parent], 1))
            else:
                settle([outcomes.completed(claimed[parent], None)])

    together(2, race)

    assert set(Job.objects.filter(public_id__in=waiting).values_list("status", flat=True)) == {"waiting"}
    for public_id in waiting:
        assert Event.objects.filter(public_id=public_id, event="waiting").count() == 1


def test_many_processes_that_act_on_the_same_notices_release_once() -> None:
    parents = active(20)
    waiting = joins(parents, 20)
    keys = dict(Job.objects.values_list("public_id", "id"))
    with connection.cursor() as cursor:
        # As raw SQL in somebody's maintenance would: the trigger notes it, and nobody acts on it yet.
        cursor.execute(
            "UPDATE jobs_job SET status = 'completed', finished_at = now() WHERE id = ANY(%s)",
            [[keys[parent] for parent in parents]],
        )
    assert Notice.objects.count() == 20

    def act(index: int) -> None:
        release.run()

    together(6, act)

    released_once(waiting)
    assert not Notice.objects.exists()
