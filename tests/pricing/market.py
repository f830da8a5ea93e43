"""Observations in memory, for the pure core."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pricing.calculation import Observation, parse_terms
from pricing.calculation.terms import DifferenceTerms, IndexTerms


class Market:
    """A Lookup over what `add` was told."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []

    def add(self, series: str, day: str, value: str, version: str = "final") -> "Market":
        number = len(self.observations) + 1
        self.observations.append(Observation(number, series, date.fromisoformat(day), version, 1, Decimal(value)))
        return self

    def knows(self, code: str) -> bool:
        return any(one.series == code for one in self.observations)

    def between(self, code: str, start: date, end: date, versions: tuple[str, ...]) -> Sequence[Observation]:
        return [one for one in self._of(code, versions) if start <= one.date <= end]

    def latest(self, code: str, until: date, count: int, versions: tuple[str, ...]) -> Sequence[Observation]:
        there = [one for one in self._of(code, versions) if one.date <= until]
        days = sorted({one.date for one in there})[-count:]
        return [one for one in there if one.date in days]

    def last_date(self, code: str, versions: tuple[str, ...]) -> date | None:
        return max((one.date for one in self._of(code, versions)), default=None)

    def _of(self, code: str, versions: tuple[str, ...]) -> list[Observation]:
        return [one for one in self.observations if one.series == code and one.version in versions]


def golden_market(*, ppi: str = "262.5", ppi_version: str = "preliminary") -> Market:
    market = Market()
    for day, value in (("2026-03-02", "76.10"), ("2026-03-03", "78.45"), ("2026-03-04", "80.25")):
        market.add("WTI", day, value)
    market.add("PPI", "2025-01-01", "250.0").add("ECI", "2025-01-01", "160.0")
    market.add("PPI", "2026-03-01", ppi, ppi_version).add("ECI", "2026-03-01", "164.8")
    return market


def golden_json(**changes: Any) -> dict[str, Any]:
    """The contract of the golden numbers: fixed 0.15, WTI 0.45, PPI 0.25, ECI 0.15."""
    return {
        "family": "index",
        "currency": "USD",
        "fixed": "0.15",
        "components": [
            {
                "name": "WTI",
                "series": "WTI",
                "weight": "0.45",
                "base": {"value": "72.50"},
                "current": {"window": {"unit": "observation", "count": 3}},
            },
            {
                "name": "PPI",
                "series": "PPI",
                "weight": "0.25",
                "base": {"on": "2025-01-01"},
                "current": {"window": {"unit": "month"}},
                "frequency": "monthly",
            },
            {
                "name": "ECI",
                "series": "ECI",
                "weight": "0.15",
                "base": {"on": "2025-01-01"},
                "current": {"window": {"unit": "month"}},
                "frequency": "monthly",
            },
        ],
        **changes,
    }


def golden_terms(**changes: Any) -> IndexTerms | DifferenceTerms:
    return parse_terms(golden_json(**changes))
