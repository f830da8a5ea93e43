"""Published values, and which of their versions counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from .numbers import text

PRELIMINARY = "preliminary"
#: What restates beats what was final, and that beats what was known first.
FINAL_ELSE_PRELIMINARY = ("revised", "final", PRELIMINARY)


class Frequency(StrEnum):
    """How often a series is published; it says on which days a value is expected."""

    DAILY = "daily"
    CALENDAR_DAILY = "calendar-daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"


@dataclass(frozen=True, slots=True)
class Observation:
    """One published value. revision: from 1, grows when the same version is published with another value."""

    id: int
    series: str
    date: date
    version: str
    revision: int
    value: Decimal

    def reference(self) -> dict[str, Any]:
        return {
            "series": self.series,
            "date": self.date.isoformat(),
            "version": self.version,
            "revision": self.revision,
            "observation": self.id,
            "value": text(self.value),
        }


class Lookup(Protocol):
    """What was known at one moment. Every method answers from the same state of knowledge.

    versions: the tags that count; observations with other tags are as if they did not exist.
    """

    def knows(self, code: str) -> bool:
        """Whether there is such a series at all."""

    def between(self, code: str, start: date, end: date, versions: tuple[str, ...]) -> Sequence[Observation]:
        """All versions of all dates from start to end, both included; of each the newest revision."""

    def latest(self, code: str, until: date, count: int, versions: tuple[str, ...]) -> Sequence[Observation]:
        """The same for the last `count` dates that have a value, until `until` included."""

    def last_date(self, code: str, versions: tuple[str, ...]) -> date | None:
        """The last date that has a value."""


def chosen(observations: Iterable[Observation], versions: tuple[str, ...]) -> list[Observation]:
    """One observation for each date, by date: that of the first tag in `versions` which the date has."""
    rank = {tag: place for place, tag in enumerate(versions)}
    best: dict[date, Observation] = {}
    for one in observations:
        if one.version in rank and (one.date not in best or rank[one.version] < rank[best[one.date].version]):
            best[one.date] = one
    return [best[day] for day in sorted(best)]
