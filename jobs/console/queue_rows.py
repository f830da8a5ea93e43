"""What the overview and a queue's page show of queues: numbers from counts, rollups and workers, no scan of jobs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from ..alerts.models import Alert
from ..health import LiveWorker, workers
from ..models import QueueState
from ..oldest import waiting_since
from ..overrides.models import QueueOverride
from ..performance import depth
from ..policy import QueuePolicy, policies
from ..rollups.reading import Point, series_by_queue
from ..rollups.reading import totals as span_totals
from ..views_of_state import Counts, all_counts
from .memo import Memo
from .sparkline import Sparkline

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
#: What `ratePerSecond` and the failure share of R-METRIC-02 look back on.
RATE_MINUTES = 5
FAILURE_MINUTES = 15
#: Rates and little charts change by the minute; they are read again after this many seconds.
_points = Memo(seconds=4)
#: A job that waits longer than this is worth a second look.
LONG_WAIT = timedelta(minutes=5)


def forget() -> None:
    _points.forget()


@dataclass(frozen=True, kw_only=True)
class LimitUse:
    """Starts inside the window of a start limit."""

    used: int
    count: int
    window_ms: int

    @property
    def seconds(self) -> float:
        return self.window_ms / 1000

    @property
    def full(self) -> bool:
        return self.used >= self.count


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One queue as the live table shows it."""

    name: str
    rules: QueuePolicy
    counts: Counts
    oldest: datetime | None
    late: bool
    paused: QueueState | None
    limit: LimitUse | None
    busy: int
    slots: int
    workers: int
    quiet: int
    overridden: bool
    alerts: str
    finished_hour: int
    failed_hour: int
    failure_share: float | None
    rate_per_minute: float
    spark: Sparkline

    @property
    def rate_per_second(self) -> float:
        return self.rate_per_minute / 60

    @property
    def depth(self) -> int:
        return depth(self.counts)

    @property
    def utilization_percent(self) -> int:
        return min(100, round(100 * self.busy / self.slots)) if self.slots else 0

    @property
    def failure_percent(self) -> str:
        return "" if self.failure_share is None else f"{100 * self.failure_share:.1f}%"

    @property
    def failing(self) -> bool:
        return (self.failure_share or 0) >= 0.1

    @property
    def warning(self) -> str:
        """Why nothing of this queue can start, where an operator has to do something about it."""
        if self.workers:
            return ""
        if not self.rules.worker_enabled:
            return "switched off"
        return "workers quiet" if self.quiet else "no workers"

    @property
    def stuck(self) -> bool:
        """Jobs wait and no worker takes them."""
        return bool(self.warning and self.depth)


def rows(names: Iterable[str] | None = None) -> list[QueueRow]:
    """The named queues, or all, in the order of the policies."""
    chosen = list(policies()) if names is None else list(names)
    counts, found = all_counts(), workers()
    states = {state.queue: state for state in QueueState.objects.filter(paused=True)}
    changed = set(QueueOverride.objects.exclude(values={}).values_list("queue", flat=True))
    alerts = dict(
        Alert.objects.filter(resolved_at=None).exclude(queue="").order_by("started_at").values_list("queue", "message")
    )
    oldest, used = waiting_since(chosen), _starts_used(chosen)
    now = datetime.now(UTC)
    points = _points.get("", lambda: series_by_queue(queues=policies(), since=now - HOUR, until=now, step=MINUTE))
    return [
        _row(
            name,
            counts=counts[name],
            oldest=oldest.get(name),
            late=name in oldest and now - oldest[name] > LONG_WAIT,
            paused=states.get(name),
            used=used.get(name, 0),
            serving=[worker for worker in found if worker.running and worker.slots_of(name)],
            overridden=name in changed,
            alerts=alerts.get(name, ""),
            points=points[name],
        )
        for name in chosen
    ]


def _row(name: str, *, used: int, serving: list[LiveWorker], points: Sequence[Point], **values: Any) -> QueueRow:
    rules = policies()[name]
    limit = rules.start_limit
    taking = [worker for worker in serving if not worker.row.stopping and not worker.row.quiet]
    lately = points[-FAILURE_MINUTES:]
    finished = sum(point.finished for point in lately)
    return QueueRow(
        name=name,
        rules=rules,
        limit=LimitUse(used=used, count=limit.count, window_ms=limit.window_ms) if limit else None,
        busy=_busy(name, serving, active=values["counts"]["active"]),
        slots=sum(worker.slots_of(name) for worker in taking),
        workers=len(taking),
        quiet=sum(1 for worker in serving if worker.row.quiet),
        finished_hour=sum(point.finished for point in points),
        failed_hour=sum(point.failed for point in points),
        failure_share=sum(point.failed for point in lately) / finished if finished else None,
        rate_per_minute=sum(point.finished for point in points[-RATE_MINUTES:]) / RATE_MINUTES,
        spark=Sparkline.of(points),
        **values,
    )


_USED = """
SELECT l.queue, count(*) FROM unnest(%s::text[], %s::bigint[]) AS l (queue, ms)
JOIN jobs_start s ON s.queue = l.queue AND s.started_at > clock_timestamp() - l.ms * interval '1 millisecond'
GROUP BY 1
"""


def _starts_used(names: Iterable[str]) -> dict[str, int]:
    limits = {name: limit.window_ms for name in names if (limit := policies()[name].start_limit)}
    with connection.cursor() as cursor:
        cursor.execute(_USED, [list(limits), list(limits.values())])
        return dict(cursor.fetchall())


@dataclass(frozen=True, kw_only=True)
class Times:
    """Run and wait times of the last quarter of an hour, in seconds; None where nothing ran."""

    average: float | None
    p95: float | None
    wait_p95: float | None


def times_of(name: str) -> Times:
    now = datetime.now(UTC)
    point = span_totals(queue=name, since=now - FAILURE_MINUTES * MINUTE, until=now)

    def seconds(ms: float | None) -> float | None:
        return None if ms is None else ms / 1000

    return Times(
        average=seconds(point.run_average_ms), p95=seconds(point.run_p95_ms), wait_p95=seconds(point.wait_p95_ms)
    )


@dataclass(frozen=True, kw_only=True)
class Totals:
    """All queues together."""

    waiting: int
    active: int
    delayed: int
    limited: int
    paused: int
    failed: int
    dead: int
    completed: int
    busy: int
    slots: int
    rate_per_minute: float
    finished_hour: int
    failed_hour: int
    oldest: datetime | None
    oldest_queue: str

    @property
    def failure_percent(self) -> str:
        return f"{100 * self.failed_hour / self.finished_hour:.1f}%" if self.finished_hour else "—"


def _busy(name: str, serving: list[LiveWorker], *, active: int) -> int:
    """Busy slots. Workers tell of theirs every two seconds; what has begun to run since holds one as well."""
    told = sum(worker.busy_of(name) for worker in serving)
    return max(told, min(active, sum(worker.slots_of(name) for worker in serving)))


def totals(shown: Sequence[QueueRow]) -> Totals:
    oldest, oldest_queue = min(((row.oldest, row.name) for row in shown if row.oldest), default=(None, ""))

    def jobs(key: str) -> int:
        return sum(row.counts[key] for row in shown)

    return Totals(
        waiting=jobs("waiting"),
        active=jobs("active"),
        delayed=jobs("delayed"),
        limited=jobs("rateLimited"),
        paused=jobs("paused"),
        failed=jobs("failed"),
        dead=jobs("dead"),
        completed=jobs("completed"),
        busy=sum(row.busy for row in shown),
        slots=sum(row.slots for row in shown),
        rate_per_minute=sum(row.rate_per_minute for row in shown),
        finished_hour=sum(row.finished_hour for row in shown),
        failed_hour=sum(row.failed_hour for row in shown),
        oldest=oldest,
        oldest_queue=oldest_queue,
    )
