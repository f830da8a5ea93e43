"""What was known of a company's figures on a day: pure functions over providers.sec.ReportedFact.

A later filing repeats earlier periods, sometimes with other numbers. To look at a day of the past as it
was, only filings of that day or earlier count, and of those the latest for each period.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from .sec import ReportedFact

#: Days of a fiscal year: companies that close on a weekday have years of 52 or 53 weeks.
YEAR_DAYS = range(350, 381)
#: Days by which the ends of the same quarter differ from year to year.
SHIFT = timedelta(days=10)


def known_on(facts: Iterable[ReportedFact], as_of: date) -> tuple[ReportedFact, ...]:
    """One fact per tag, unit and period: as the latest filing up to `as_of` states it, oldest period first."""
    latest: dict[tuple[object, ...], ReportedFact] = {}
    for fact in facts:
        key = (fact.taxonomy, fact.tag, fact.unit, fact.start, fact.end)
        known = latest.get(key)
        if fact.filed_on <= as_of and (known is None or _order(fact) > _order(known)):
            latest[key] = fact
    return tuple(sorted(latest.values(), key=lambda fact: (fact.end, fact.start or fact.end)))


def select(facts: Iterable[ReportedFact], tags: Sequence[str], *, unit: str = "USD") -> tuple[ReportedFact, ...]:
    """The facts of the first of `tags` that has any in this unit: companies tag the same thing differently."""
    rows = [fact for fact in facts if fact.unit == unit]
    for tag in tags:
        found = tuple(fact for fact in rows if fact.tag == tag)
        if found:
            return found
    return ()


def annual(facts: Iterable[ReportedFact], as_of: date) -> tuple[ReportedFact, ...]:
    """One fact per fiscal year, oldest first. facts: of one tag and unit."""
    return tuple(fact for fact in known_on(facts, as_of) if _days(fact) in YEAR_DAYS)


def latest_moment(facts: Iterable[ReportedFact], as_of: date) -> ReportedFact | None:
    """The last known value of what holds at a moment, such as assets. facts: of one tag and unit."""
    moments = [fact for fact in known_on(facts, as_of) if fact.start is None]
    return moments[-1] if moments else None


def trailing_year(facts: Iterable[ReportedFact], as_of: date) -> Decimal | None:
    """The last twelve months known on a day: the last fiscal year, plus this year so far, less the same of last year.

    facts: of one tag and unit. The fiscal year alone where no later quarter, or none to compare, is known.
    """
    known = known_on(facts, as_of)
    years = [fact for fact in known if _days(fact) in YEAR_DAYS]
    if not years:
        return None
    year = years[-1]
    so_far = [fact for fact in known if fact.start and abs(fact.start - year.end - timedelta(days=1)) <= SHIFT]
    so_far = [fact for fact in so_far if fact.end > year.end and _days(fact) < YEAR_DAYS.start]
    if not so_far:
        return year.value
    current = so_far[-1]
    before = _a_year_before(known, current, year)
    return year.value + current.value - before.value if before else year.value


def _a_year_before(known: Iterable[ReportedFact], current: ReportedFact, year: ReportedFact) -> ReportedFact | None:
    """The same part of the fiscal year that ended."""
    if year.start is None:
        return None
    for fact in known:
        begins_with_it = fact.start is not None and abs(fact.start - year.start) <= SHIFT
        if begins_with_it and abs(_days(fact) - _days(current)) <= SHIFT.days and fact.end < year.end:
            return fact
    return None


def _days(fact: ReportedFact) -> int:
    return (fact.end - fact.start).days + 1 if fact.start else 0


def _order(fact: ReportedFact) -> tuple[date, str]:
    """Filings of one day in the order of their numbers."""
    return fact.filed_on, fact.accession
