"""Many jobs of a queue at once: cleaned, retried, removed."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs.models import Event, Job

from .conftest import aged_job, note, post

pytestmark = pytest.mark.django_db

SCORING = "/api/queues/scoring"


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.SUBMISSION_RATE_LIMIT = None


# --- Clean ----------------------------------------------------------------------------------------
def test_a_clean_removes_the_oldest_hundred_older_than_a_day(admin: APIClient, member: APIClient) -> None:
    old = [aged_job(member, "completed", age=timedelta(days=2, minutes=150 - number)) for number in range(150)]
    young = aged_job(member, "completed", age=timedelta(hours=23))

    first = post(admin, {"action": "clean"}, SCORING).json()
    second = post(admin, {"action": "clean"}, SCORING).json()

    assert (first["queue"], first["action"], first["removed"]) == ("scoring", "clean", 100)
    assert first["ids"] == old[:100]
    assert second["ids"] == old[100:]
    assert Job.objects.get().public_id == young
    assert Event.objects.filter(event="cleaned", queue="scoring").count() == 2
    assert AuditEntry.objects.get(action="queue.clean", details__removed=50).actor_name == "admin@example.com"


def test_a_clean_spares_what_is_younger_than_its_grace(admin: APIClient, member: APIClient) -> None:
    aged_job(member, "completed", age=timedelta(minutes=59))
    gone = aged_job(member, "completed", age=timedelta(minutes=61))

    answer = post(admin, {"action": "clean", "options": {"grace": 3_600_000}}, SCORING)

    assert answer.json()["ids"] == [gone]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("completed", "completed"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
        ("canceled", "cancelled"),
        ("dead", "dead"),
        ("delayed", "delayed"),
        ("waiting", "waiting"),
        ("wait", "waiting"),
    ],
)
def test_a_clean_removes_the_state_it_names_and_no_other(
    admin: APIClient, member: APIClient, word: str, status: str
) -> None:
    states = ("completed", "failed", "cancelled", "dead", "delayed", "waiting", "active")
    made = {state: aged_job(member, state, age=timedelta(days=2)) for state in states}

    answer = post(admin, {"action": "clean", "options": {"type": word}}, SCORING)

    assert answer.json()["ids"] == [made[status]]
    assert Job.objects.count() == 6


def test_a_json_action_sent_as_a_form_works(admin: APIClient, member: APIClient) -> None:
    aged_job(member, "completed", age=timedelta(days=2))

    answer = admin.generic("POST", SCORING, '{"action": "clean"}', content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, answer.json()["removed"]) == (200, 1)


# --- Retry failed ---------------------------------------------------------------------------------
def test_retry_failed_leaves_the_dead(admin: APIClient, member: APIClient) -> None:
    failed = [aged_job(member, "failed", age=timedelta(minutes=9 - number)) for number in range(3)]
    dead = aged_job(member, "dead")

    answer = post(admin, {"action": "retry-failed"}, SCORING)

    assert (answer.json()["retried"], answer.json()["ids"]) == (3, failed)
    assert Job.objects.get(public_id=dead).status == "dead"
    assert set(Job.objects.filter(public_id__in=failed).values_list("status", flat=True)) == {"waiting"}


def test_retry_failed_keeps_to_its_limit(admin: APIClient, member: APIClient) -> None:
    for _ in range(3):
        aged_job(member, "failed")

    assert post(admin, {"action": "retry-failed", "options": {"limit": 2}}, SCORING).json()["retried"] == 2


# --- Bulk removal ---------------------------------------------------------------------------------
def test_jobs_are_removed_by_id(admin: APIClient, member: APIClient) -> None:
    first, second, running = aged_job(member), aged_job(member, "failed"), aged_job(member, "active")
    elsewhere = post(member, note() | {"type": "test-gated"}).json()["id"]

    answer = admin.delete(f"{SCORING}?jobIds={first},{second},unknown,{running},{elsewhere},{first}")

    assert answer.status_code == 200
    assert answer.json() == {"removed": 2, "notFound": 2, "skipped": 1}
    assert set(Job.objects.values_list("public_id", flat=True)) == {running, elsewhere}
    assert AuditEntry.objects.get(action="job.remove").details["count"] == 2


def test_jobs_are_removed_by_state(admin: APIClient, member: APIClient) -> None:
    for _ in range(3):
        aged_job(member, "failed")
    aged_job(member)

    answer = admin.delete(f"{SCORING}?status=failed")

    assert answer.json() == {"removed": 3, "notFound": 0, "skipped": 0}
    assert admin.get(SCORING).json()["counts"]["failed"] == 0
    assert Job.objects.count() == 1


def test_running_jobs_are_skipped_by_state_too(admin: APIClient, member: APIClient) -> None:
    aged_job(member, "active")

    assert admin.delete(f"{SCORING}?status=active").json() == {"removed": 0, "notFound": 0, "skipped": 1}


@pytest.mark.parametrize(
    "query", ["", "?jobIds=", "?jobIds=,", "?status=weird", "?status=all", "?jobIds=a&status=failed"]
)
def test_a_bulk_removal_must_say_what(admin: APIClient, member: APIClient, query: str) -> None:
    aged_job(member, "failed")

    assert admin.delete(f"{SCORING}{query}").status_code == 400
    assert Job.objects.count() == 1


def test_ids_with_colons_are_removed(admin: APIClient, member: APIClient) -> None:
    post(member, note(jobId="research:a:1"))

    assert admin.delete(f"{SCORING}?job_ids=research:a:1,research%3Aa%3A2").json()["removed"] == 1
