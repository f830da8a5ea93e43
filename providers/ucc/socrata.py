"""Open-data tables of states on Socrata, read page by page.

Documented at dev.socrata.com: `$order` makes paging stable, 202 means that the answer is being made, 429 that too
much was asked. Seen in practice: JSON leaves out what is empty, and a page may be followed by another one whatever it
holds, so only a page shorter than asked for is the last.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import RateLimited, Transient
from ..http import Answer, Client
from .reading import Reading

#: Rows a page; the interface allows 50,000, which would hold a hundred megabytes of JSON at once.
PAGE_ROWS = 2000
#: Seconds between questions for an answer that is still being made.
_UNFINISHED_WAITS = (1.0, 2.0, 4.0, 8.0)
#: A pause of up to so many seconds is waited for in place; a longer one ends the job, which then runs again later.
LONGEST_PAUSE_SECONDS = 30.0
_MOST_PAUSES = 5

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table. order: columns that put its rows into one order for good. page_rows: 0 for PAGE_ROWS."""

    client: Client
    id: str
    order: str
    page_rows: int = 0

    @property
    def shown(self) -> str:
        return f"{self.client.source.name}/{self.id}"

    def pages(self, reading: Reading, *, where: str = "") -> Iterator[tuple[int, list[Row]]]:
        """Each page with the number of rows before it. Raises ProviderError."""
        offset, size = 0, self.page_rows or PAGE_ROWS
        while True:
            page = self._page(offset, size, where, reading)
            yield offset, page
            if len(page) < size:
                return
            offset += len(page)

    def rows(self, reading: Reading, *, where: str = "") -> Iterator[tuple[int, Row]]:
        """Each row with its number, counted from 1."""
        for offset, page in self.pages(reading, where=where):
            yield from enumerate(page, start=offset + 1)

    def count(self, reading: Reading, *, where: str = "") -> int:
        """How many rows there are now; 0 where the answer does not say."""
        answer = self._get({"$select": "count(*) AS rows", **({"$where": where} if where else {})}, reading)
        found = answer.json()
        try:
            return int(found[0]["rows"])
        except (LookupError, TypeError, ValueError):
            return 0

    def _page(self, offset: int, size: int, where: str, reading: Reading) -> list[Row]:
        parameters = {"$order": self.order, "$limit": str(size), "$offset": str(offset)}
        answer = self._get({**parameters, **({"$where": where} if where else {})}, reading)
        page = answer.json()
        if not isinstance(page, list) or not all(isinstance(row, dict) for row in page):
            raise answer.bad("it is no list of rows")
        return page

    def _get(self, parameters: Mapping[str, str], reading: Reading) -> Answer:
        for seconds in (*_UNFINISHED_WAITS, None):
            answer = self._patiently(parameters, reading)
            if answer.status != 202:
                return answer
            if seconds is not None:
                reading.wait(seconds)
        raise Transient(
            f"{self.client.source.label} is still preparing its answer after {sum(_UNFINISHED_WAITS):g} seconds.",
            provider=self.client.source.name,
        )

    def _patiently(self, parameters: Mapping[str, str], reading: Reading) -> Answer:
        for pauses_left in reversed(range(_MOST_PAUSES)):
            try:
                return self.client.get(f"/resource/{self.id}.json", params=parameters)
            except RateLimited as error:
                seconds = error.retry_after
                if not pauses_left or seconds is None or seconds > LONGEST_PAUSE_SECONDS:
                    raise
                reading.wait(seconds)
        raise AssertionError("unreachable")


def between(column: str, start: date | None, end: date | None) -> str:
    """The condition that a column of times lies on these days; empty for no bound."""
    bounds = [f"{column} >= '{start}T00:00:00'"] if start else []
    bounds += [f"{column} <= '{end}T23:59:59.999'"] if end else []
    return " AND ".join(bounds)


def quoted(value: str) -> str:
    """A text inside a condition."""
    return "'" + value.replace("'", "''") + "'"
