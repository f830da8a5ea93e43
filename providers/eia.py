"""US Energy Information Administration, API v2: prices and volumes of energy.

Source: api.eia.gov/v2/ROUTE/data, with a key. Values come as texts, as null or as NA, at most 5,000 in an
answer. The agency restates values without saying so: what changes is a revision of the same version.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from .errors import Rejected
from .http import Answer, Client
from .index_values import IndexValue, number, period_start

NAME = "eia"
PAGE = 5000
FREQUENCIES = ("daily", "weekly", "monthly", "quarterly", "annual")


def values(client: Client, route: str, series: str, *, frequency: str, start: date, end: date) -> Iterator[IndexValue]:
    """The values of one series by date, missing ones left out.

    route: such as petroleum/pri/spt; series: such as RWTC; frequency: one of FREQUENCIES.
    Raises Rejected for another frequency, BadPayload for an answer without data.
    """
    if frequency not in FREQUENCIES:
        raise Rejected(f"frequency must be one of {', '.join(FREQUENCIES)}", provider=NAME)
    offset, total = 0, 1
    while offset < total:
        answer = client.get(f"/v2/{route.strip('/')}/data/", params=_params(series, frequency, start, end, offset))
        rows, total = _page(answer)
        yield from _values(answer, rows)
        if not rows:
            return
        offset += len(rows)


def _params(series: str, frequency: str, start: date, end: date, offset: int) -> list[tuple[str, Any]]:
    return [
        ("frequency", frequency),
        ("data[0]", "value"),
        ("facets[series][]", series),
        ("start", _period(start, frequency)),
        ("end", _period(end, frequency)),
        ("sort[0][column]", "period"),
        ("sort[0][direction]", "asc"),
        ("offset", offset),
        ("length", PAGE),
    ]


def _period(day: date, frequency: str) -> str:
    if frequency == "quarterly":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"annual": 4, "monthly": 7}.get(frequency, 10)]


def _page(answer: Answer) -> tuple[list[dict[str, Any]], int]:
    body = answer.json()
    response = body.get("response") if isinstance(body, dict) else None
    rows = response.get("data") if isinstance(response, dict) else None
    if not isinstance(rows, list):
        raise answer.bad("it has no response.data")
    total = number(response.get("total"))  # type: ignore[union-attr]
    return [row for row in rows if isinstance(row, dict)], int(total or 0)


def _values(answer: Answer, rows: list[dict[str, Any]]) -> Iterator[IndexValue]:
    for row in rows:
        day = period_start(str(row.get("period")))
        if day is None:
            raise answer.bad(f"{row.get('period')!r} is no period")
        value = number(row.get("value"))
        if value is not None:
            yield IndexValue(date=day, value=value)
