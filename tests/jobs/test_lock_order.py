"""Statements that change several jobs lock them in id order, so that no two of them wait for each other."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest
from django.db import connection, connections, transaction

from jobs import outcomes
from jobs.actions import Submission, enqueue_many
from jobs.ledger import change
from jobs.ledger.claim import Claimed, claim, renew
from jobs.ledger.progress import Step, write_progress
from jobs.ledger.ready import take_back_permits
from jobs.models import Job
from jobs.submission import Options
from jobs.worker.settler import Ending, Settler

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]


def renewed(runs: Sequence[Claimed]) -> None:
    renew([(run.id, run.run) for run in runs], worker="w")


def asked_to_stop(runs: Sequence[Claimed]) -> None:
    change.request_cancel([run.id for run in runs])


def told_of(runs: Sequence[Claimed]) -> None:
    write_progress([Step(job_id=run.id, run=run.run, percent=5, stage="") for run in runs])


def settled_after_progress(runs: Sequence[Claimed]) -> None:
    low, high = runs
    step = Step(job_id=high.id, run=high.run, percent=5, stage="")
    Settler(lambda _: None, lambda *_: None)._transact(
        [step, Ending(claimed=low, settlement=outcomes.completed(low, None))]
    )


def held_back_no_more(_: Sequence[Claimed]) -> None:
    take_back_permits("scoring")


@pytest.mark.parametrize("change_both", [renewed, asked_to_stop, told_of, settled_after_progress, held_back_no_more])
def test_a_change_of_two_jobs_has_the_first_while_it_waits_for_the_second(
    change_both: Callable[[Sequence[Claimed]], None],
) -> None:
    enqueue_many(Submission(type="diag-noop", data={}, options=Options(queue="scoring")) for _ in range(2))
    low, high = Job.objects.order_by("id").values_list("id", flat=True)
    runs = claim([low, high], worker="w")
    if change_both is held_back_no_more:
        Job.objects.update(status="rate-limited", worker=None, lease_until=None, started_at=None)
    # In the table the first job now lies behind the second.
    Job.objects.filter(id=low).update(stage="moved")

    def work() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                # As the planner may choose where many rows are concerned: the table's own order.
                cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
                change_both(runs)
        finally:
            connections.close_all()

    other = threading.Thread(target=work)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM jobs_job WHERE id = %s FOR UPDATE", [high])
            other.start()
            until_somebody_waits()
            cursor.execute("SELECT id FROM jobs_job WHERE id = %s FOR UPDATE SKIP LOCKED", [low])
            free = cursor.fetchall()
    finally:
        other.join()

    assert free == []


def until_somebody_waits() -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone():
                return
        time.sleep(0.01)
    pytest.fail("nobody waits for the lock")
