"""What the queues achieve: depth, rate, failures, run times and the use of workers."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Avg, Count, FloatField, Q, QuerySet

from accounts.callers import Caller

from . import reads
from .models import Job
from .policy import policies
from .reads import facts_of
from .states import Status
from .views_of_state import Counts

WINDOW = timedelta(minutes=15)
RATE_WINDOW = timedelta(minutes=5)


class Percentile95(Aggregate):
    """The value that 95 of 100 do not exceed."""

    function = "percentile_cont"
    template = "%(function)s(0.95) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def queue_metrics(caller: Caller) -> dict[str, dict[str, Any]]:
    """Counts and `performance` of every queue, over the jobs the caller may see."""
    numbers = reads.counts(caller)
    around = facts_of(policies())
    now = next(iter(around.values())).now
    finished = _finished(reads.visible(caller), now)
    metrics = {}
    for queue, counts in numbers.items():
        facts = around[queue]
        metrics[queue] = {
            **counts,
            "performance": {
                "depth": depth(counts),
                **finished.get(queue, _NOTHING),
                "workerUtilization": round(min(1.0, facts.busy / facts.slots), 4) if facts.slots else 0.0,
            },
        }
    return metrics


def depth(counts: Counts) -> int:
    """Jobs that are ready but not started."""
    return counts["waiting"] + counts["paused"] + counts["rateLimited"]


def failure_share(completed: int, failed: int) -> float:
    """From 0 to 1; jobs that have not ended, or were cancelled, say nothing about it."""
    return failed / (completed + failed) if completed + failed else 0.0


_NOTHING: dict[str, Any] = {
    "ratePerSecond": 0.0,
    "failureRate": 0.0,
    "averageDurationMs": None,
    "p95DurationMs": None,
}


def _finished(jobs: QuerySet[Job], now: datetime) -> dict[str, dict[str, Any]]:
    """Per queue, from jobs that ended within the window; archived ones count, for they ended too."""
    completed = Q(status=Status.COMPLETED)
    rows = (
        jobs.filter(finished_at__gte=now - WINDOW)
        .order_by()
        .values("queue")
        .annotate(
            lately=Count("id", filter=Q(finished_at__gte=now - RATE_WINDOW)),
            completed=Count("id", filter=completed),
            failed=Count("id", filter=Q(status__in=[Status.FAILED, Status.DEAD])),
            average=Avg("duration_ms", filter=completed),
            p95=Percentile95("duration_ms", filter=completed),
        )
    )
    return {
        row["queue"]: {
            "ratePerSecond": round(row["lately"] / RATE_WINDOW.total_seconds(), 4),
            "failureRate": round(failure_share(row["completed"], row["failed"]), 4),
            "averageDurationMs": None if row["average"] is None else round(row["average"]),
            "p95DurationMs": None if row["p95"] is None else round(row["p95"]),
        }
        for row in rows
    }
