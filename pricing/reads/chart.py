"""A series as lines of a chart: one for each version, thinned to what a screen can show."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection

from ..models import Series
from .overview import preference

#: Parts of a line, in each of which its least and its greatest value stay.
BUCKETS = 700

_LINES = """
SELECT DISTINCT ON (as_of_date, version_tag) as_of_date, version_tag, value FROM pricing_observation
WHERE series_id = %(series)s AND as_of_date BETWEEN %(start)s AND %(end)s AND published_at <= %(known)s
ORDER BY as_of_date, version_tag, revision DESC
"""
_FIRST, _LAST, _ALWAYS = date(1, 1, 1), date(9999, 12, 31), datetime(9999, 12, 31, tzinfo=UTC)
Line = dict[date, Decimal]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Both days included. known: what was published later does not count; None for all that is known."""

    start: date | None = None
    end: date | None = None
    known: datetime | None = None


def lines_of(series: Series, asked: Asked) -> dict[str, Any]:
    """{at: seconds, lines: [{name, values}], thinned}; values are floats, for drawing alone.

    With `known`, a line `now` says what counts today, where that differs from what was known.
    """
    lines = _lines(series, asked)
    if asked.known:
        then = _counting(lines)
        now = _counting(_lines(series, Asked(start=asked.start, end=asked.end)))
        if now != then:
            lines = lines | {"now": now}
    days = _kept_days(lines)
    return {
        "at": [int(datetime.combine(day, time(), tzinfo=UTC).timestamp()) for day in days],
        "lines": [
            {"name": name, "values": [float(line[day]) if day in line else None for day in days]}
            for name, line in lines.items()
        ],
        "thinned": len(days) < len({day for line in lines.values() for day in line}),
    }


def _lines(series: Series, asked: Asked) -> dict[str, Line]:
    """By version, those that count least first: what counts is drawn over what does not."""
    parameters: dict[str, int | date | datetime] = {
        "series": series.pk,
        "start": asked.start or _FIRST,
        "end": asked.end or _LAST,
        "known": asked.known or _ALWAYS,
    }
    found: dict[str, Line] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, parameters)
        for day, tag, value in cursor.fetchall():
            found.setdefault(tag, {})[day] = value
    return {tag: found[tag] for tag in reversed(preference(set(found))) if tag in found}


def _counting(lines: dict[str, Line]) -> Line:
    """Of each day the value of the last line that has one."""
    counting: Line = {}
    for line in lines.values():
        counting |= line
    return counting


def _kept_days(lines: dict[str, Line]) -> list[date]:
    kept: set[date] = set()
    for line in lines.values():
        days = sorted(line)
        size = -(-len(days) // BUCKETS)
        if size <= 2:
            kept.update(days)
            continue
        for at in range(0, len(days), size):
            part = days[at : at + size]
            kept |= {min(part, key=line.__getitem__), max(part, key=line.__getitem__)}
        kept |= {days[0], days[-1]}
    return sorted(kept)
