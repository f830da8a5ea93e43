"""Jobs as these tests enqueue them, and the verdict that must hold after every fault."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import OperationalError, connection

from jobs import library
from jobs.models import Attempt, DiagnosticEffect, Job
from jobs.states import TERMINAL, Outcome, Status

from .processes import eventually

_numbers = itertools.count(1)
#: Ends of runs that the infrastructure caused, which cost no attempt.
FREE = {Outcome.INTERRUPTED, Outcome.WORKER_LOST}


def submit(type_name: str, data: dict[str, Any] | None = None, **options: Any) -> str:
    """Enqueue one diagnostic job; its public id."""
    return library.enqueue(type_name, data or {}, **options).id


def effects(number: int, *, ms: int = 0, **options: Any) -> list[str]:
    """That many `diag-effect` jobs, each with a key of its own."""
    items = [{"key": f"key-{next(_numbers)}", "ms": ms} for _ in range(number)]
    return [handle.id for handle in library.enqueue_batch("diag-effect", items, **options)]


def job(public_id: str) -> Job:
    return Job.objects.get(public_id=public_id)


def attempts(public_id: str) -> list[Attempt]:
    return list(Attempt.objects.filter(job__public_id=public_id).order_by("run"))


def outcomes(public_id: str) -> list[str | None]:
    return [attempt.outcome for attempt in attempts(public_id)]


def number(ids: Iterable[str], *statuses: str) -> int:
    return Job.objects.filter(public_id__in=list(ids), status__in=statuses).count()


def await_active(ids: Sequence[str], *, seconds: float = 60) -> None:
    eventually(lambda: number(ids, "active") == len(ids), seconds=seconds, what="all active")


def await_ended(ids: Sequence[str], *, seconds: float = 90) -> None:
    """Return when every job is in a terminal state; fails naming those that are not."""

    def ended() -> bool:
        try:
            return number(ids, *TERMINAL) == len(ids)
        except OperationalError:
            return False

    try:
        eventually(ended, seconds=seconds)
    except AssertionError:
        rows = Job.objects.filter(public_id__in=ids).exclude(status__in=[str(status) for status in TERMINAL])
        lines = [f"{row.public_id} {row.status} run {row.run} attempts {row.attempts_made}" for row in rows[:20]]
        raise AssertionError(f"{len(rows)} of {len(ids)} jobs have not ended: {'; '.join(lines)}") from None


def assert_all_well(ids: Sequence[str], *, attempts_made: int | None = 1) -> None:
    """Every job completed once, with one effect, and paid for nothing but its own runs.

    attempts_made: None where a job's own failures are part of the test.
    """
    rows = list(Job.objects.filter(public_id__in=ids))
    assert len(rows) == len(ids)
    assert {row.status for row in rows} == {Status.COMPLETED}
    assert_consistent(ids)
    if attempts_made is not None:
        assert {row.attempts_made for row in rows} == {attempts_made}


def assert_consistent(ids: Sequence[str]) -> None:
    """What holds of ended jobs whatever became of them."""
    rows = list(Job.objects.filter(public_id__in=ids))
    assert all(row.status in TERMINAL for row in rows)
    tried: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(job__in=rows):
        tried.setdefault(attempt.job_id, []).append(attempt)
    for row in rows:
        mine = tried.get(row.id, [])
        assert len(mine) == row.run, f"{row.public_id}: {len(mine)} attempt rows for {row.run} runs"
        assert all(attempt.finished_at for attempt in mine), f"{row.public_id}: an attempt never ended"
        paid = [attempt for attempt in mine if attempt.outcome not in FREE]
        assert row.attempts_made == len(paid), f"{row.public_id}: {row.attempts_made} attempts, {len(paid)} its own"
    keys = list(DiagnosticEffect.objects.filter(public_id__in=ids).values_list("public_id", flat=True))
    expected = [row.public_id for row in rows if row.type == "diag-effect" and row.status == Status.COMPLETED]
    assert sorted(keys) == sorted(expected)
    assert_counts_true()


def assert_counts_true() -> None:
    """The counts that the API shows are those of the rows; one statement, for workers fold them meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH shown AS (
                SELECT queue, status, sum(current) AS number FROM (
                    SELECT queue, status, current FROM jobs_count
                    UNION ALL SELECT queue, status, current FROM jobs_countdelta
                ) parts GROUP BY 1, 2
            ), real AS (SELECT queue, status, count(*) AS number FROM jobs_job GROUP BY 1, 2)
            SELECT queue, status, COALESCE(shown.number, 0), COALESCE(real.number, 0)
            FROM shown FULL JOIN real USING (queue, status)
            WHERE COALESCE(shown.number, 0) <> COALESCE(real.number, 0)
            """
        )
        wrong = cursor.fetchall()
    assert not wrong, f"counts shown and real differ: {wrong}"
