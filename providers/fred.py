"""FRED of the Federal Reserve Bank of St. Louis: economic series with every vintage.

Source: api.stlouisfed.org/fred/series/observations, with a key. A dot stands for a missing value. Each
observation says from which day on it was published with that value. Some series are copyrighted.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from .http import Answer, Client
from .index_values import IndexValue, number, period_start

NAME = "fred"
PAGE = 100_000
#: The real-time period that contains every vintage.
FIRST, LAST = "1776-07-04", "9999-12-31"


def values(client: Client, series: str, *, start: date, end: date) -> Iterator[IndexValue]:
    """Every vintage of every observation, by date; of a date, the oldest first. Missing ones are left out.

    published_at is the end of the vintage's day: FRED does not say at what time it appeared.
    """
    offset, total = 0, 1
    while offset < total:
        params = {
            "series_id": series,
            "file_type": "json",
            "observation_start": start.isoformat(),
            "observation_end": end.isoformat(),
            "realtime_start": FIRST,
            "realtime_end": LAST,
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
