"""Schedules in Django admin."""

import pytest
from django.test import Client

from jobs.schedules import changes
from jobs.schedules.changes import Edit

from .conftest import BY, NewSchedule, audited, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


def test_admin_lists_edits_and_says_when_it_fires_next(declare: NewSchedule, browser: Client) -> None:
    key = declare("nightly").pk
    path = f"/admin/jobs/schedule/{key}/change/"

    assert b"0 2 * * *" in browser.get("/admin/jobs/schedule/").content
    wrong = browser.post(path, {"edited_cron": "99 * * * *", "edited_time_zone": "Mars", "edited_missed": ""})
    assert b"must be a time zone" in wrong.content
    assert row().edited is False
    right = browser.post(
        path, {"edited_cron": "30 4 * * *", "edited_time_zone": "", "edited_missed": "skip"}, follow=True
    )
    assert right.content.count(b"04:30 UTC") >= 5
    assert (row().cron, row().missed) == ("30 4 * * *", "skip")
    assert audited() == [("schedule.edit", "nightly", "ok")]


@pytest.mark.parametrize(
    ("action", "left"), [("run_now", "schedule.run"), ("pause", "schedule.pause"), ("reset", "schedule.reset")]
)
def test_admin_actions_go_through_the_audited_verbs(
    declare: NewSchedule, browser: Client, action: str, left: str
) -> None:
    key = declare("nightly").pk
    changes.edit(name="nightly", change=Edit(cron="0 5 * * *"), by=BY)

    done = browser.post("/admin/jobs/schedule/", {"action": action, "_selected_action": [key]}, follow=True)

    assert done.status_code == 200
    assert audited()[-1] == (left, "nightly", "ok")
    assert browser.get("/admin/jobs/schedulefire/").status_code == 200
    assert browser.get("/admin/jobs/schedulerprocess/").status_code == 200
