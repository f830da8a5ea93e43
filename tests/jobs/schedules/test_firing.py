"""Firing: one set of jobs per occurrence, whatever else happens."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import Organisation
from jobs.models import Job
from jobs.schedules import firing, registration
from jobs.schedules.declarations import Occurrence, Submission
from jobs.schedules.models import Schedule, ScheduleFire

from .conftest import NewSchedule, utc

pytestmark = pytest.mark.django_db

JANUARY = utc("2026-01-31 00:00")
TWO = utc("2026-01-31 02:00")


def ids() -> list[str]:
    return sorted(Job.objects.values_list("public_id", flat=True))


def fires() -> list[tuple[str, str, str]]:
    rows = ScheduleFire.objects.order_by("fire_time")
    return [(f"{row.fire_time:%m-%d %H:%M}", row.trigger, row.outcome) for row in rows]


def ucc(at: str = "2026-01-31 00:00") -> None:
    """One of the product's own schedules, due for the first time after `at`; the others are not looked at."""
    Schedule.objects.all().delete()
    registration.sync(now=utc(at))
    Schedule.objects.exclude(name="ucc-daily").delete()


def test_at_two_every_state_has_one_job_and_a_second_look_adds_none() -> None:
    ucc()

    early = firing.fire_due(now=TWO - timedelta(seconds=1))
    fired = firing.fire_due(now=TWO)
    again = firing.fire_due(now=TWO + timedelta(hours=1))

    assert (early, again) == ([], [])
    assert [fire.jobs for fire in fired] == [10]
    assert ids() == sorted(f"ucc-{state}-2026-01-31" for state in settings.UCC_STATES)
    assert set(Job.objects.values_list("type", "status")) == {("ucc-ingestion", "waiting")}
    assert Schedule.objects.get(name="ucc-daily").next_fire_at == utc("2026-02-01 02:00")


def test_two_states_make_two_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UCC_STATES", ["NY", "CA"])
    ucc()

    firing.fire_due(now=TWO)

    assert ids() == ["ucc-CA-2026-01-31", "ucc-NY-2026-01-31"]


def test_filings_belong_to_the_only_organisation_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UCC_STATES", ["NY"])
    Organisation.objects.create(slug="acme", name="Acme")
    ucc()

    firing.fire_due(now=TWO)

    assert list(Job.objects.values_list("public_id", "tenant_id")) == [("ucc-NY-2026-01-31", "acme")]


def test_among_several_organisations_those_that_are_named_get_filings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "UCC_STATES", ["NY"])
    for slug in ("acme", "globex", "initech"):
        Organisation.objects.create(slug=slug, name=slug)
    ucc()
    firing.fire_due(now=TWO)
    monkeypatch.setattr(settings, "UCC_TENANTS", ["acme", "globex"])
    firing.fire_due(now=TWO + timedelta(days=1))

    assert list(Job.objects.order_by("public_id").values_list("public_id", "tenant_id")) == [
        ("ucc-NY-2026-01-31", None),
        ("ucc-acme-NY-2026-02-01", "acme"),
        ("ucc-globex-NY-2026-02-01", "globex"),
    ]


@pytest.mark.parametrize(("day", "hour"), [("2026-01-15", 7), ("2026-07-15", 6)])
def test_the_time_zone_of_the_settings_decides_when_two_is(
    monkeypatch: pytest.MonkeyPatch, day: str, hour: int
) -> None:
    monkeypatch.setattr(settings, "TIME_ZONE", "America/New_York")
    ucc(f"{day} 00:00")
    at = utc(f"{day} {hour:02}:00")

    assert firing.fire_due(now=at - timedelta(seconds=1)) == []
    assert [fire.fire_time for fire in firing.fire_due(now=at)] == [at]


def test_a_missed_occurrence_fires_once_on_restart() -> None:
    ucc("2026-01-31 01:50")

    firing.fire_due(now=utc("2026-01-31 02:30"))
    firing.fire_due(now=utc("2026-01-31 02:31"))

    assert len(ids()) == 10
    assert fires() == [("01-31 02:00", "catch-up", "fired")]


def test_of_many_missed_the_last_fires_and_the_others_are_recorded_as_skipped(declare: NewSchedule) -> None:
    declare("hourly", cron="0 * * * *", now=JANUARY)

    firing.fire_due(now=utc("2026-01-31 03:20"))

    assert fires() == [
        ("01-31 01:00", "clock", "skipped"),
        ("01-31 02:00", "clock", "skipped"),
        ("01-31 03:00", "catch-up", "fired"),
    ]
    assert ids() == ["two-1-2026-01-31T0300Z", "two-2-2026-01-31T0300Z"]


def test_a_month_of_missed_minutes_leaves_a_hundred_rows_and_a_note(declare: NewSchedule) -> None:
    declare("minutely", cron="* * * * *", now=JANUARY)

    firing.fire_due(now=utc("2026-03-01 00:00"))

    assert ScheduleFire.objects.filter(outcome="skipped").count() == 100
    assert "since 2026-01-31 00:01 UTC" in ScheduleFire.objects.earliest("fire_time").note
    assert len(ids()) == 2


def test_a_schedule_may_ask_that_nothing_is_caught_up(declare: NewSchedule) -> None:
    declare("strict", missed="skip", now=JANUARY)

    firing.fire_due(now=TWO + timedelta(minutes=2))
    firing.fire_due(now=TWO + timedelta(days=1, seconds=30))

    assert fires() == [("01-31 02:00", "clock", "skipped"), ("02-01 02:00", "clock", "fired")]


def test_a_failing_function_is_recorded_and_tried_again_soon(declare: NewSchedule) -> None:
    broken = [True]

    def fan_out(occurrence: Occurrence) -> Iterator[Submission]:
        yield occurrence.submission("diag-noop", {}, id="half")
        if broken[0]:
            raise LookupError("the list of companies is empty")

    declare("broken", fan_out, now=JANUARY)
    declare("healthy", now=JANUARY)

    firing.fire_due(now=TWO)
    failed = ScheduleFire.objects.get(schedule__name="broken")
    assert (failed.outcome, failed.note) == ("failed", "LookupError: the list of companies is empty")
    assert ids() == ["two-1-2026-01-31", "two-2-2026-01-31"]

    broken.clear()
    broken.append(False)
    assert firing.fire_due(now=TWO + timedelta(seconds=4)) == []
    assert [fire.outcome for fire in firing.fire_due(now=TWO + timedelta(seconds=6))] == ["fired"]
    assert "half-2026-01-31" in ids()
    assert ScheduleFire.objects.filter(schedule__name="broken").count() == 1


def test_a_statement_that_the_database_refuses_stops_one_schedule_and_not_the_next(declare: NewSchedule) -> None:
    def fan_out(occurrence: Occurrence) -> list[Submission]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return []

    declare("a-broken", fan_out, now=JANUARY)
    declare("b-healthy", now=JANUARY)

    assert [fire.schedule.name for fire in firing.fire_due(now=TWO)] == ["b-healthy"]


def test_a_failure_is_given_up_when_the_next_occurrence_comes(declare: NewSchedule) -> None:
    def fan_out(occurrence: Occurrence) -> list[Submission]:
        if occurrence.label == "2026-01-31":
            raise LookupError
        return [occurrence.submission("diag-noop", {})]

    declare("nightly", fan_out, now=JANUARY)

    firing.fire_due(now=TWO)
    firing.fire_due(now=TWO + timedelta(days=1))

    assert fires() == [("01-31 02:00", "clock", "failed"), ("02-01 02:00", "clock", "fired")]
    assert ids() == ["nightly-2026-02-01"]


def test_somebodys_own_job_with_a_schedules_id_does_not_stop_the_schedule(declare: NewSchedule) -> None:
    row = declare("nightly", now=JANUARY)
    firing.fire_due(now=TWO)
    Job.objects.filter(public_id="two-1-2026-01-31").update(user_id="user_mallory", tenant_id="acme")
    ScheduleFire.objects.all().delete()
    Schedule.objects.filter(pk=row.pk).update(next_fire_at=TWO)

    firing.fire_due(now=TWO)

    assert ids() == ["two-1-2026-01-31", "two-1-2026-01-31-scheduled", "two-2-2026-01-31"]
    assert ScheduleFire.objects.get().duplicates == 1


def test_a_fan_out_over_rows_makes_batches_until_all_are_covered(declare: NewSchedule, echo: str) -> None:
    """What R-SCHED-02 and R-SCHED-03 need of the declaration: stale rows in batches of fifty."""
    stale = [f"company-{number}" for number in range(130)]

    def batches(occurrence: Occurrence) -> Iterator[Submission]:
        for number, start in enumerate(range(0, len(stale), 50), start=1):
            yield occurrence.submission(echo, {"ids": stale[start : start + 50]}, id=f"stale-{number}")

    declare("stale", batches, cron="0 0,12 * * *", now=JANUARY)
    firing.fire_due(now=utc("2026-01-31 12:00"))

    assert ids() == [f"stale-{number}-2026-01-31T1200Z" for number in (1, 2, 3)]
    assert [len(data["ids"]) for data in Job.objects.order_by("id").values_list("data", flat=True)] == [50, 50, 30]
    stale.clear()
    assert [fire.jobs for fire in firing.fire_due(now=utc("2026-02-01 00:00"))] == [0]


def test_the_same_occurrence_cannot_be_stored_twice(declare: NewSchedule) -> None:
    row = declare("nightly", now=JANUARY)
    ScheduleFire.objects.create(schedule=row, fire_time=TWO, trigger="clock", outcome="fired")

    with pytest.raises(IntegrityError), transaction.atomic():
        ScheduleFire.objects.create(schedule=row, fire_time=TWO, trigger="manual", outcome="fired")


def test_an_entry_of_rq_scheduler_that_is_called_twice_fires_once(declare: NewSchedule) -> None:
    declare("nightly", now=JANUARY)

    first = firing.fire("nightly", TWO.isoformat())
    second = firing.fire("nightly", TWO.isoformat())
    by_clock = firing.fire_due(now=TWO)

    assert (first, second) == (["two-1-2026-01-31", "two-2-2026-01-31"], [])
    assert by_clock == []
    with pytest.raises(firing.UnknownSchedule):
        firing.fire("nobody", TWO.isoformat())


def test_a_scheduler_that_stands_by_leaves_alone_what_is_hardly_due(declare: NewSchedule) -> None:
    declare("nightly", now=JANUARY)
    patience = timedelta(seconds=10)

    assert firing.fire_due(now=TWO + timedelta(seconds=9), overdue_by=patience) == []
    assert len(firing.fire_due(now=TWO + timedelta(seconds=11), overdue_by=patience)) == 1


@pytest.mark.django_db(transaction=True)
def test_many_schedulers_at_one_moment_fire_one_set(declare: NewSchedule) -> None:
    declare("nightly", now=JANUARY)
    barrier = threading.Barrier(6)
    fired: list[int] = []

    def scheduler() -> None:
        barrier.wait()
        try:
            fired.append(len(firing.fire_due(now=TWO)))
        finally:
            connection.close()

    threads = [threading.Thread(target=scheduler) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(fired) == 1
    assert len(ids()) == 2
