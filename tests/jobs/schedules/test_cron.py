"""When a schedule is due: daylight saving, what is missed, what cannot be read."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.schedules.cron import BadCron, BadTimeZone, Timetable, checked_cron

from .conftest import utc

NEW_YORK = "America/New_York"


def table(cron: str, zone: str = NEW_YORK) -> Timetable:
    return Timetable(cron=cron, time_zone=zone)


def texts(moments: list[datetime]) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment in moments]


def test_two_in_new_york_is_seven_utc_in_winter_and_six_in_summer() -> None:
    daily = table("0 2 * * *")

    assert daily.next_after(utc("2026-01-15 00:00")) == utc("2026-01-15 07:00")
    assert daily.next_after(utc("2026-07-15 00:00")) == utc("2026-07-15 06:00")


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        # 02:00 to 03:00 does not exist on 8 March: the end of the gap stands in.
        ("0 2 * * *", NEW_YORK, "2026-03-07 00:00", ["03-07 07:00", "03-08 07:00", "03-09 06:00"]),
        ("30 2 * * *", NEW_YORK, "2026-03-07 00:00", ["03-07 07:30", "03-08 07:00", "03-09 06:30"]),
        # 01:30 comes twice on 1 November: the first time counts.
        ("30 1 * * *", NEW_YORK, "2026-10-31 00:00", ["10-31 05:30", "11-01 05:30", "11-02 06:30"]),
        # What has `*` follows real time: both passes of the hour, none of the gap.
        ("*/30 * * * *", NEW_YORK, "2026-11-01 05:15", ["11-01 05:30", "11-01 06:00", "11-01 06:30"]),
        ("0 * * * *", NEW_YORK, "2026-03-08 05:30", ["03-08 06:00", "03-08 07:00", "03-08 08:00"]),
        # Two times that fall on one moment are one.
        ("0 2,3 * * *", NEW_YORK, "2026-03-08 00:00", ["03-08 07:00", "03-09 06:00", "03-09 07:00"]),
        # A gap of half an hour, and a day that begins at one.
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-02 12:00", ["10-02 15:45", "10-03 15:30", "10-04 15:15"]),
        ("0 0 * * *", "Africa/Cairo", "2026-04-23 12:00", ["04-23 22:00", "04-24 21:00", "04-25 21:00"]),
    ],
)
def test_what_is_daily_is_due_once_a_day_and_what_is_hourly_once_an_hour(
    cron: str, zone: str, after: str, expected: list[str]
) -> None:
    assert texts(table(cron, zone).next_ones(utc(after), 3)) == expected


@pytest.mark.parametrize("after", ["2026-11-01 05:30", "2026-11-01 05:45", "2026-11-01 06:15", "2026-11-01 06:30"])
def test_a_repeated_hour_is_not_due_again_whenever_it_is_asked(after: str) -> None:
    assert table("30 1 * * *").next_after(utc(after)) == utc("2026-11-02 06:30")


def test_every_day_of_a_year_has_one_time_whatever_the_zone() -> None:
    for zone in (NEW_YORK, "Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata", "UTC"):
        timetable = table("30 1 * * *", zone)

        days = [
            moment.astimezone(timetable.zone).date() for moment in timetable.next_ones(utc("2025-12-31 23:59"), 365)
        ]

        assert days == [days[0] + timedelta(days=number) for number in range(365)], zone


def test_the_next_time_is_always_later_than_the_moment() -> None:
    timetable = table("*/20 * * * *")
    moment = utc("2026-11-01 03:00")
    for _ in range(400):
        following = timetable.next_after(moment)
        assert moment < following <= moment + timedelta(minutes=20)
        moment += timedelta(minutes=1)


def test_what_was_missed_is_counted_from_the_first_to_the_last() -> None:
    six_hourly = table("0 */6 * * *", "UTC")

    times, more = six_hourly.due_until(utc("2026-01-01 06:00"), utc("2026-01-02 01:00"), most=100)

    assert (texts(times), more) == (["01-01 06:00", "01-01 12:00", "01-01 18:00", "01-02 00:00"], False)


def test_a_year_of_missed_minutes_is_cut_to_the_newest() -> None:
    times, more = table("* * * * *", "UTC").due_until(utc("2025-01-01 00:00"), utc("2026-01-01 00:00"), most=3)

    assert (texts(times), more) == (["12-31 23:58", "12-31 23:59", "01-01 00:00"], True)


def test_an_occurrence_is_named_by_its_day_and_later_ones_of_the_day_by_their_time_too() -> None:
    six_hourly = table("0 */6 * * *")
    first, second = six_hourly.next_ones(utc("2026-01-31 00:30"), 6)[-5:-3]

    assert table("0 2 * * *").label(utc("2026-01-31 07:00")) == "2026-01-31"
    assert six_hourly.label(utc("2026-01-31 05:00")) == "2026-01-31"
    assert six_hourly.label(utc("2026-01-31 11:00")) == "2026-01-31T1100Z"
    assert six_hourly.label(first) != six_hourly.label(second)


def test_both_passes_of_a_repeated_hour_have_names_of_their_own() -> None:
    hourly = table("0 * * * *")
    passes = hourly.next_ones(utc("2026-11-01 04:30"), 2)

    assert texts(passes) == ["11-01 05:00", "11-01 06:00"]
    assert len({hourly.label(moment) for moment in passes}) == 2


@pytest.mark.parametrize(
    "text",
    ["", "a", "* * * *", "* * * * * *", "61 * * * *", "0 25 * * *", "0 0 31 2 *", "0 0 0 * *", "5-1 * * * *",
     "*/0 * * * *", "0 0 * * MON#6", "٣ * * * *", "0 0 * * 8", "1,,2 * * * *", "@reboot", "0 2 * * *; rm", "0 " * 200],
)  # fmt: skip
def test_what_cannot_be_read_or_is_never_due_is_refused(text: str) -> None:
    with pytest.raises(BadCron):
        checked_cron(text)


@pytest.mark.parametrize(
    "text", ["0 2 * * *", " 0  2 * * * ", "*/5 8-18 * * MON-FRI", "0 0 L * *", "@daily", "0 0 29 2 *"]
)
def test_ordinary_expressions_are_taken(text: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert Timetable(cron=checked_cron(text), time_zone="UTC").next_after(start) > start


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "/etc/passwd", "a\0b"])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(BadTimeZone):
        Timetable(cron="0 2 * * *", time_zone=zone)
