"""Schedules over REST: listed, edited, acted on, refused with a remedy."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import AuditEntry, Organisation, User
from jobs.models import Job, Tick
from jobs.schedules import changes
from jobs.schedules.declarations import Occurrence, Submission

from .conftest import BY, NewSchedule, row, utc

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

URL = "/api/schedules/nightly"


@pytest.fixture
def admin() -> APIClient:
    user = User.objects.create_user("admin@example.com", role="admin")
    organisation = Organisation.objects.create(slug="acme", name="Acme")
    _, secret = tokens.issue(user=user, organisation=organisation, name="test")
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def test_the_list_has_schedules_with_their_times_and_housekeeping_with_its_last_run(
    declare: NewSchedule, admin: APIClient
) -> None:
    declare("nightly", time_zone="America/New_York", description="Two jobs")
    Tick.objects.update_or_create(name="retention-sweep", defaults={"last_run_at": utc("2026-01-31 02:00")})
    changes.run(name="nightly", by=BY)

    body = admin.get("/api/schedules").json()

    nightly = next(one for one in body["schedules"] if one["name"] == "nightly")
    assert (nightly["cron"], nightly["timeZone"], nightly["state"]) == ("0 2 * * *", "America/New_York", "on")
    assert len(nightly["nextFires"]) == 5
    assert nightly["nextFires"][0] == nightly["nextFireAt"]
    assert nightly["lastFire"]["counts"] == {"waiting": 2}
    assert nightly["lastFire"]["result"] == "running"
    chores = {one["name"]: one for one in body["housekeeping"]}
    assert {"rescue", "retention-sweep", "record-cleanup", "alerts"} <= set(chores)
    assert chores["record-cleanup"]["rhythm"] == "0 3 * * *"
    assert chores["retention-sweep"]["lastFireAt"] == "2026-01-31T02:00:00.000Z"
    assert chores["retention-sweep"]["nextFireAt"] == "2026-01-31T02:10:00.000Z"


def test_patch_edits_and_names_every_mistake(declare: NewSchedule, admin: APIClient) -> None:
    declare("nightly")

    wrong = admin.patch(URL, {"cron": "61 * * * *", "timeZone": "Mars", "missedRuns": "all"}, format="json")
    right = admin.patch(URL + "/", {"cron": "30 4 * * *", "time_zone": "Asia/Tokyo"}, format="json")

    assert wrong.status_code == 400
    assert set(wrong.json()["error"]["fields"]) == {"cron", "timeZone", "missedRuns"}
    assert right.status_code == 200
    assert (right.json()["cron"], right.json()["timeZone"], right.json()["isEdited"]) == (
        "30 4 * * *",
        "Asia/Tokyo",
        True,
    )
    assert AuditEntry.objects.get(action="schedule.edit").details == {
        "before": {"cron": "0 2 * * *", "timeZone": "UTC", "missedRuns": "once"},
        "after": {"cron": "30 4 * * *", "timeZone": "Asia/Tokyo", "missedRuns": "once"},
    }


@pytest.mark.parametrize("body", [{}, {"cron": 5}, {"enabled": "no"}, {"nonsense": 1}, {"cron": "x" * 5000}])
def test_patch_refuses_what_it_cannot_take(declare: NewSchedule, admin: APIClient, body: dict[str, Any]) -> None:
    declare("nightly")

    assert admin.patch(URL, body, format="json").status_code == 400
    assert row().edited is False


def test_actions_answer_with_what_they_did(declare: NewSchedule, admin: APIClient) -> None:
    declare("nightly")

    def act(action: str) -> Any:
        return admin.post(URL, {"action": action}, format="json").json()

    ran = act("run")
    assert (ran["jobs"], sorted(ran["ids"])) == (2, sorted(Job.objects.values_list("public_id", flat=True)))
    assert (act("pause")["changed"], act("pause")["changed"]) == (True, False)
    assert admin.get(URL).json()["isPaused"] is True
    assert admin.patch(URL, {"enabled": True}, format="json").json()["isPaused"] is False
    assert act("reset")["schedule"]["isEdited"] is False
    assert [fire["trigger"] for fire in admin.get(URL).json()["fires"]] == ["manual"]
    assert admin.get("/api/schedules/nobody").status_code == 404
    assert admin.post("/api/schedules/nobody", {"action": "run"}, format="json").status_code == 404


def test_what_cannot_be_done_answers_409_with_the_reason(declare: NewSchedule, admin: APIClient, settings: Any) -> None:
    def fan_out(occurrence: Occurrence) -> list[Submission]:
        raise LookupError("no companies")

    settings.SCHEDULE_SWITCHES = {"nightly": False}
    declare("nightly", fan_out)

    failed = admin.post(URL, {"action": "run"}, format="json")
    refused = admin.post(URL, {"action": "resume"}, format="json")

    assert (failed.status_code, failed.json()["error"]["code"]) == (409, "schedule_failed")
    assert "no companies" in failed.json()["error"]["message"]
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "schedule_off")
