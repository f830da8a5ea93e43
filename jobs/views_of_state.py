"""States as they are shown: `paused` is a ready job of a paused queue; counts and filters follow."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Count as CountOf
from django.db.models import Q, QuerySet

from .models import Job, QueueState
from .policy import policies
from .states import COUNT_KEYS, READY, Status

Counts = dict[str, int]


def paused_queues() -> frozenset[str]:
    return frozenset(QueueState.objects.filter(paused=True).values_list("queue", flat=True))


def shown_status(job: Job, paused: frozenset[str] | None = None) -> Status:
    """A job's state as everybody sees it. paused: the paused queues, where the caller knows them."""
    stored = Status(job.status)
    if stored in READY and job.queue in (paused_queues() if paused is None else paused):
        return Status.PAUSED
    return stored


def with_status(jobs: QuerySet[Job], wanted: Iterable[Status]) -> QuerySet[Job]:
    """Jobs that are shown in one of the wanted states."""
    paused = paused_queues()
    condition = Q(pk__in=[])
    for status in wanted:
        if status is Status.PAUSED:
            condition |= Q(status__in=[str(s) for s in READY], queue__in=paused)
        elif status in READY:
            condition |= Q(status=str(status)) & ~Q(queue__in=paused)
        else:
            condition |= Q(status=str(status))
    return jobs.filter(condition)


_COUNTS = """
SELECT queue, status, sum(current)::bigint FROM (
    SELECT queue, status, current FROM jobs_count
    UNION ALL SELECT queue, status, current FROM jobs_countdelta
) both_parts GROUP BY 1, 2
"""


def all_counts() -> dict[str, Counts]:
    """Counts per queue and state over all tenants: exact, and never a scan of the jobs."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        rows = cursor.fetchall()
    return _arranged(rows)


def counts_of(jobs: QuerySet[Job]) -> dict[str, Counts]:
    """Counts per queue and state of some of the jobs, such as those one caller may see."""
    rows = jobs.filter(archived=False).order_by().values_list("queue", "status").annotate(number=CountOf("id"))
    return _arranged(list(rows))


def _arranged(rows: Iterable[tuple[str, str, int]]) -> dict[str, Counts]:
    paused = paused_queues()
    found = {queue: dict.fromkeys(COUNT_KEYS.values(), 0) for queue in policies()}
    for queue, status, number in rows:
        if queue not in found:
            continue
        state = Status(status)
        if state in READY and queue in paused:
            state = Status.PAUSED
        found[queue][COUNT_KEYS[state]] += number
    return found
