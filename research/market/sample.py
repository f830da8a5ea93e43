"""The bundled sample grown from its seeds: eight fiscal years and 65 weeks of prices for each share.

Everything is computed from digests of names, so it is the same everywhere and at any time. The balance
sheets add up: equity grows by what is earned and not paid out, and debt pays interest.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from . import sample_shares as seeds
from .importing.rows import FigureRow, PriceRow, SecurityRow
from .sample_shares import GROUPS, Group, symbol_of

YEARS = range(2018, 2026)
LAST_FRIDAY = date(2026, 10, 30)
WEEKS = 66
#: Of prices of a share that is new.
NEW_WEEKS = 22
_MILLION = 1_000_000
#: Amounts are in thousands, as filings state them.
_STEP = Decimal(1000)
_PAID_OUT = Decimal("0.35")
_INTEREST_RATE, _TAX_RATE = Decimal("0.055"), Decimal("0.22")


@dataclass(frozen=True, kw_only=True)
class Share:
    symbol: str
    name: str
    group: Group


@dataclass(frozen=True, kw_only=True)
class _Year:
    """Amounts of one fiscal year, in currency."""

    year: int
    revenue: Decimal
    gross: Decimal
    ebit: Decimal
    interest: Decimal
    pretax: Decimal
    tax: Decimal
    net: Decimal
    operating_cash: Decimal
    assets: Decimal
    current_assets: Decimal
    current_liabilities: Decimal
    retained: Decimal
    equity: Decimal
    debt: Decimal
    cash: Decimal
    shares: int

    @property
    def liabilities(self) -> Decimal:
        return self.assets - self.equity


def shares() -> list[Share]:
    return [
        Share(symbol=symbol_of(name.strip()), name=name.strip(), group=group)
        for group in GROUPS
        for name in group.companies.split(",")
    ]


def security_rows() -> Iterator[SecurityRow]:
    for line, one in enumerate(shares(), 1):
        group = one.group
        yield SecurityRow(line, one.symbol, one.name, "", group.sic, group.sector, group.name, "USD")


def figure_rows() -> Iterator[FigureRow]:
    line = 0
    for share in shares():
        for figure in _figures(share, _years(share)):
            line += 1
            yield figure._replace(line=line)


def price_rows() -> Iterator[PriceRow]:
    line = 0
    for share in shares():
        for day, close in _prices(share, _years(share)[-1]):
            line += 1
            volume = 20_000 + 1000 * int(_drawn(share.symbol, f"volume{day}", 0, 400))
            yield PriceRow(line, share.symbol, day, close, volume)


def _years(share: Share) -> list[_Year]:
    """Oldest first; each rests on the one before."""
    found: list[_Year] = []
    for number, year in enumerate(YEARS):
        found.append(_next(share, year, number, found[-1] if found else None))
    return found[-2:] if share.symbol in seeds.NEW_LISTINGS else found


def _next(share: Share, year: int, number: int, before: _Year | None) -> _Year:
    symbol, group = share.symbol, share.group
    troubled = symbol in seeds.DISTRESSED
    revenue = _revenue(share, year, before)
    margin = _of_range(symbol, "margin", group.margin) + _drawn(symbol, f"margin{year}", -2, 2)
    margin = margin - 2 * number - 4 if troubled else margin
    ebit = _rounded(revenue * margin / 100)
    debt = _rounded(revenue * (_of_range(symbol, "debt", group.debt) + (12 * number if troubled else 0)) / 100)
    if debt < revenue / 50:
        debt = Decimal()
    interest = _rounded(debt * _INTEREST_RATE)
    pretax = ebit - interest
    tax = _rounded(max(pretax, Decimal()) * _TAX_RATE)
    net = pretax - tax
    kept = net - _rounded(max(net, Decimal()) * _PAID_OUT)
    owed = _rounded(revenue * _drawn(symbol, "owed", 14, 20) / 100)
    cash = _rounded(revenue * (_drawn(symbol, f"cash{year}", 5, 16) if not troubled else 3) / 100)
    current = cash + _rounded(revenue * _drawn(symbol, f"working{year}", 19, 26) / 100)
    retained, equity, count = _equity(share, revenue, debt + owed, kept, current, before)
    return _Year(
        year=year,
        revenue=revenue,
        gross=_rounded(revenue * (max(margin, Decimal(2)) + _drawn(symbol, "gross", 12, 30)) / 100),
        ebit=ebit,
        interest=interest,
        pretax=pretax,
        tax=tax,
        net=net,
        operating_cash=net + _rounded(revenue * _drawn(symbol, f"flow{year}", 2, 7) / 100),
        assets=equity + debt + owed,
        current_assets=current,
        current_liabilities=owed + _rounded(debt / 10),
        retained=retained,
        equity=equity,
        debt=debt,
        cash=cash,
        shares=count,
    )


def _revenue(share: Share, year: int, before: _Year | None) -> Decimal:
    if before is None:
        return _rounded(_of_range(share.symbol, "revenue", share.group.revenue) * _MILLION)
    growth = _of_range(share.symbol, "growth", share.group.growth) + _drawn(share.symbol, f"growth{year}", -4, 4)
    growth = growth - 9 if share.symbol in seeds.DISTRESSED else growth
    return _rounded(before.revenue * (100 + growth) / 100)


def _equity(
    share: Share, revenue: Decimal, owed: Decimal, kept: Decimal, current: Decimal, before: _Year | None
) -> tuple[Decimal, Decimal, int]:
    """(retained earnings, equity, count of shares). Who has too few assets for its business issues shares."""
    if before is None:
        equity = _rounded(revenue * _of_range(share.symbol, "assets", share.group.assets) / 100) - owed
        equity = max(equity, _rounded(revenue * 12 / 100))
        retained = _rounded(equity * _drawn(share.symbol, "retained", 10, 70) / 100)
        return retained, equity, int(revenue / _MILLION * _drawn(share.symbol, "shares", 60, 400)) * 1000
    retained, equity, count = before.retained + kept, before.equity + kept, before.shares
    lacking = current + _rounded(revenue * 22 / 100) - equity - owed
    if lacking > 0:
        equity, count = equity + lacking, count + count // 25
    return retained, equity, count


def _figures(share: Share, years: list[_Year]) -> Iterator[FigureRow]:
    """Each year in its own filing; the newest filing of some shares tells the year before anew."""
    for year in years:
        yield from _filing(share, year, filed_for=year.year)
    if share.symbol in seeds.RESTATED:
        last = years[-2]
        start, end = _span(share, last.year)
        revenue = _rounded(last.revenue * Decimal("0.985"))
        yield _figure(share, _revenue_tag(last.year), start, end, revenue, filed_for=years[-1].year)


def _filing(share: Share, year: _Year, *, filed_for: int) -> Iterator[FigureRow]:
    start, end = _span(share, year.year)
    for tag, value in _flows(year).items():
        yield _figure(share, tag, start, end, value, filed_for=filed_for)
    for tag, value in _moments(share, year).items():
        yield _figure(share, tag, None, end, value, filed_for=filed_for)
    for tag, day in (("CommonStockSharesOutstanding", end), ("EntityCommonStockSharesOutstanding", _filed(end))):
        row = _figure(share, tag, None, day, Decimal(year.shares), filed_for=filed_for)
        yield row._replace(unit="shares")


def _flows(year: _Year) -> dict[str, Decimal]:
    return {
        _revenue_tag(year.year): year.revenue,
        "GrossProfit": year.gross,
        "OperatingIncomeLoss": year.ebit,
        "InterestExpense": year.interest,
        _PRETAX: year.pretax,
        "IncomeTaxExpenseBenefit": year.tax,
        "NetIncomeLoss": year.net,
        "NetCashProvidedByUsedInOperatingActivities": year.operating_cash,
    }


_PRETAX = "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest"


def _moments(share: Share, year: _Year) -> dict[str, Decimal]:
    told = {
        "Assets": year.assets,
        "Liabilities": year.liabilities,
        "StockholdersEquity": year.equity,
        "RetainedEarningsAccumulatedDeficit": year.retained,
        "CashAndCashEquivalentsAtCarryingValue": year.cash,
    }
    if share.symbol not in seeds.UNCLASSIFIED:
        told |= {"AssetsCurrent": year.current_assets, "LiabilitiesCurrent": year.current_liabilities}
    if share.symbol not in seeds.UNTAGGED_DEBT and year.debt:
        due = _rounded(year.debt / 10)
        told |= {"LongTermDebtNoncurrent": year.debt - due, "LongTermDebtCurrent": due}
    return told


def _revenue_tag(year: int) -> str:
    """The tag changed when the rules for revenue did."""
    return "SalesRevenueNet" if year < 2019 else "RevenueFromContractWithCustomerExcludingAssessedTax"


def _figure(share: Share, tag: str, start: date | None, end: date, value: Decimal, *, filed_for: int) -> FigureRow:
    filed = _filed(_span(share, filed_for)[1])
    accession = f"sample-{share.symbol}-{filed_for}"
    return FigureRow(0, share.symbol, tag, "USD", start, end, value, "10-K", filed, accession)


def _span(share: Share, year: int) -> tuple[date, date]:
    if share.symbol in seeds.JUNE_YEARS:
        return date(year, 7, 1), date(year + 1, 6, 30)
    return date(year, 1, 1), date(year, 12, 31)


def _filed(end: date) -> date:
    return end + timedelta(days=52)


def _prices(share: Share, last: _Year) -> Iterator[tuple[date, Decimal]]:
    """Weekly, oldest first: a straight way to the newest price, and weeks that stray from it."""
    weeks = NEW_WEEKS if share.symbol in seeds.NEW_LISTINGS else WEEKS
    worth = last.revenue * _of_range(share.symbol, "worth", share.group.worth) / 100 - last.debt + last.cash
    newest = max(worth / last.shares, Decimal("0.80"))
    drift = _drawn(share.symbol, "drift", -25, 45) - (60 if share.symbol in seeds.DISTRESSED else 0)
    for back in range(weeks - 1, -1, -1):
        day = LAST_FRIDAY - timedelta(weeks=back)
        level = newest / (1 + drift / 100 * back / WEEKS)
        stray = _drawn(share.symbol, f"week{back}", -3, 3) if back else Decimal()
        yield day, (level * (100 + stray) / 100).quantize(Decimal("0.01"))


def _of_range(symbol: str, what: str, span: tuple[int, int]) -> Decimal:
    return _drawn(symbol, what, *span)


def _drawn(symbol: str, what: str, least: int, most: int) -> Decimal:
    """A number between, in thousandths of the span, always the same for the same names."""
    digest = hashlib.blake2b(f"{symbol}:{what}".encode(), digest_size=4).digest()
    return least + (most - least) * Decimal(int.from_bytes(digest) % 1001) / 1000


def _rounded(amount: Decimal) -> Decimal:
    return (amount / _STEP).quantize(Decimal(1)) * _STEP
