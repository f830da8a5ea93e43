"""Five numbers that tell shares apart, and what is left to say of a balance sheet: pure arithmetic.

A number that is not known is None, never zero; a factor that lacks one says which. Every factor names what
it was computed from. Shares of one, not per cent: 0.08 is 8 %.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

#: Taxes on operating profit where the effective rate is not known or means nothing: the federal rate of the US.
STATUTORY_TAX_RATE = Decimal("0.21")
#: Beyond it an effective rate tells of a special year, not of the business.
HIGHEST_TAX_RATE = Decimal("0.50")
GROWTH_YEARS = 3
#: Altman Z″, for companies of any industry. The variant for emerging markets adds 3.25; it is not used.
SAFE_ABOVE, DISTRESS_BELOW = Decimal("2.6"), Decimal("1.1")
#: Ends of fiscal years differ by some days from year to year.
YEAR_SHIFT_DAYS = 20
_PLACES = Decimal("0.000001")
#: Enough for the product of the largest price and the largest count of shares that can be stored.
_DIGITS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A number and the keys of the stored rows it came from, such as figure:17 or price:4."""

    value: Decimal
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """value: rounded to six places; None where it is not known, and `missing` says why."""

    value: Decimal | None
    facts: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalYear:
    """What one fiscal year ended with. Amounts in one currency; flows are those of the whole year."""

    end: date
    revenue: Known | None = None
    gross_profit: Known | None = None
    ebit: Known | None = None
    pretax_income: Known | None = None
    income_tax: Known | None = None
    net_income: Known | None = None
    operating_cash_flow: Known | None = None
    assets: Known | None = None
    current_assets: Known | None = None
    current_liabilities: Known | None = None
    liabilities: Known | None = None
    equity: Known | None = None
    retained_earnings: Known | None = None
    debt: Known | None = None
    long_term_debt: Known | None = None
    cash: Known | None = None
    #: Shares of others in subsidiaries, and preferred shares; None counts as none.
    other_claims: Known | None = None
    shares: Known | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fundamentals:
    """years: newest first. shares: the newest count. Prices: of the newest day, a month and a year before it."""

    years: tuple[FiscalYear, ...] = ()
    shares: Known | None = None
    price: Known | None = None
    price_month_ago: Known | None = None
    price_year_ago: Known | None = None

    @property
    def latest(self) -> FiscalYear | None:
        return self.years[0] if self.years else None

    def years_before(self, number: int) -> FiscalYear | None:
        """The fiscal year that ended this many years before the latest."""
        if not self.years:
            return None
        wanted = number * 365.25
        near = [year for year in self.years if abs((self.years[0].end - year.end).days - wanted) <= YEAR_SHIFT_DAYS]
        return near[0] if near else None


class _Missing(Exception):
    """What a factor lacks, as a sentence without its full stop."""


def factors_of(fundamentals: Fundamentals) -> dict[str, Factor]:
    """The five factors of the composite, by name."""
    return {name: _result(compute, fundamentals) for name, compute in _FACTORS.items()}


def enterprise_value(fundamentals: Fundamentals) -> Factor:
    """What buying the whole company would cost: shares at today's price, its debt and other claims, less its cash."""
    return _result(_enterprise_value, fundamentals)


def market_value(fundamentals: Fundamentals) -> Factor:
    return _result(_market_value, fundamentals)


def z_double_prime(x1: Decimal, x2: Decimal, x3: Decimal, x4: Decimal) -> Decimal:
    """x1: working capital, x2: retained earnings, x3: EBIT, each by total assets; x4: book equity by liabilities."""
    return Decimal("6.56") * x1 + Decimal("3.26") * x2 + Decimal("6.72") * x3 + Decimal("1.05") * x4


def zone(z: Decimal) -> str:
    """safe, grey or distress."""
    if z > SAFE_ABOVE:
        return "safe"
    return "distress" if z < DISTRESS_BELOW else "grey"


def combined(total: Decimal, parts: Iterable[Known]) -> Known:
    """A number computed from others: it rests on all that they rest on, each once."""
    keys = dict.fromkeys(key for part in parts for key in part.facts)
    return Known(value=total, facts=tuple(keys))


def _value(f: Fundamentals) -> Known:
    year = _latest(f)
    ebit, cost = _need(year.ebit, "operating profit"), _enterprise_value(f)
    if cost.value <= 0:
        raise _Missing("the enterprise value is not positive, so a yield on it means nothing")
    return combined(ebit.value / cost.value, (ebit, cost))


def _quality(f: Fundamentals) -> Known:
    """Operating profit after tax by equity and debt less cash."""
    year = _latest(f)
    ebit, equity = _need(year.ebit, "operating profit"), _need(year.equity, "equity")
    debt, cash = _need(year.debt, "debt"), _need(year.cash, "cash")
    others = year.other_claims or Known(value=Decimal())
    capital = equity.value + others.value + debt.value - cash.value
    if capital <= 0:
        raise _Missing("the invested capital is not positive, so a return on it means nothing")
    rate = _tax_rate(year)
    return combined(ebit.value * (1 - rate.value) / capital, (ebit, rate, equity, others, debt, cash))


def _growth(f: Fundamentals) -> Known:
    """Mean yearly growth of revenue over three years."""
    now, then = _latest(f), f.years_before(GROWTH_YEARS)
    revenue = _need(now.revenue, "revenue")
    before = _need(then.revenue if then else None, "revenue of three years before")
    if revenue.value <= 0 or before.value <= 0:
        raise _Missing("revenue was not positive, so its growth means nothing")
    growth = (revenue.value / before.value) ** (Decimal(1) / GROWTH_YEARS) - 1
    return combined(growth, (revenue, before))


def _momentum(f: Fundamentals) -> Known:
    """Change of the price from a year ago to a month ago: the last month tends to turn around."""
    _need(f.price, "a recent price")
    then, now = _need(f.price_year_ago, "a price of a year ago"), _need(f.price_month_ago, "a price of a month ago")
    return combined(now.value / then.value - 1, (now, then))


def _safety(f: Fundamentals) -> Known:
    year = _latest(f)
    assets = _need(year.assets, "total assets")
    if assets.value <= 0:
        raise _Missing("total assets are not positive")
    current, due = _need(year.current_assets, "current assets"), _need(year.current_liabilities, "current liabilities")
    retained, ebit = _need(year.retained_earnings, "retained earnings"), _need(year.ebit, "operating profit")
    equity, liabilities = _need(year.equity, "equity"), _need(year.liabilities, "liabilities")
    if liabilities.value <= 0:
        raise _Missing("liabilities are not positive")
    z = z_double_prime(
        (current.value - due.value) / assets.value,
        retained.value / assets.value,
        ebit.value / assets.value,
        equity.value / liabilities.value,
    )
    return combined(z, (current, due, retained, ebit, equity, liabilities, assets))


def _market_value(f: Fundamentals) -> Known:
    price, shares = _need(f.price, "a recent price"), _need(f.shares, "the share count")
    return combined(price.value * shares.value, (price, shares))


def _enterprise_value(f: Fundamentals) -> Known:
    year, market = _latest(f), _market_value(f)
    debt, cash = _need(year.debt, "debt"), _need(year.cash, "cash")
    others = year.other_claims or Known(value=Decimal())
    return combined(market.value + debt.value + others.value - cash.value, (market, debt, others, cash))


def _tax_rate(year: FiscalYear) -> Known:
    """The year's effective rate where it tells of an ordinary year, else the statutory one, which rests on no fact."""
    pretax, tax = year.pretax_income, year.income_tax
    if pretax and tax and pretax.value > 0 and 0 <= tax.value / pretax.value <= HIGHEST_TAX_RATE:
        return combined(tax.value / pretax.value, (tax, pretax))
    return Known(value=STATUTORY_TAX_RATE)


_FACTORS: dict[str, Callable[[Fundamentals], Known]] = {
    "value": _value,
    "quality": _quality,
    "growth": _growth,
    "momentum": _momentum,
    "safety": _safety,
}


def _result(compute: Callable[[Fundamentals], Known], fundamentals: Fundamentals) -> Factor:
    with localcontext(prec=_DIGITS):
        try:
            found = compute(fundamentals)
        except _Missing as missing:
            return Factor(value=None, missing=str(missing))
        return Factor(value=found.value.quantize(_PLACES), facts=found.facts)


def _latest(f: Fundamentals) -> FiscalYear:
    if f.latest is None:
        raise _Missing("no fiscal year is known")
    return f.latest


def _need(number: Known | None, what: str) -> Known:
    if number is None:
        raise _Missing(f"{what} is not known" if not what.endswith("s") else f"{what} are not known")
    return number
