"""What operators do, by every way in: audited, kept apart from what is declared, refused with a remedy."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts import tokens
from accounts.callers import system_caller
from accounts.models import AuditEntry, Organisation, User
from config import env
from jobs import checks
from jobs.models import Job, Tick
from jobs.schedules import changes, firing, registration
from jobs.schedules.changes import Edit
from jobs.schedules.declarations import Occurrence, Submission
from jobs.schedules.models import Schedule, ScheduleFire
from jobs.schedules.registration import database_now

from .conftest import NewSchedule, utc

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

BY = system_caller()
URL = "/api/schedules/nightly"


def row(name: str = "nightly") -> Schedule:
    return Schedule.objects.get(name=name)


def audited() -> list[tuple[str, str, str]]:
    entries = AuditEntry.objects.filter(target_type="schedule").order_by("id")
    return list(entries.values_list("action", "target_id", "outcome"))


@pytest.fixture
def admin() -> APIClient:
    user = User.objects.create_user("admin@example.com", role="admin")
    organisation = Organisation.objects.create(slug="acme", name="Acme")
    _, secret = tokens.issue(user=user, organisation=organisation, name="test")
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def browser(admin: APIClient) -> Client:
    signed_in = Client()
    signed_in.force_login(User.objects.get())
    return signed_in


# --- Registration ---------------------------------------------------------------------------------
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


# --- Verbs ----------------------------------------------------------------------------------------
def test_run_now_makes_jobs_of_its_own_each_time_and_leaves_the_next_time_alone(declare: NewSchedule) -> None:
    before = declare("nightly").next_fire_at

    first = changes.run(name="nightly", by=BY)
    second = changes.run(name="nightly", by=BY)

    assert (first.jobs, first.duplicates, second.duplicates) == (2, 0, 0)
    assert Job.objects.count() == 4
    assert (first.trigger, first.by) == ("manual", "system")
    assert row().next_fire_at == before
    assert audited() == [("schedule.run", "nightly", "ok")] * 2


def test_a_run_that_fails_stores_no_job_and_is_audited(declare: NewSchedule) -> None:
    def fan_out(occurrence: Occurrence) -> list[Submission]:
        raise LookupError("no companies")

    declare("nightly", fan_out)

    with pytest.raises(changes.FanOutFailed, match="no companies"):
        changes.run(name="nightly", by=BY)

    assert audited() == [("schedule.run", "nightly", "failed")]
    assert not ScheduleFire.objects.exists()


def test_paused_it_misses_nothing_and_resumed_it_waits_for_its_next_time(declare: NewSchedule) -> None:
    declare("nightly", cron="* * * * *")

    assert changes.pause(name="nightly", by=BY)
    assert not changes.pause(name="nightly", by=BY)
    assert (row().next_fire_at, row().paused_by) == (None, "system")
    assert changes.resume(name="nightly", by=BY)
    assert not changes.resume(name="nightly", by=BY)

    coming = row().next_fire_at
    assert coming is not None
    assert coming > database_now()
    assert audited() == [("schedule.pause", "nightly", "ok"), ("schedule.resume", "nightly", "ok")]


# --- REST -----------------------------------------------------------------------------------------
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


# --- Command line ---------------------------------------------------------------------------------
@pytest.fixture
def manage() -> Callable[..., str]:
    def run(*words: str) -> str:
        out = io.StringIO()
        call_command("schedules", *words, stdout=out)
        return out.getvalue()

    return run


def test_the_command_lists_edits_pauses_and_runs(declare: NewSchedule, manage: Callable[..., str]) -> None:
    declare("nightly")

    assert "nightly" in manage()
    assert "retention-sweep" in manage("list")
    assert manage("edit", "nightly", "--cron", "15 3 * * *", "--time-zone", "Europe/Berlin").count("03:15 CE") == 5
    assert manage("edit", "nightly", "--cron", "15 9 * * *", "--dry-run").count("09:15 CE") == 5
    assert row().cron == "15 3 * * *"
    assert "15 3 * * * *" in manage("list")
    assert "is paused" in manage("pause", "nightly")
    assert "never: it is paused" in manage("pause", "nightly")
    assert "2 jobs" in manage("run", "nightly")
    assert "fires again" in manage("resume", "nightly")
    assert json.loads(manage("reset", "nightly", "--json"))["cron"] == "0 2 * * *"
    assert [fire["trigger"] for fire in json.loads(manage("history", "nightly", "--json"))] == ["manual"]
    assert "manual" in manage("history", "nightly")
    assert manage("sync").strip() == "the list is what the apps declare"
    assert {one["name"] for one in json.loads(manage("--json"))["schedules"]} >= {"nightly", "ucc-daily"}
    assert AuditEntry.objects.filter(actor_name__endswith="at the command line").count() == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nobody"), "the schedules are .*ucc-daily"),
        (("edit", "ucc-daily"), "at least one of"),
        (("edit", "ucc-daily", "--cron", "nonsense"), "five fields"),
        (("history", "nobody"), "There is no schedule"),
    ],
)
def test_the_command_says_what_is_wrong(manage: Callable[..., str], words: tuple[str, ...], said: str) -> None:
    registration.sync()

    with pytest.raises(CommandError, match=said):
        manage(*words)


# --- Django admin ---------------------------------------------------------------------------------
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
