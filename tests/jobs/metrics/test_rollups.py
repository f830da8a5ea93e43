"""The rollups against real jobs and real Postgres: exact counts, folded or not."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from jobs import actions, dispatch
from jobs.ledger.change import bury, cancel_unstarted
from jobs.models import Job
from jobs.rollups import Point, folding, series, series_by_queue, totals
from jobs.rollups.buckets import LAST, bucket_of, percentile_ms, upper_bound_ms
from jobs.rollups.models import Rollup, RollupDelta
from jobs.submission import Options
from jobs.testing import run_again, run_job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]
SCORING = Options(queue="scoring")


@pytest.fixture(autouse=True)
def redis_is_up() -> None:
    dispatch._silent_until = 0.0


def lately(**only: str) -> Point:
    now = datetime.now(UTC)
    return totals(since=now - timedelta(minutes=5), until=now + timedelta(minutes=1), **only)


def failing() -> Job:
    return run_job("diag-fail", {"errorClass": "VALIDATION_ERROR"}, options=SCORING)


def numbers(point: Point) -> tuple[int, ...]:
    return (point.started, point.completed, point.failed, point.retried, point.cancelled, point.dead, point.put_back)


def test_each_run_is_counted_by_how_it_ended() -> None:
    run_job("diag-noop", options=SCORING)
    failing()

    point = lately(queue="scoring")

    assert numbers(point) == (2, 1, 1, 0, 0, 0, 0)
    assert point.errors == {"VALIDATION_ERROR": 1}
    assert point.failure_share == 0.5


def test_a_retry_is_counted_apart_from_the_failure_that_ends_the_job() -> None:
    job = run_job("diag-fail", {"errorClass": "NETWORK_ERROR"}, options=Options(queue="scoring", attempts=2))
    run_again(job)

    point = lately()

    assert (point.started, point.retried, point.failed) == (2, 1, 1)


def test_burying_a_failed_job_makes_it_dead_and_not_failed_twice() -> None:
    job = failing()

    bury([job.pk])

    assert numbers(lately()) == (1, 0, 1, 0, 0, 1, 0)


def test_cancelling_an_unstarted_job_counts_no_start() -> None:
    job = actions.enqueue(type="diag-noop", data={}, options=SCORING).job()

    cancel_unstarted([job.pk])

    assert numbers(lately()) == (0, 0, 0, 0, 1, 0, 0)


def test_folding_changes_no_sum_and_leaves_nothing_to_fold() -> None:
    run_job("diag-noop", options=SCORING)
    failing()
    before = lately()

    folding.fold()

    assert lately() == before
    assert not RollupDelta.objects.exists()
    assert set(Rollup.objects.values_list("step_seconds", flat=True)) == {0, 60, 3600}
    run_job("diag-noop", options=SCORING)
    folding.fold()
    assert lately().completed == before.completed + 1


def test_simultaneous_folds_lose_and_double_nothing() -> None:
    for number in range(40):
        RollupDelta.objects.create(
            queue="scoring", type=f"t{number % 3}", kind="completed", bucket=3, number=1, total_ms=8
        )

    def fold() -> None:
        folding.fold(10)
        connections.close_all()

    threads = [threading.Thread(target=fold) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    folding.fold()

    assert lately().completed == 40
    assert not RollupDelta.objects.exists()


def test_a_series_has_a_point_for_each_step_and_the_jobs_in_theirs() -> None:
    minute = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    for offset in (0, 59, 60, 190):
        RollupDelta.objects.create(
            at=minute + timedelta(seconds=offset),
            queue="scoring",
            type="a",
            kind="started",
            bucket=8,
            number=1,
            total_ms=20,
        )
    folding.fold()

    points = series(queue="scoring", since=minute, until=minute + timedelta(minutes=5), step=timedelta(minutes=1))

    assert [point.started for point in points] == [2, 1, 0, 1, 0]
    assert [point.at for point in points] == [minute + timedelta(minutes=at) for at in range(5)]
    assert points[2].wait_p95_ms is None
    assert points[0].wait_average_ms == 20
    by_hour = series(since=minute, until=minute + timedelta(hours=2), step=timedelta(hours=1))
    assert [point.started for point in by_hour] == [4, 0]


def test_series_of_several_queues_are_kept_apart() -> None:
    run_job("diag-noop", options=SCORING)
    run_job("diag-noop", options=Options(queue="signals"))
    now = datetime.now(UTC)

    found = series_by_queue(
        queues=["scoring", "signals", "reports"],
        since=now - timedelta(minutes=2),
        until=now + timedelta(minutes=1),
        step=timedelta(minutes=1),
    )

    assert {queue: sum(point.completed for point in points) for queue, points in found.items()} == {
        "scoring": 1,
        "signals": 1,
        "reports": 0,
    }


def test_a_step_that_is_not_whole_minutes_is_refused() -> None:
    now = datetime.now(UTC)

    with pytest.raises(ValueError, match="whole minutes"):
        series(since=now, until=now, step=timedelta(seconds=90))


def test_old_minutes_are_forgotten_and_all_time_is_not() -> None:
    old = datetime.now(UTC) - timedelta(days=3)
    RollupDelta.objects.create(at=old, queue="scoring", type="a", kind="completed", bucket=1, number=7, total_ms=40)
    folding.fold()

    folding.forget()

    assert sorted(Rollup.objects.values_list("step_seconds", "number")) == [(0, 7), (3600, 7)]


def test_the_wait_of_a_delayed_job_begins_when_it_is_due() -> None:
    job = actions.enqueue(type="diag-noop", data={}, options=Options(queue="scoring", delay=3_600_000)).job()
    Job.objects.filter(pk=job.pk).update(created_at=datetime.now(UTC) - timedelta(hours=1))

    run_again(job)

    assert (lately().wait_average_ms or 0) < 60_000


def test_postgres_and_python_choose_the_same_bucket() -> None:
    # Bounds themselves are left out: the two may round a logarithm differently there.
    times = [
        0.0,
        4.9,
        5.1,
        *(upper_bound_ms(bucket) * factor for bucket in range(LAST) for factor in (0.99, 1.01)),
        1e12,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT jobs_bucket(ms) FROM unnest(%s::float8[]) WITH ORDINALITY AS t (ms, n) ORDER BY n", [times]
        )
        theirs = [row[0] for row in cursor.fetchall()]

    assert theirs == [bucket_of(ms) for ms in times]


@pytest.mark.parametrize("ms", [6, 17, 130, 999, 12_345, 1_799_000])
def test_a_percentile_is_within_ten_percent(ms: float) -> None:
    found = percentile_ms({bucket_of(ms): 10}, 0.95)

    assert found == pytest.approx(ms, rel=0.1)
