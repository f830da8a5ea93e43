"""What an organisation knew at one moment: the Lookup of the calculation, over the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from .calculation import Observation
from .calculation.numbers import plain
from .ingestion.storing_sql import LOCK_SHARED
from .models import Series

_KNOWN = """
FROM pricing_observation
WHERE series_id = %(series)s AND version_tag = ANY(%(versions)s) AND id <= %(known)s AND published_at <= %(as_of)s
"""
_BETWEEN = f"""
SELECT DISTINCT ON (as_of_date, version_tag) id, as_of_date, version_tag, revision, value {_KNOWN}
    AND as_of_date BETWEEN %(start)s AND %(end)s
ORDER BY as_of_date, version_tag, revision DESC
"""
_LAST_DATES = f"""
SELECT as_of_date {_KNOWN} AND as_of_date <= %(until)s GROUP BY as_of_date ORDER BY as_of_date DESC LIMIT %(count)s
"""
_LAST_DATE = f"SELECT max(as_of_date) {_KNOWN}"
#: Sequences are read, not counted: an id that was taken by somebody who is not done belongs to others.
_NOW = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END, clock_timestamp() FROM pricing_observation_id_seq"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """known_id: observations with greater ids were not known. as_of: later publications do not count."""

    known_id: int
    as_of: datetime


def present_moment(tenant_id: str) -> Moment:
    """All that is stored now, and nothing half stored. Call it outside a transaction: it waits for writers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK_SHARED, [tenant_id])
        cursor.execute(_NOW)
        known_id, now = cursor.fetchone()
    return Moment(known_id=known_id, as_of=now)


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """Answers the same for ever: rows are never changed, and later ones have greater ids."""

    tenant_id: str
    moment: Moment
    _memory: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def knows(self, code: str) -> bool:
        return self._series(code) is not None

    def between(self, code: str, start: date, end: date, versions: tuple[str, ...]) -> Sequence[Observation]:
        key = ("between", code, start, end, versions)
        if key not in self._memory:
            rows = self._rows(_BETWEEN, code, versions, start=start, end=end)
            self._memory[key] = [
                Observation(number, code, day, tag, revision, plain(value))
                for number, day, tag, revision, value in rows
            ]
        found: list[Observation] = self._memory[key]
        return found

    def latest(self, code: str, until: date, count: int, versions: tuple[str, ...]) -> Sequence[Observation]:
        key = ("latest", code, until, count, versions)
        if key not in self._memory:
            self._memory[key] = [day for (day,) in self._rows(_LAST_DATES, code, versions, until=until, count=count)]
        days: list[date] = self._memory[key]
        return self.between(code, days[-1], days[0], versions) if days else []

    def last_date(self, code: str, versions: tuple[str, ...]) -> date | None:
        key = ("last", code, versions)
        if key not in self._memory:
            self._memory[key] = self._rows(_LAST_DATE, code, versions)[0][0]
        last: date | None = self._memory[key]
        return last

    def _series(self, code: str) -> int | None:
        if ("series", code) not in self._memory:
            found = Series.objects.filter(tenant_id=self.tenant_id, code=code).values_list("pk", flat=True).first()
            self._memory["series", code] = found
        series: int | None = self._memory["series", code]
        return series

    def _rows(self, statement: str, code: str, versions: tuple[str, ...], **more: Any) -> list[Any]:
        parameters = {
            "series": self._series(code),
            "versions": list(versions),
            "known": self.moment.known_id,
            "as_of": self.moment.as_of,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters | more)
            rows: list[Any] = cursor.fetchall()
        return rows
