"""Which days a report covers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.periodic.periods import PeriodKind, last_full, months_up_to, weeks_up_to

UTC_ZONE = ZoneInfo("UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "now", "start", "end"),
    [
        ("weekly", "2026-11-22T12:00", "2026-11-09", "2026-11-15"),
        ("weekly", "2026-11-23T00:00", "2026-11-16", "2026-11-22"),
        ("weekly", "2027-01-01T08:00", "2026-12-21", "2026-12-27"),
        ("weekly", "2027-01-04T08:00", "2026-12-28", "2027-01-03"),
        ("monthly", "2026-11-30T23:59", "2026-10-01", "2026-10-31"),
        ("monthly", "2027-01-01T00:00", "2026-12-01", "2026-12-31"),
        ("monthly", "2028-03-05T00:00", "2028-02-01", "2028-02-29"),
        ("quarterly", "2027-01-01T00:00", "2026-10-01", "2026-12-31"),
        ("quarterly", "2026-12-31T23:59", "2026-07-01", "2026-09-30"),
        ("quarterly", "2026-05-15T00:00", "2026-01-01", "2026-03-31"),
    ],
)
def test_a_period_is_the_last_one_that_is_over(kind: str, now: str, start: str, end: str) -> None:
    period = last_full(PeriodKind(kind), at=at(now), zone=UTC_ZONE)

    assert (period.start, period.end) == (date.fromisoformat(start), date.fromisoformat(end))


def test_a_week_is_over_first_where_the_day_begins_first() -> None:
    sunday_evening = at("2026-11-22T20:00")

    in_sydney = last_full(PeriodKind.WEEKLY, at=sunday_evening, zone=ZoneInfo("Australia/Sydney"))
    in_new_york = last_full(PeriodKind.WEEKLY, at=sunday_evening, zone=ZoneInfo("America/New_York"))

    assert (in_sydney.end, in_new_york.end) == (date(2026, 11, 22), date(2026, 11, 15))


@pytest.mark.parametrize(("end", "hours"), [("2026-03-29", 167), ("2026-10-25", 169), ("2026-11-01", 168)])
def test_a_week_with_a_change_of_clocks_is_an_hour_shorter_or_longer(end: str, hours: int) -> None:
    sunday = date.fromisoformat(end)
    period = last_full(PeriodKind.WEEKLY, at=at(f"{sunday + timedelta(days=1)}T12:00"), zone=ZoneInfo("Europe/Berlin"))

    assert period.end == sunday
    assert period.ends_at - period.starts_at == timedelta(hours=hours)


def test_where_clocks_skip_midnight_a_day_begins_when_they_jump() -> None:
    # In Santiago the clocks of 2026-09-06 jumped from 24:00 to 1:00.
    period = last_full(PeriodKind.WEEKLY, at=at("2026-09-08T12:00"), zone=ZoneInfo("America/Santiago"))

    assert period.ends_at - timedelta(hours=24 * 7 - 1) == period.starts_at


@pytest.mark.parametrize("kind", list(PeriodKind))
def test_the_period_before_ends_where_the_period_starts(kind: PeriodKind) -> None:
    period = last_full(kind, at=at("2027-01-02T00:00"), zone=ZoneInfo("Europe/Berlin"))

    assert period.before.ends_at == period.starts_at
    assert period.before.end + timedelta(days=1) == period.start


def test_charts_look_back_over_whole_weeks_and_months() -> None:
    assert weeks_up_to(date(2026, 1, 4), 2) == [date(2025, 12, 22), date(2025, 12, 29)]
    assert months_up_to(date(2026, 1, 31), 3) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
