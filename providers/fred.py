"""FRED of the Federal Reserve Bank of St. Louis: economic series with every vintage.

Source: api.stlouisfed.org/fred/series/observations and /vintagedates, with a key. A dot stands for a missing
value. Each observation says from which day on it was published with that value. One question may span 2,000
vintages at most, fewer than a daily series has. Some series are copyrighted.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from .http import Answer, Client
from .index_values import IndexValue, number, period_start

NAME = "fred"
PAGE = 100_000
#: Vintages of one question, and dates of one answer about vintages.
VINTAGES, VINTAGE_PAGE = 2000, 10_000
#: The real-time period that contains every vintage.
FIRST, LAST = "1776-07-04", "9999-12-31"


def values(client: Client, series: str, *, start: date, end: date) -> Iterator[IndexValue]:
    """Every vintage of every observation; of a date, the oldest first. Missing ones are left out.

    published_at is the end of the vintage's day: FRED does not say at what time it appeared.
    """
    last: dict[date, Decimal] = {}
    periods = _periods(_vintages(client, series))
    for period in periods:
        for one in _observations(client, series, start, end, period):
            # What was published in an earlier period is told again in the next, as if published on its first day.
            if last.get(one.date) == one.value:
                continue
            last[one.date] = one.value
            yield one


def _vintages(client: Client, series: str) -> list[str]:
    """The days on which something of the series was published, the earliest first."""
    days: list[str] = []
    total = 1
    while len(days) < total:
        params = {
            "series_id": series,
            "file_type": "json",
            "realtime_start": FIRST,
            "realtime_end": LAST,
            "sort_order": "asc",
            "limit": VINTAGE_PAGE,
            "offset": len(days),
        }
        answer = client.get("/fred/series/vintagedates", params=params)
        body = answer.json()
        found = body.get("vintage_dates") if isinstance(body, dict) else None
        if not isinstance(found, list) or not all(isinstance(day, str) for day in found):
            raise answer.bad("it has no vintage_dates")
        if not found:
            break
        days += found
        total = body["count"] if isinstance(body.get("count"), int) else len(days)
    return days


def _periods(vintages: list[str]) -> list[tuple[str, str]]:
    """Real-time periods of at most VINTAGES vintages, which together hold them all."""
    begins = [FIRST, *vintages[VINTAGES::VINTAGES]]
    ends = [*vintages[VINTAGES - 1 : len(vintages) - 1 : VINTAGES], LAST]
    return list(zip(begins, ends, strict=True))


def _observations(client: Client, series: str, start: date, end: date, period: tuple[str, str]) -> Iterator[IndexValue]:
    offset, total = 0, 1
    while offset < total:
        params = {
            "series_id": series,
            "file_type": "json",
            "observation_start": start.isoformat(),
            "observation_end": end.isoformat(),
            "realtime_start": period[0],
            "realtime_end": period[1],
            "output_type": 1,
            "sort_order": "asc",
            "limit": PAGE,
            "offset": offset,
        }
        answer = client.get("/fred/series/observations", params=params)
        rows, total = _page(answer)
        yield from _values(answer, rows)
        if not rows:
            return
        offset += len(rows)


def _page(answer: Answer) -> tuple[list[dict[str, Any]], int]:
    body = answer.json()
    rows = body.get("observations") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise answer.bad("it has no observations")
    count = body.get("count")
    return [row for row in rows if isinstance(row, dict)], count if isinstance(count, int) else len(rows)


def _values(answer: Answer, rows: list[dict[str, Any]]) -> Iterator[IndexValue]:
    for row in rows:
        day, published = period_start(str(row.get("date"))), period_start(str(row.get("realtime_start")))
        if day is None or published is None:
            raise answer.bad("an observation has no date or no realtime_start")
        value = number(row.get("value"))
        if value is not None:
            at = datetime.combine(published, time(23, 59, 59), tzinfo=UTC)
            yield IndexValue(date=day, value=value, published_at=at)
