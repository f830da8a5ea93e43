"""US Bureau of Labor Statistics: producer and consumer prices, employment costs.

Source: api.bls.gov/publicAPI/v2/timeseries/data, or v1 without a key. Whether a request succeeded says the
`status` inside an answer of status 200. Footnote P marks preliminary values, R revised ones; producer prices
are revised four months after their publication.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from .errors import Rejected
from .http import Answer, Client
from .index_values import FINAL, PRELIMINARY, REVISED, IndexValue, number

NAME = "bls"
#: Years of one request, with a key and without.
YEARS_WITH_KEY, YEARS_WITHOUT = 20, 10
#: Words of a message that says the day's requests are used up.
_USED_UP = ("threshold", "daily")
#: The day begins anew at midnight in Washington; an hour is a fair time to look again.
USED_UP_SECONDS = 3600.0
_FIRST_MONTHS = {"M": range(1, 13), "Q": range(1, 11, 3), "S": range(1, 8, 6), "A": range(1, 2)}


def values(client: Client, series: str, *, start: date, end: date) -> Iterator[IndexValue]:
    """The values of the years from start to end. Annual averages (M13) and missing values are left out.

    Raises RateLimited where the day's requests are used up, Rejected for any other failure it reports.
    """
    years = YEARS_WITH_KEY if client.key else YEARS_WITHOUT
    for first in range(start.year, end.year + 1, years):
        last = min(first + years - 1, end.year)
        found = (one for one in _ask(client, series, first, last) if start <= one.date <= end)
        yield from sorted(found, key=lambda one: one.date)


def _ask(client: Client, series: str, first: int, last: int) -> Iterator[IndexValue]:
    body = {"seriesid": [series], "startyear": str(first), "endyear": str(last)}
    if client.key:
        body["registrationkey"] = client.key
    answer = client.post(f"/publicAPI/v{2 if client.key else 1}/timeseries/data/", json=body)
    content = answer.json()
    _check(client, answer, content)
    try:
        rows = content["Results"]["series"][0]["data"]
        yield from filter(None, [_value(row) for row in rows])
    except (KeyError, IndexError, TypeError, ValueError):
        raise answer.bad("Results.series.data is not as documented") from None


def _check(client: Client, answer: Answer, content: Any) -> None:
    if not isinstance(content, dict) or "status" not in content:
        raise answer.bad("it has no status")
    if content["status"] == "REQUEST_SUCCEEDED":
        return
    said = "; ".join(str(one) for one in content.get("message") or []) or str(content["status"])
    if any(word in said.lower() for word in _USED_UP):
        raise client.throttled(USED_UP_SECONDS, f"{answer.label}: {said[:300]}")
    raise Rejected(f"{answer.label} refuses the request: {said[:300]}", provider=NAME, status=answer.status)


def _value(row: dict[str, Any]) -> IndexValue | None:
    value = number(row["value"])
    kind, place = row["period"][0], int(row["period"][1:])
    months = _FIRST_MONTHS.get(kind)
    if value is None or months is None or not 1 <= place <= len(months):
        return None
    codes = {str(note.get("code")) for note in row.get("footnotes") or [] if isinstance(note, dict)}
    version = PRELIMINARY if "P" in codes else REVISED if "R" in codes else FINAL
    return IndexValue(date=date(int(row["year"]), months[place - 1], 1), value=value, version=version)
