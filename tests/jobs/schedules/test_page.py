"""The schedules page of the console."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.callers import system_caller
from accounts.models import AuditEntry, User
from jobs.models import Job
from jobs.schedules import changes, firing, heartbeat
from jobs.schedules.declarations import Occurrence, Submission

from .conftest import NewSchedule, row, utc

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

LIST = "/api/admin/bull-board/schedules/"
PAGE = LIST + "nightly/"


@pytest.fixture
def reader(db: None, settings: Any) -> Client:
    settings.ADMIN_EMAIL_DOMAIN = "example.com"
    client = Client()
    client.force_login(User.objects.create_user("reader@example.com", email_verified=True))
    return client


def test_the_list_shows_when_each_fires_how_it_went_and_the_housekeeping(declare: NewSchedule, browser: Client) -> None:
    declare("nightly", time_zone="America/New_York", description="Two jobs a night")
    changes.run(name="nightly", by=system_caller())
    heartbeat.beat("host-1-abc", active=True)

    page = browser.get(LIST).content.decode()

    for text in ("nightly", "Two jobs a night", "0 2 * * *", "America/New_York", "2 waiting", "host-1-abc"):
        assert text in page
    assert "record-cleanup" in page
    assert "No scheduler runs" not in page
    assert 'style="' not in page


def test_without_a_scheduler_the_list_says_so_and_how_to_start_one(declare: NewSchedule, browser: Client) -> None:
    declare("nightly")

    page = browser.get(LIST).content.decode()

    assert "No scheduler runs" in page
    assert "manage.py rqscheduler" in page


def test_htmx_gets_the_body_alone(declare: NewSchedule, browser: Client) -> None:
    declare("nightly")

    part = browser.get(LIST, headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div id="schedules"')
    assert "<html" not in part


def test_one_schedule_shows_its_fires_with_their_jobs_and_its_changes(declare: NewSchedule, browser: Client) -> None:
    declare("nightly", now=utc("2026-01-30 00:00"))
    firing.fire_due(now=utc("2026-01-31 02:00"))
    Job.objects.filter(public_id="two-1-2026-01-31").update(status="failed", finished_at=utc("2026-01-31 02:01"))
    changes.edit(name="nightly", change=changes.Edit(cron="0 5 * * *"), by=system_caller())

    page = browser.get(PAGE).content.decode()

    for text in ("two-1-2026-01-31", "jobs failed", "skipped", "No scheduler ran", "Sat 31 Jan 2026, 02:00 UTC"):
        assert text in page
    assert page.count("05:00 UTC") >= 5
    assert "schedule.edit" in page
    assert "Back to what is declared" in page
    assert browser.get(LIST + "nobody").status_code == 404
    assert browser.get(PAGE + "?page=2").status_code == browser.get(PAGE + "?page=x9").status_code == 200


def test_a_schedule_that_fails_to_fire_says_why(declare: NewSchedule, browser: Client) -> None:
    def fan_out(occurrence: Occurrence) -> list[Submission]:
        raise LookupError("no <companies> at all")

    declare("nightly", fan_out, now=utc("2026-01-31 00:00"))
    firing.fire_due(now=utc("2026-01-31 02:00"))

    page = browser.get(PAGE).content.decode()

    assert "LookupError: no &lt;companies&gt; at all" in page
    assert "It failed to fire 1 time in a row" in page


def test_saving_the_form_changes_the_rules_and_a_wrong_one_says_what_is_wrong(
    declare: NewSchedule, browser: Client
) -> None:
    declare("nightly")

    wrong = browser.post(PAGE, {"cron": "99 * * * *", "timeZone": "Mars", "missedRuns": "once"})
    right = browser.post(PAGE, {"cron": "30 4 * * *", "timeZone": "Asia/Tokyo", "missedRuns": "skip"})

    assert wrong.status_code == 422
    assert "must be a time zone" in wrong.content.decode()
    assert 'value="99 * * * *"' in wrong.content.decode()
    assert right.status_code == 302
    assert (row().cron, row().time_zone, row().missed) == ("30 4 * * *", "Asia/Tokyo", "skip")
    assert AuditEntry.objects.get().actor_name == "boss@example.com"


@pytest.mark.parametrize(
    ("cron", "said"), [("15 3 * * *", "03:15 JST"), ("nonsense", "five fields"), ("0 0 31 2 *", "day-of-month")]
)
def test_the_preview_says_when_it_would_fire(declare: NewSchedule, browser: Client, cron: str, said: str) -> None:
    declare("nightly")

    part = browser.get(PAGE + "preview", {"cron": cron, "timeZone": "Asia/Tokyo", "missedRuns": "once"})

    assert said in part.content.decode()
    assert row().edited is False


def test_buttons_run_pause_resume_and_reset_and_say_so(declare: NewSchedule, browser: Client) -> None:
    declare("nightly")
    press: Callable[..., str] = lambda action, back="": browser.post(  # noqa: E731
        PAGE + action, {"back": back}, follow=True
    ).content.decode()

    assert "2 jobs, 2 of them new" in press("run", "list")
    assert "nightly is paused" in press("pause")
    assert row().paused_by == "boss@example.com"
    assert "Paused by boss@example.com" in browser.get(PAGE).content.decode()
    assert "nightly fires again" in press("resume")
    assert "follows what its app declares" in press("reset")
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "schedule.run",
        "schedule.pause",
        "schedule.resume",
    ]
    assert browser.get(PAGE + "run").status_code == 405


def test_a_reader_looks_and_changes_nothing(declare: NewSchedule, reader: Client) -> None:
    declare("nightly")

    assert "Run now" not in reader.get(LIST).content.decode()
    assert "Save" not in reader.get(PAGE).content.decode()
    assert reader.post(PAGE + "run").status_code == 403
    assert reader.post(PAGE, {"cron": "* * * * *"}).status_code == 403
    assert Client().get(LIST).status_code == 302
    assert not Job.objects.exists()
