"""Reading the rollups: series of points for charts, and totals, over all tenants.

For callers who may see every job; nothing here knows whose a job was.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from .buckets import percentile_ms
from .kinds import Kind

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Point:
    """One step of time, beginning at `at`. Times are in ms, None where nothing was counted.

    failed: jobs whose last attempt failed, those that became dead of it included; by error class in
    `errors`. dead: entries into dead, by hand too. put_back: runs that cost no attempt.
    wait: from being ready to the start of an attempt. run: of attempts that completed.
    """

    at: datetime
    started: int = 0
    completed: int = 0
    failed: int = 0
    retried: int = 0
    cancelled: int = 0
    dead: int = 0
    put_back: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    wait_average_ms: float | None = None
    wait_p50_ms: float | None = None
    wait_p95_ms: float | None = None
    wait_p99_ms: float | None = None
    run_average_ms: float | None = None
    run_p50_ms: float | None = None
    run_p95_ms: float | None = None
    run_p99_ms: float | None = None

    @property
    def finished(self) -> int:
        """Jobs that completed or failed."""
        return self.completed + self.failed

    @property
    def failure_share(self) -> float:
        """From 0 to 1."""
        return self.failed / self.finished if self.finished else 0.0


def series(
    *,
    queue: str | None = None,
    type: str | None = None,  # noqa: A002  the API's word
    since: datetime,
    until: datetime,
    step: timedelta,
) -> list[Point]:
    """A point per step from `since`, rounded down to a whole step, to `until`, which is left out.

    step: whole minutes, at least one. Whole hours reach back 400 days, other steps two. None: of all.
    Steps without jobs are there too, with zeros.
    """
    _check_step(step)
    found = _Window(since, until, step).read(queue=queue, type=type, split=False)
    return found.get("", _Window(since, until, step).empty())


def series_by_queue(
    *, queues: Iterable[str], since: datetime, until: datetime, step: timedelta
) -> dict[str, list[Point]]:
    """As `series`, for several queues in one read."""
    _check_step(step)
    window = _Window(since, until, step)
    found = window.read(queue=None, type=None, split=True)
    return {name: found.get(name) or window.empty() for name in queues}


def totals(
    *,
    queue: str | None = None,
    type: str | None = None,  # noqa: A002  the API's word
    since: datetime,
    until: datetime,
) -> Point:
    """One point over a span, whose ends are rounded down to minutes, and to hours beyond two days."""
    window = _Window(since, until, None)
    return window.read(queue=queue, type=type, split=False).get("", window.empty())[0]


def _check_step(step: timedelta) -> None:
    if step < _MINUTE or step % _MINUTE:
        raise ValueError(f"step must be whole minutes, at least one; it is {step}")


_READ = """
WITH parts AS (
    SELECT queue, start AS at, kind, label, number, total_ms, buckets FROM jobs_rollup
    WHERE step_seconds = %(source)s AND start >= %(since)s AND start < %(until)s
      AND (%(queue)s::text IS NULL OR queue = %(queue)s) AND (%(type)s::text IS NULL OR type = %(type)s)
    UNION ALL
    SELECT queue, at, kind, label, number, total_ms,
        CASE WHEN bucket IS NULL THEN '{}'::jsonb ELSE jsonb_build_object(bucket, number) END
    FROM jobs_rollupdelta
    WHERE at >= %(since)s AND at < %(until)s
      AND (%(queue)s::text IS NULL OR queue = %(queue)s) AND (%(type)s::text IS NULL OR type = %(type)s)
), binned AS (
    SELECT CASE WHEN %(split)s THEN queue ELSE '' END AS queue,
        floor(extract(epoch FROM at - %(since)s) / %(step)s)::int AS bin, kind, label, number, total_ms, buckets
    FROM parts
)
SELECT queue, bin, kind, label, NULL::int AS bucket, sum(number)::bigint, sum(total_ms)::bigint
FROM binned GROUP BY 1, 2, 3, 4
UNION ALL
SELECT queue, bin, kind, '', b.key::int, sum(b.value::bigint)::bigint, 0
FROM binned, jsonb_each_text(buckets) b WHERE kind IN ('started', 'completed') GROUP BY 1, 2, 3, 5
"""


class _Window:
    """A span cut into steps, aligned to the epoch. step None: one step over all of it."""

    def __init__(self, since: datetime, until: datetime, step: timedelta | None) -> None:
        hourly = step % _HOUR == timedelta() if step else datetime.now(UTC) - since > timedelta(days=2)
        self.source = _HOUR if hourly else _MINUTE
        self.since = _floor(since, step or self.source)
        self.until = max(until, self.since)
        self.step = step or max(self.until - self.since, self.source)

    def starts(self) -> list[datetime]:
        number = max(1, -(-(self.until - self.since) // self.step))
        return [self.since + self.step * at for at in range(number)]

    def empty(self) -> list[Point]:
        return [Point(at=at) for at in self.starts()]

    def read(self, *, queue: str | None, type: str | None, split: bool) -> dict[str, list[Point]]:  # noqa: A002
        with connection.cursor() as cursor:
            cursor.execute(
                _READ,
                {
                    "source": self.source.total_seconds(),
                    "since": self.since,
                    "until": self.until,
                    "step": self.step.total_seconds(),
                    "queue": queue,
                    "type": type,
                    "split": split,
                },
            )
            rows = cursor.fetchall()
        gathered: dict[tuple[str, int], _Sums] = {}
        for name, at, *row in rows:
            gathered.setdefault((name, at), _Sums()).add(*row)
        starts = self.starts()
        return {
            name: [gathered.get((name, at), _NOTHING).point(start) for at, start in enumerate(starts)]
            for name in {key[0] for key in gathered}
        }


class _Sums:
    """What was read for one point."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.errors: dict[str, int] = {}
        self.total_ms: dict[str, int] = {}
        self.buckets: dict[str, dict[int, int]] = {}

    def add(self, kind: str, label: str, bucket: int | None, number: int, total_ms: int) -> None:
        if bucket is not None:
            self.buckets.setdefault(kind, {})[bucket] = number
            return
        self.numbers[kind] = self.numbers.get(kind, 0) + number
        self.total_ms[kind] = self.total_ms.get(kind, 0) + total_ms
        if kind == Kind.FAILED:
            self.errors[label] = number

    def point(self, at: datetime) -> Point:
        counts = {kind.value.replace("-", "_"): self.numbers.get(kind, 0) for kind in Kind}
        return Point(
            at=at,
            **counts,
            errors=self.errors,
            **self._times("wait", Kind.STARTED),
            **self._times("run", Kind.COMPLETED),
        )

    def _times(self, name: str, kind: Kind) -> dict[str, Any]:
        histogram, number = self.buckets.get(kind, {}), self.numbers.get(kind, 0)
        return {
            f"{name}_average_ms": round(self.total_ms[kind] / number, 1) if number else None,
            f"{name}_p50_ms": percentile_ms(histogram, 0.50),
            f"{name}_p95_ms": percentile_ms(histogram, 0.95),
            f"{name}_p99_ms": percentile_ms(histogram, 0.99),
        }


_NOTHING = _Sums()


def _floor(at: datetime, step: timedelta) -> datetime:
    return at - (at - _EPOCH) % step
