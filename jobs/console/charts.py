"""The data of the charts: finished jobs, wait and run times, failures by class, deploy marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from ..deploys import marks
from ..policy import canonical_queue
from ..rollups.reading import Point, series
from ..timestamps import iso
from .memo import Memo
from .routing import page

REMEMBERED_SECONDS = 3.0
_known = Memo(seconds=REMEMBERED_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Range:
    """A stretch of time up to now, in steps that make a readable chart."""

    name: str
    title: str
    span: timedelta
    step: timedelta

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"range": self, "ranges": [_choice(item, self, request) for item in RANGES.values()]}


_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
RANGES = {
    item.name: item
    for item in (
        Range(name="1h", title="last hour", span=_HOUR, step=_MINUTE),
        Range(name="6h", title="last 6 hours", span=6 * _HOUR, step=5 * _MINUTE),
        Range(name="24h", title="last 24 hours", span=24 * _HOUR, step=15 * _MINUTE),
        Range(name="7d", title="last 7 days", span=7 * 24 * _HOUR, step=2 * _HOUR),
        Range(name="30d", title="last 30 days", span=30 * 24 * _HOUR, step=6 * _HOUR),
    )
}
STANDARD = RANGES["1h"]


def range_of(request: HttpRequest) -> Range:
    return RANGES.get(request.GET.get("range", ""), STANDARD)


def _choice(item: Range, chosen: Range, request: HttpRequest) -> dict[str, Any]:
    query = request.GET.copy()
    query["range"] = item.name
    query.pop("live", None)
    return {"name": item.name, "title": item.title, "current": item is chosen, "url": f"?{query.urlencode()}"}


def data(request: HttpRequest) -> HttpResponseBase:
    """GET charts/data?queue&type&range: columns of equal length, times in seconds since 1970."""
    name = request.GET.get("queue", "")
    queue = canonical_queue(name) if name else None
    if name and queue is None:
        return HttpResponseBadRequest("There is no such queue.")
    kind, span = request.GET.get("type") or None, range_of(request)
    return JsonResponse(_known.get((queue, kind, span.name), lambda: _columns(queue, kind, span)))


def _columns(queue: str | None, kind: str | None, span: Range) -> dict[str, Any]:
    until = datetime.now(UTC)
    points = series(queue=queue, type=kind, since=until - span.span, until=until, step=span.step)
    classes = sorted({name for point in points for name in point.errors})
    return {
        "step": span.step.total_seconds(),
        "at": [point.at.timestamp() for point in points],
        "completed": [point.completed for point in points],
        "failed": [point.failed for point in points],
        "retried": [point.retried for point in points],
        **_times(points, "wait"),
        **_times(points, "run"),
        "errors": {name: [point.errors.get(name, 0) for point in points] for name in classes},
        "deploys": [
            {"at": mark.at.timestamp(), "version": mark.version, "time": iso(mark.at), "note": mark.note}
            for mark in marks.between(points[0].at, until)
        ],
    }


def _times(points: Sequence[Point], name: str) -> dict[str, list[float | None]]:
    return {
        f"{name}{figure.title()}": [getattr(point, f"{name}_{figure}_ms") for point in points]
        for figure in ("p50", "p95", "p99")
    }


def data_url(*, queue: str = "", kind: str = "", span: Range) -> str:
    query = {"range": span.name, "queue": queue, "type": kind}
    return f"{reverse('console:chart-data')}?{urlencode({k: v for k, v in query.items() if v})}"


def types_of(queue: str) -> list[str]:
    """Types that ever ran on a queue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT type FROM jobs_count WHERE queue = %s ORDER BY 1", [queue])
        return [row[0] for row in cursor.fetchall()]


urls = [page("charts/data", data, name="chart-data")]
