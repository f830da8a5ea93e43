"""From stored figures and prices to a ranking: set-based, two statements however many shares."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from providers.errors import ProviderError
from providers.sec_facts import YEAR_DAYS

from ..models import Security
from . import reading_sql as sql
from .composite import MOST_RANKED, Candidate, Excluded, Ranking, rank
from .concepts import COVER_SHARES, FLOWS, SHARE_TAGS, TAGS, year_of
from .factors import FiscalYear, Fundamentals, Known, factors_of
from .live import refresh_figures

#: A price stands for a day if it is at most this much older: holidays, and weekly files.
PRICE_TOLERANCE = timedelta(days=10)
#: Who has no price within this many days of the newest of its peers is no longer traded, or its file is old.
PRICE_STALE = timedelta(days=30)
#: Whose last fiscal year ended this long before the newest of its peers reports no longer.
YEAR_STALE = timedelta(days=550)
#: Classes of errors after which the ranking may be tried again.
_WAITING_HELPS = frozenset({"RATE_LIMIT", "NETWORK_ERROR"})
#: Two fiscal years that end closer than this overlap: the end was moved.
YEAR_APART = timedelta(days=340)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    id: int
    start: date | None
    end: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prices:
    on: date
    newest: Known
    month_ago: Known | None
    year_ago: Known | None


def rank_shares(
    *,
    tenant_id: str,
    symbols: Sequence[str],
    at_most: int = MOST_RANKED,
    as_of: date | None = None,
    check: Callable[[], None] = lambda: None,
) -> Ranking:
    """Rank these shares of an organisation as peers of each other.

    symbols: in any case; one that is not known is excluded with that reason. as_of: only prices and filings up to
    that day count. Where the SEC is a live source, figures that are due are fetched before, so call it outside
    transactions; check is called in between and raises where the job must stop. What could not be fetched is
    ranked from what is stored, or excluded with the reason. Raises the source's error only if nothing could be
    ranked and waiting helps.
    """
    wanted = list(dict.fromkeys(symbol.strip().upper() for symbol in symbols))
    failed = refresh_figures(tenant_id=tenant_id, symbols=wanted, check=check)
    ranking = _ranked(tenant_id, wanted, at_most, as_of, {symbol: _told(one) for symbol, one in failed.items()})
    worth_waiting = [one for one in failed.values() if one.error_class in _WAITING_HELPS]
    if not ranking.ranked and worth_waiting:
        raise worth_waiting[0]
    return ranking


def _told(error: ProviderError) -> str:
    return f"Its figures could not be fetched: {error}"


def _ranked(
    tenant_id: str, wanted: Sequence[str], at_most: int, as_of: date | None, problems: Mapping[str, str]
) -> Ranking:
    known = {one.symbol: one for one in Security.objects.filter(tenant_id=tenant_id, symbol__in=wanted)}
    told = fundamentals_of(known.values(), as_of=as_of)
    candidates = [_candidate(symbol, told[known[symbol].pk], problems) for symbol in wanted if symbol in known]
    ranking = rank(candidates, at_most=at_most)
    unknown = [
        Excluded(symbol=one, reason="This symbol is not among the securities.") for one in wanted if one not in known
    ]
    excluded = sorted([*ranking.excluded, *unknown], key=lambda one: one.symbol)
    return Ranking(ranked=ranking.ranked, excluded=tuple(excluded))


def fundamentals_of(
    securities: Iterable[Security], *, as_of: date | None = None, years: int = 4
) -> dict[int, Fundamentals]:
    """What is known of each share, by its primary key; of peers that are compared, all at once.

    years: fiscal years to look back to from the newest of all. Old prices and years count as unknown.
    """
    shares = {one.pk: one.currency for one in securities}
    newest = _newest_year(list(shares))
    figures = _figures(shares, since=_since(newest, years), as_of=as_of) if newest else {}
    prices = _prices(list(shares), as_of)
    last_day = max((one.on for one in prices.values()), default=None)
    return {
        pk: _fundamentals(figures.get(pk, {}), prices.get(pk), newest_year=newest, last_day=last_day) for pk in shares
    }


def _candidate(symbol: str, fundamentals: Fundamentals, problems: Mapping[str, str]) -> Candidate:
    latest = fundamentals.latest
    return Candidate(
        symbol=symbol,
        factors=factors_of(fundamentals),
        revenue=latest.revenue.value if latest and latest.revenue else None,
        problem=problems.get(symbol, ""),
    )


def _fundamentals(
    figures: Mapping[str, Sequence[_Figure]], prices: _Prices | None, *, newest_year: date | None, last_day: date | None
) -> Fundamentals:
    years = tuple(_years(figures))
    current = bool(years) and newest_year is not None and newest_year - years[0].end <= YEAR_STALE
    traded = prices if prices and last_day and last_day - prices.on <= PRICE_STALE else None
    return Fundamentals(
        years=years if current else (),
        shares=_share_count(figures, years),
        price=traded.newest if traded else None,
        price_month_ago=traded.month_ago if traded else None,
        price_year_ago=traded.year_ago if traded else None,
    )


def _years(figures: Mapping[str, Sequence[_Figure]]) -> Iterator[FiscalYear]:
    """Newest first. A year ends where a flow of a whole year ends."""
    by_end: dict[date, dict[str, Known]] = defaultdict(dict)
    for tag, rows in figures.items():
        for row in rows:
            by_end[row.end][tag] = Known(value=row.value, facts=(f"figure:{row.id}",))
    ends = sorted({row.end for tag in FLOWS for row in figures.get(tag, ()) if row.start}, reverse=True)
    after: date | None = None
    for end in ends:
        if after is None or after - end >= YEAR_APART:
            after = end
            yield year_of(end, by_end[end])


def _share_count(figures: Mapping[str, Sequence[_Figure]], years: Sequence[FiscalYear]) -> Known | None:
    covers = figures.get(COVER_SHARES, ())
    if covers:
        newest = max(covers, key=lambda row: row.end)
        return Known(value=newest.value, facts=(f"figure:{newest.id}",))
    return years[0].shares if years else None


def _newest_year(securities: list[int]) -> date | None:
    parameters = {"securities": securities, "flows": list(FLOWS)}
    found: date | None = _rows(sql.NEWEST_YEAR, parameters)[0][0]
    return found


def _since(newest: date, years: int) -> date:
    return newest - timedelta(days=years * 366 + YEAR_STALE.days)


def _figures(shares: Mapping[int, str], *, since: date, as_of: date | None) -> dict[int, dict[str, list[_Figure]]]:
    parameters = {
        "securities": list(shares),
        "currencies": list(shares.values()),
        "tags": list(TAGS),
        "share_tags": list(SHARE_TAGS),
        "shortest": YEAR_DAYS.start,
        "longest": YEAR_DAYS.stop - 1,
        "since": since,
        "as_of": as_of,
    }
    found: dict[int, dict[str, list[_Figure]]] = defaultdict(lambda: defaultdict(list))
    for key, security, tag, start, end, value in _rows(sql.FIGURES, parameters):
        found[security][tag].append(_Figure(id=key, start=start, end=end, value=value))
    return found


def _prices(securities: list[int], as_of: date | None) -> dict[int, _Prices]:
    parameters = {"securities": securities, "as_of": as_of, "tolerance": PRICE_TOLERANCE.days}
    return {
        row[0]: _Prices(
            on=row[2], newest=_price(row[1], row[3]), month_ago=_maybe(row[4], row[5]), year_ago=_maybe(row[6], row[7])
        )
        for row in _rows(sql.PRICES, parameters)
    }


def _price(key: int, close: Decimal) -> Known:
    return Known(value=close, facts=(f"price:{key}",))


def _maybe(key: int | None, close: Decimal | None) -> Known | None:
    return None if key is None or close is None else _price(key, close)


def _rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
