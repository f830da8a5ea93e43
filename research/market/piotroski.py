"""The nine tests of Piotroski (2000) on three fiscal years: pure, and no part of the composite.

Returns and turnover are by the assets that the year began with, leverage by the mean of both ends, as in the
original; whether shares were issued is seen from their count.
"""

from dataclasses import dataclass
from decimal import Decimal

from .factors import FiscalYear, Fundamentals, Known, combined


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """tests: by name, None where a number lacks. facts: all that they rest on."""

    tests: dict[str, bool | None]
    facts: tuple[str, ...] = ()

    @property
    def known(self) -> int:
        return sum(1 for one in self.tests.values() if one is not None)

    @property
    def passed(self) -> int:
        return sum(1 for one in self.tests.values() if one)


def piotroski(fundamentals: Fundamentals) -> Passed | None:
    """None without two fiscal years in a row."""
    now, before, start = fundamentals.latest, fundamentals.years_before(1), fundamentals.years_before(2)
    if now is None or before is None:
        return None
    began = start.assets if start else None
    returned, returned_before = _ratio(now.net_income, before.assets), _ratio(before.net_income, began)
    flow = _ratio(now.operating_cash_flow, before.assets)
    tests = {
        "return on assets is positive": _above(returned),
        "operating cash flow is positive": _above(now.operating_cash_flow),
        "return on assets rose": _more(returned, returned_before),
        "cash flow exceeds earnings": _more(flow, returned),
        "long-term debt fell against assets": _more(
            _leverage(before, began), _leverage(now, before.assets), equal=True
        ),
        "current ratio rose": _more(_current(now), _current(before)),
        "no shares were issued": _more(before.shares, now.shares, equal=True),
        "gross margin rose": _more(_ratio(now.gross_profit, now.revenue), _ratio(before.gross_profit, before.revenue)),
        "asset turnover rose": _more(_ratio(now.revenue, before.assets), _ratio(before.revenue, began)),
    }
    return Passed(tests=tests, facts=_facts(now, before))


def _facts(*years: FiscalYear) -> tuple[str, ...]:
    used = [
        number
        for year in years
        for number in (year.net_income, year.operating_cash_flow, year.assets, year.gross_profit, year.revenue)
        if number
    ]
    return combined(Decimal(), used).facts


def _ratio(one: Known | None, other: Known | None) -> Known | None:
    return combined(one.value / other.value, (one, other)) if one and other and other.value > 0 else None


def _current(year: FiscalYear) -> Known | None:
    return _ratio(year.current_assets, year.current_liabilities)


def _leverage(year: FiscalYear, began: Known | None) -> Known | None:
    if year.assets is None or began is None:
        return None
    debt = year.long_term_debt or (year.debt if year.debt and not year.debt.value else None)
    return _ratio(debt, Known(value=(year.assets.value + began.value) / 2))


def _above(number: Known | None) -> bool | None:
    return None if number is None else number.value > 0


def _more(one: Known | None, other: Known | None, *, equal: bool = False) -> bool | None:
    if one is None or other is None:
        return None
    return one.value >= other.value if equal else one.value > other.value
