"""Which days a report covers: the last week, month or quarter that is over where its reader lives."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"

    @property
    def noun(self) -> str:
        return {"weekly": "week", "monthly": "month", "quarterly": "quarter"}[self]


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole days, both ends included."""

    kind: PeriodKind
    start: date
    end: date
    zone: ZoneInfo

    @property
    def starts_at(self) -> datetime:
        """The first moment, in UTC."""
        return _midnight(self.start, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it, in UTC: what happened then belongs to the next period."""
        return _midnight(self.end + _DAY, self.zone)

    @property
    def before(self) -> "Period":
        """The period of the same kind that ends where this one starts."""
        return _ending(self.kind, self.start - _DAY, self.zone)

    def day_of(self, at: datetime) -> date:
        """The day on which it was where the reader lives."""
        return at.astimezone(self.zone).date()


def last_full(kind: PeriodKind, *, at: datetime, zone: ZoneInfo) -> Period:
    """The last period that was over at the aware time `at`. Weeks go from Monday to Sunday."""
    today = at.astimezone(zone).date()
    return _ending(kind, _first_day(kind, today) - _DAY, zone)


def _ending(kind: PeriodKind, end: date, zone: ZoneInfo) -> Period:
    return Period(kind=kind, start=_first_day(kind, end), end=end, zone=zone)


def _first_day(kind: PeriodKind, day: date) -> date:
    """Of the period that holds the day."""
    if kind is PeriodKind.WEEKLY:
        return day - timedelta(days=day.weekday())
    if kind is PeriodKind.MONTHLY:
        return day.replace(day=1)
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def weeks_up_to(end: date, number: int) -> list[date]:
    """First days of the last `number` weeks up to the one that holds `end`, the oldest first."""
    last = _first_day(PeriodKind.WEEKLY, end)
    return [last - timedelta(weeks=back) for back in reversed(range(number))]


def months_up_to(end: date, number: int) -> list[date]:
    """First days of the last `number` months up to the one that holds `end`, the oldest first."""
    months = [end.year * 12 + end.month - 1 - back for back in reversed(range(number))]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def month_end(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # Where clocks skip midnight this is the moment they jump: the day's first there is.
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
