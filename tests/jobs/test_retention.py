"""Retention: what stays listed, what stays recorded, and what goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from jobs import retention
from jobs.actions import Submission, enqueue_many
from jobs.models import Job
from jobs.submission import Options
from jobs.views_of_state import all_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("diagnostic_types")]


def finished(queue: str, number: int, *, status: str = "completed", days: float = 0) -> None:
    """`number` finished jobs of a queue, `days` old."""
    handles = enqueue_many(Submission(type="diag-noop", data={}, options=Options(queue=queue)) for _ in range(number))
    values: list[Any] = [status, timedelta(days=days), [handle.key for handle in handles]]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET status = %s, finished_at = clock_timestamp() - %s WHERE id = ANY(%s)", values
        )


def kept(queue: str, status: str = "completed") -> int:
    return Job.objects.filter(queue=queue, status=status, archived=False).count()


@pytest.mark.parametrize(
    ("queue", "status", "number", "days", "left"),
    [
        ("scoring", "completed", 101, 8, 100),
        ("scoring", "completed", 300, 1, 300),
        ("scoring", "failed", 501, 31, 500),
        ("research", "completed", 105, 0, 100),
        ("research", "failed", 60, 0, 50),
        ("reports", "completed", 105, 0, 100),
        ("reports", "completed", 10, 8, 0),
        ("calculation", "completed", 1, 8, 0),
        ("calculation", "failed", 1, 8, 1),
        ("judge-review", "completed", 1, 25 / 24, 0),
        ("judge-review", "completed", 120, 0, 100),
        ("scoring", "cancelled", 101, 8, 100),
        ("research", "dead", 60, 0, 50),
    ],
)
def test_a_sweep_keeps_what_the_queue_s_rule_keeps(
    queue: str, status: str, number: int, days: float, left: int
) -> None:
    finished(queue, number, status=status, days=days)

    retention.sweep()

    assert kept(queue, status) == left


def test_one_sweep_takes_a_thousand_at_most() -> None:
    finished("webhooks", 1500, days=8)

    assert retention.sweep() == {"webhooks": 1000}
    assert retention.sweep() == {"webhooks": 500}


def test_an_archived_job_leaves_the_counts_and_keeps_its_record() -> None:
    finished("calculation", 1, days=8)

    retention.sweep()

    assert all_counts()["calculation"]["completed"] == 0
    job = Job.objects.get()
    assert (job.archived, job.data, job.result, job.status) == (True, {}, None, "completed")


def test_jobs_that_have_not_ended_are_never_swept() -> None:
    enqueue_many([Submission(type="diag-noop", data={}, options=Options(queue="research", delay=1000))])
    Job.objects.update(created_at="2000-01-01T00:00:00Z", updated_at="2000-01-01T00:00:00Z")

    assert retention.sweep() == {}


def test_record_cleanup_takes_old_archived_records_only() -> None:
    finished("calculation", 2, days=31)
    retention.sweep()
    finished("scoring", 1, status="failed", days=31)

    assert retention.cleanup_old_jobs(30, dry_run=True) == 2
    assert Job.objects.count() == 3
    assert retention.cleanup_old_jobs(30) == 2
    assert kept("scoring", "failed") == 1
