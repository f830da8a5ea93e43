"""Dead letters: listed with what killed them, retried, buried, removed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs import execution
from jobs.models import Job

from .conftest import NewClient, note, post, set_job

pytestmark = pytest.mark.django_db

PATH = "/api/queues/scoring/dead-letter"


def failed(client: APIClient, **changes: Any) -> str:
    job = post(client, note("fail")).json()
    execution.run(Job.objects.get(public_id=job["id"]).id)
    if changes:
        set_job(job["id"], **changes)
    return str(job["id"])


def ids(answer: Any) -> list[str]:
    return [job["id"] for job in answer.json()["jobs"]]


def test_a_dead_letter_says_what_killed_it(member: APIClient, admin: APIClient) -> None:
    job_id = failed(member)

    body = admin.get(PATH).json()

    (entry,) = body["jobs"]
    assert (body["queue"], body["count"], body["total"]) == ("scoring", 1, 1)
    assert (entry["id"], entry["type"], entry["status"]) == (job_id, "test-note", "failed")
    assert (entry["errorClass"], entry["message"]) == ("VALIDATION_ERROR", "the text says so")
    assert entry["attemptsMade"] == 1
    assert "Traceback" in entry["stackTrace"]
    assert entry["firstFailedAt"].endswith("Z")
    assert entry["lastFailedAt"] >= entry["firstFailedAt"]


def test_stack_traces_are_for_admins(member: APIClient) -> None:
    failed(member)

    answer = member.get(PATH)

    assert answer.json()["jobs"][0]["stackTrace"] is None
    assert "Traceback" not in answer.content.decode()


def test_dead_letters_are_filtered(member: APIClient) -> None:
    now = timezone.now()
    old = failed(member, finished_at=now - timedelta(hours=2))
    dead = failed(member, status="dead", error_type="NETWORK_ERROR", finished_at=now - timedelta(hours=1))
    fresh = failed(member)
    set_job(str(post(member, note()).json()["id"]), status="completed")

    assert ids(member.get(PATH)) == [fresh, dead, old]
    assert ids(member.get(f"{PATH}?status=dead")) == [dead]
    assert ids(member.get(f"{PATH}?status=failed")) == [fresh, old]
    assert ids(member.get(f"{PATH}?errorClass=NETWORK_ERROR")) == [dead]
    assert ids(member.get(f"{PATH}?error_class=VALIDATION_ERROR&limit=1")) == [fresh]
    assert ids(member.get(f"{PATH}?olderThanMs=1800000")) == [dead, old]
    assert ids(member.get(f"{PATH}?newerThanMs=1800000")) == [fresh]
    assert ids(member.get(f"{PATH}?type=other")) == []
    assert ids(member.get(f"{PATH}?limit=1&offset=2")) == [old]


@pytest.mark.parametrize(
    "query", ["status=waiting", "status=x", "errorClass=x", "olderThanMs=-1", "olderThanMs=x", "limit=0"]
)
def test_wrong_filters_are_refused(member: APIClient, query: str) -> None:
    assert member.get(f"{PATH}?{query}").status_code == 400


@pytest.mark.parametrize(("action", "status"), [("retry", "waiting"), ("bury", "dead"), ("remove", None)])
def test_each_action_works_on_a_selection_of_two(
    member: APIClient, admin: APIClient, action: str, status: str | None
) -> None:
    chosen, spared = [failed(member), failed(member)], failed(member)

    answer = post(admin, {"action": action, "jobIds": [*chosen, "unknown"]}, PATH)

    assert answer.status_code == 200
    assert answer.json()["count"] == 2
    assert answer.json()["skipped"] == ["unknown"]
    left = dict(Job.objects.values_list("public_id", "status"))
    assert left.pop(spared) == "failed"
    assert left == ({} if status is None else dict.fromkeys(chosen, status))
    entry = AuditEntry.objects.get(action=f"job.{action}", actor_name="admin@example.com")
    assert (entry.target_id, set(entry.details["ids"])) == ("2 jobs", set(chosen))


def test_actions_work_by_filter(member: APIClient, admin: APIClient) -> None:
    matching = failed(member, error_type="NETWORK_ERROR")
    failed(member)

    body = {"action": "retry", "filter": {"error_class": "NETWORK_ERROR", "status": "failed"}}

    assert post(admin, body, PATH).json()["ids"] == [matching]


def test_the_dead_are_retried_with_force_only(member: APIClient, admin: APIClient) -> None:
    dead = failed(member, status="dead")

    assert post(admin, {"action": "retry", "jobIds": [dead]}, PATH).json()["ids"] == []
    assert post(admin, {"action": "retry", "jobIds": [dead], "force": True}, PATH).json()["ids"] == [dead]


def test_jobs_of_another_queue_or_state_are_left_alone(member: APIClient, admin: APIClient) -> None:
    waiting = str(post(member, note()).json()["id"])
    elsewhere = str(post(member, note() | {"type": "test-gated"}).json()["id"])
    set_job(elsewhere, status="failed")

    answer = post(admin, {"action": "remove", "jobIds": [waiting, elsewhere]}, PATH)

    assert answer.json()["count"] == 0
    assert Job.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "explode", "jobIds": ["a"]},
        {"action": "retry"},
        {"action": "retry", "jobIds": ["a"], "filter": {}},
        {"action": "retry", "jobIds": []},
        {"action": "retry", "jobIds": "a"},
        {"action": "retry", "jobIds": [1]},
        {"action": "retry", "jobIds": [["a"]]},
        {"action": "retry", "filter": []},
        {"action": "retry", "filter": {"colour": "red"}},
        {"action": "retry", "filter": {"status": "waiting"}},
        {"action": "retry", "filter": {"status": 7}},
        {"action": "retry", "filter": {"errorClass": ["UNKNOWN"]}},
        {"action": "retry", "filter": {"olderThanMs": 10**30}},
        {"action": "retry", "jobIds": ["a"], "force": "yes"},
        {"action": "retry", "jobIds": ["a"], "limit": 0},
    ],
)
def test_wrong_bodies_are_refused(admin: APIClient, body: dict[str, Any]) -> None:
    assert post(admin, body, PATH).status_code == 400


def test_a_tenant_admin_may_look_but_not_act(member: APIClient, client_of: NewClient) -> None:
    job_id = failed(member)
    boss = client_of("boss@example.com", role="tenant-admin")

    assert ids(boss.get(PATH)) == [job_id]
    assert post(boss, {"action": "remove", "jobIds": [job_id]}, PATH).status_code == 403
