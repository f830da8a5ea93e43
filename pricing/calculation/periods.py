"""Days and periods: what a window covers, and where in it values are expected."""

from collections.abc import Iterator
from datetime import date, timedelta

from .observations import Frequency

Span = tuple[date, date]
DAY = timedelta(days=1)


def month_of(day: date, *, back: int = 0) -> Span:
    """First and last day of the month `back` months before that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    start = date(year, month + 1, 1)
    after = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return start, after - DAY


def quarter_of(day: date, *, back: int = 0) -> Span:
    """First and last day of the quarter `back` quarters before that of `day`."""
    from_start = (day.month - 1) % 3 + 3 * back
    start, _ = month_of(day, back=from_start)
    _, end = month_of(day, back=from_start - 2)
    return start, end


def window(unit: str, count: int, lag: int, *, at: date) -> Span:
    """`count` units that end `lag` units before the one of `at`. Raises OverflowError before the year 1."""
    if unit == "day":
        end = at - lag * DAY
        return end - (count - 1) * DAY, end
    span = month_of if unit == "month" else quarter_of
    return span(at, back=lag + count - 1)[0], span(at, back=lag)[1]


def slots(frequency: Frequency, span: Span) -> Iterator[Span]:
    """The periods inside `span` in each of which one value is expected; none for an irregular series.

    A weekly series has a slot for each week from Monday to Sunday that ends inside.
    """
    start, end = span
    day = start
    while day <= end and frequency is not Frequency.IRREGULAR:
        slot = _slot(frequency, day)
        if slot[0] >= start and slot[1] <= end and _is_expected(frequency, day):
            yield slot
        day = slot[1] + DAY


def _is_expected(frequency: Frequency, day: date) -> bool:
    return frequency is not Frequency.DAILY or day.weekday() < 5


def _slot(frequency: Frequency, day: date) -> Span:
    match frequency:
        case Frequency.WEEKLY:
            monday = day - day.weekday() * DAY
            return monday, monday + 6 * DAY
        case Frequency.MONTHLY:
            return month_of(day)
        case Frequency.QUARTERLY:
            return quarter_of(day)
        case Frequency.YEARLY:
            return date(day.year, 1, 1), date(day.year, 12, 31)
        case _:
            return day, day
