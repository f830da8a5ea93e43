"""Declared schedules become rows, at start-up and under the environment's switches."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from config import env
from jobs import checks
from jobs.models import Job
from jobs.schedules import changes, firing, heartbeat, registration
from jobs.schedules.changes import Edit
from jobs.schedules.models import Schedule, SchedulerProcess

from .conftest import BY, NewSchedule, row, utc

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


def test_registering_three_times_makes_no_duplicates(declare: NewSchedule) -> None:
    declare("nightly")
    first = list(Schedule.objects.values())

    again = [registration.sync(), registration.sync()]

    assert list(Schedule.objects.values()) == first
    assert [(done.added, done.changed, done.retired) for done in again] == [([], [], [])] * 2


def test_a_new_declaration_reaches_the_row_and_not_what_was_edited(declare: NewSchedule) -> None:
    declare("nightly")
    changes.edit(name="nightly", change=Edit(cron="0 5 * * *"), by=BY)
    from jobs.schedules import declarations

    declarations.undeclare("nightly")
    assert registration.sync().retired == ["nightly"]
    assert (row().next_fire_at, row().state) == (None, "retired")
    changed = declare("nightly", cron="0 3 * * *", time_zone="Europe/Berlin")

    assert (changed.declared_cron, changed.cron, changed.time_zone) == ("0 3 * * *", "0 5 * * *", "Europe/Berlin")
    assert changed.state == "on"
    assert changes.reset(name="nightly", by=BY).cron == "0 3 * * *"


def test_what_was_due_while_an_older_release_had_retired_a_schedule_fires_once(declare: NewSchedule) -> None:
    from jobs.schedules import declarations

    declare("nightly", now=utc("2026-01-31 01:00"))
    declarations.undeclare("nightly")
    registration.sync(now=utc("2026-01-31 01:59:30"))

    declare("nightly", now=utc("2026-01-31 02:00:20"))
    fired = [firing.fire_due(now=utc(f"2026-01-31 02:00:{second}")) for second in (21, 22)]

    assert [[fire.fire_time for fire in fires] for fires in fired] == [[utc("2026-01-31 02:00")], []]
    assert row().next_fire_at == utc("2026-02-01 02:00")


def test_what_fired_before_a_schedule_was_retired_does_not_fire_again(declare: NewSchedule) -> None:
    from jobs.schedules import declarations

    declare("nightly", now=utc("2026-01-31 01:00"))
    firing.fire_due(now=utc("2026-01-31 02:00:01"))
    declarations.undeclare("nightly")
    registration.sync(now=utc("2026-01-31 02:00:30"))

    declare("nightly", now=utc("2026-01-31 02:01"))
    firing.fire_due(now=utc("2026-01-31 02:01:01"))

    assert (Job.objects.count(), row().fires.count()) == (2, 1)
    assert row().next_fire_at == utc("2026-02-01 02:00")


def test_while_releases_overlap_the_newest_scheduler_alone_declares() -> None:
    heartbeat.beat("old", active=True)
    heartbeat.beat("new", active=False)
    together = [heartbeat.newest(name) for name in ("old", "new")]
    SchedulerProcess.objects.filter(name="new").update(heartbeat_at=Now() - timedelta(seconds=60))

    assert together == [False, True]
    assert heartbeat.newest("old")


def test_what_is_overdue_stays_due_when_the_expression_changes(declare: NewSchedule) -> None:
    declare("nightly")
    missed = utc("2026-01-31 02:00")
    Schedule.objects.filter(name="nightly").update(next_fire_at=missed)

    changes.edit(name="nightly", change=Edit(cron="0 3 * * *"), by=BY)

    assert row().next_fire_at == missed


def test_the_environment_switches_a_schedule_off_and_run_now_still_works(declare: NewSchedule, settings: Any) -> None:
    settings.SCHEDULE_SWITCHES = {"nightly": False}
    declare("nightly")

    assert (row().state, row().next_fire_at) == ("off", None)
    fired = {fire.schedule.name for fire in firing.fire_due(now=utc("2099-01-01 02:00"))}
    assert "ucc-daily" in fired
    assert "nightly" not in fired
    assert not Job.objects.filter(type="diag-noop").exists()
    with pytest.raises(changes.Refused, match="SCHEDULE_NIGHTLY_ENABLED=true"):
        changes.resume(name="nightly", by=BY)
    assert changes.run(name="nightly", by=BY).jobs == 2


@pytest.mark.parametrize(
    ("name", "cron", "zone"),
    [("Upper", "0 2 * * *", None), ("a b", "0 2 * * *", None), ("x", "0 2 * *", None), ("x", "0 2 * * *", "Mars")],
)
def test_a_wrong_declaration_stops_start_up(declare: NewSchedule, name: str, cron: str, zone: str | None) -> None:
    with pytest.raises(ValueError, match=name):
        declare(name, cron=cron, time_zone=zone)


def test_a_switch_of_no_schedule_is_reported_by_check(settings: Any) -> None:
    settings.SCHEDULE_SWITCHES = {"ucc-daly": False, "ucc-daily": True}

    found = [message.msg for message in checks.check_declarations() if message.id == "jobs.W002"]

    assert found == ["SCHEDULE_UCC_DALY_ENABLED is set, and no app declares a schedule 'ucc-daly'."]


def test_the_environment_names_schedules_by_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULE_UCC_DAILY_ENABLED", "false")
    monkeypatch.setenv("SCHEDULE_OTHER_ENABLED", "")

    assert env.switches("SCHEDULE_", "_ENABLED") == {"ucc-daily": False}


def test_a_name_is_declared_once(declare: NewSchedule) -> None:
    declare("nightly")
    with pytest.raises(ValueError, match="declared twice"):
        declare("nightly")
