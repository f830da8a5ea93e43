"""Queues: their resource, pausing, cleaning, retrying and bulk removal."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs import policy
from jobs.models import Event, Job, QueueState, Worker

from .conftest import note, post, set_job

pytestmark = pytest.mark.django_db

SCORING = "/api/queues/scoring"


def make(client: APIClient, status: str = "waiting", *, age: timedelta = timedelta(), **values: Any) -> str:
    job_id = str(post(client, note()).json()["id"])
    at = timezone.now() - age
    if status == "delayed":
        values |= {"delay_reason": "scheduled", "run_at": timezone.now() + timedelta(hours=1)}
    if status in {"completed", "failed", "dead", "cancelled"}:
        values.setdefault("finished_at", at)
    set_job(job_id, status=status, **{"updated_at": at} | values)
    return job_id


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.SUBMISSION_RATE_LIMIT = None


# --- The resource ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("word", "queue"),
    [
        ("scoring", "scoring"),
        ("buying-signals", "signals"),
        ("webhook", "webhooks"),
        ("report", "reports"),
        ("calculations", "calculation"),
        ("sector_research", "sector-research"),
        ("buying_signals", "signals"),
    ],
)
def test_queues_are_known_by_alias_and_answer_by_name(member: APIClient, word: str, queue: str) -> None:
    assert member.get(f"/api/queues/{word}").json()["queue"] == queue
    assert member.get(f"/api/jobs/queues/{word}").json()["queue"] == queue


@pytest.mark.parametrize("word", ["nope", "all", "-", "_"])
def test_an_unknown_queue_is_404(admin: APIClient, word: str) -> None:
    for path in (f"/api/queues/{word}", f"/api/jobs/queues/{word}", f"/api/queues/{word}/dead-letter"):
        assert admin.get(path).status_code == 404
    assert post(admin, {"action": "pause"}, f"/api/queues/{word}").status_code == 404


def test_the_internal_queue_exists_for_admins_only(admin: APIClient, member: APIClient) -> None:
    assert admin.get("/api/queues/default").status_code == 200
    hidden, unknown = member.get("/api/queues/default"), member.get("/api/queues/nope")
    assert (hidden.status_code, hidden.content) == (404, unknown.content)


def test_a_queue_shows_its_policy(member: APIClient) -> None:
    body = member.get("/api/queues/enrichment").json()

    assert set(body) == {"queue", "isPaused", "counts", "policy", "workers", "timestamp"}
    shown = body["policy"]
    assert (shown["priority"], shown["concurrency"], shown["timeoutMs"]) == (2, 5, 60_000)
    assert shown["startLimit"] == {"max": 50, "durationMs": 60_000}
    assert shown["keepCompleted"] == {"count": 100, "ageMs": None, "rule": None}
    assert shown["keepFailed"] == {"count": 50, "ageMs": None, "rule": None}
    types = {entry["type"]: entry for entry in shown["types"]}
    assert (types["contact-enrichment"]["maxAttempts"], types["contact-enrichment"]["waitsMs"]) == (2, [5000])
    assert (types["business-enrichment"]["maxAttempts"], types["business-enrichment"]["waitsMs"]) == (3, [2000, 4000])


@pytest.mark.parametrize("rules", policy.business_queues(), ids=lambda rules: rules.name)
def test_every_queue_shows_the_registrys_numbers(member: APIClient, rules: policy.QueuePolicy) -> None:
    shown = member.get(f"/api/queues/{rules.name}").json()["policy"]

    assert shown["priority"] == rules.priority
    assert shown["concurrency"] == rules.concurrency
    assert shown["timeoutMs"] == rules.timeout_ms
    assert (shown["startLimit"] is None) == (rules.start_limit is None)
    assert shown["keepCompleted"]["count"] == rules.keep_completed.count
    assert {entry["type"] for entry in shown["types"]} >= {
        name for name, kind in policy.TYPE_POLICIES.items() if kind.queue == rules.name
    }


def test_a_queue_counts_its_live_workers(member: APIClient) -> None:
    now = timezone.now()
    workers: dict[str, dict[str, Any]] = {
        "alive": {},
        "silent": {"heartbeat_at": now - timedelta(minutes=1)},
        "stopping": {"stopping": True},
        "elsewhere": {"slots": {"research": 1}},
    }
    for name, values in workers.items():
        Worker.objects.create(**{"name": name, "host": "h", "pid": 1, "slots": {"scoring": 2}} | values)

    assert member.get(SCORING).json()["workers"] == 1


def test_jobs_are_included_on_request_the_latest_change_first(member: APIClient) -> None:
    old, new = make(member, age=timedelta(hours=1)), make(member)
    failed = make(member, "failed", age=timedelta(hours=2))

    assert "jobs" not in member.get(SCORING).json()
    for spelling in ("includeJobs", "include_jobs"):
        jobs = member.get(f"{SCORING}?{spelling}=true").json()["jobs"]
        assert [job["id"] for job in jobs] == [new, old, failed]
    only = member.get(f"{SCORING}?includeJobs=true&status=failed&limit=20").json()["jobs"]
    assert [job["id"] for job in only] == [failed]
    assert len(member.get(f"{SCORING}?includeJobs=true&limit=1").json()["jobs"]) == 1


# --- Pause and resume -----------------------------------------------------------------------------
def test_pausing_and_resuming_are_recorded_and_harmless_to_repeat(admin: APIClient) -> None:
    for action, paused in (("pause", True), ("pause", True), ("resume", False), ("resume", False)):
        answer = post(admin, {"action": action}, SCORING)
        assert (answer.status_code, answer.json()["isPaused"]) == (200, paused)
        assert admin.get(SCORING).json()["isPaused"] is paused

    assert list(Event.objects.filter(queue="scoring", job_id=None).values_list("event", flat=True)) == [
        "paused",
        "resumed",
    ]
    entries = AuditEntry.objects.filter(target_type="queue").order_by("id")
    assert [(entry.action, entry.details["changed"]) for entry in entries] == [
        ("queue.pause", True),
        ("queue.pause", False),
        ("queue.resume", True),
        ("queue.resume", False),
    ]
    assert {entry.actor_name for entry in entries} == {"admin@example.com"}


@pytest.mark.django_db(transaction=True)
def test_pausing_takes_the_ready_jobs_back_and_resuming_brings_them(
    admin: APIClient, member: APIClient, redis_clean: Any
) -> None:
    make(member)
    assert redis_clean.zcard("quarry:ready:scoring") == 1

    post(admin, {"action": "pause"}, SCORING)
    assert redis_clean.zcard("quarry:ready:scoring") == 0

    post(admin, {"action": "resume"}, SCORING)
    assert redis_clean.zcard("quarry:ready:scoring") == 1


def test_pausing_a_limited_queue_takes_its_permits_back(admin: APIClient, member: APIClient) -> None:
    job_id = post(member, note() | {"type": "test-gated"}).json()["id"]
    set_job(job_id, status="rate-limited", run_at=timezone.now())

    post(admin, {"action": "pause"}, "/api/queues/research")

    job = Job.objects.get(public_id=job_id)
    assert (job.status, job.permitted_at, job.run_at) == ("waiting", None, None)
    assert member.get(f"/api/jobs/{job_id}").json()["status"] == "paused"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "action"),
        ({"action": "explode"}, "action"),
        ({"action": ["pause"]}, "action"),
        ({"action": "pause", "options": {"for": 5}}, "options.for"),
        ({"action": "pause", "options": {"reason": "x" * 301}}, "options.reason"),
        ({"action": "pause", "options": {"reason": 5}}, "options.reason"),
        ({"action": "clean", "options": []}, "options"),
        ({"action": "clean", "options": {"grace": -1}}, "options.grace"),
        ({"action": "clean", "options": {"grace": 10**18}}, "options.grace"),
        ({"action": "clean", "options": {"grace": "1"}}, "options.grace"),
        ({"action": "clean", "options": {"limit": 0}}, "options.limit"),
        ({"action": "clean", "options": {"limit": 1001}}, "options.limit"),
        ({"action": "clean", "options": {"limit": True}}, "options.limit"),
        ({"action": "clean", "options": {"type": "active"}}, "options.type"),
        ({"action": "clean", "options": {"type": 7}}, "options.type"),
        ({"action": "retry-failed", "options": {"limit": 0}}, "options.limit"),
        ({"action": "pause", "now": True}, "now"),
    ],
)
def test_wrong_actions_are_refused_by_field(admin: APIClient, body: dict[str, Any], field: str) -> None:
    answer = post(admin, body, SCORING)

    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]
    assert not QueueState.objects.filter(paused=True).exists()


# --- Clean ----------------------------------------------------------------------------------------
def test_a_clean_removes_the_oldest_hundred_older_than_a_day(admin: APIClient, member: APIClient) -> None:
    old = [make(member, "completed", age=timedelta(days=2, minutes=150 - number)) for number in range(150)]
    young = make(member, "completed", age=timedelta(hours=23))

    first = post(admin, {"action": "clean"}, SCORING).json()
    second = post(admin, {"action": "clean"}, SCORING).json()

    assert (first["queue"], first["action"], first["removed"]) == ("scoring", "clean", 100)
    assert first["ids"] == old[:100]
    assert second["ids"] == old[100:]
    assert Job.objects.get().public_id == young
    assert Event.objects.filter(event="cleaned", queue="scoring").count() == 2
    assert AuditEntry.objects.get(action="queue.clean", details__removed=50).actor_name == "admin@example.com"


def test_a_clean_spares_what_is_younger_than_its_grace(admin: APIClient, member: APIClient) -> None:
    make(member, "completed", age=timedelta(minutes=59))
    gone = make(member, "completed", age=timedelta(minutes=61))

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
    made = {state: make(member, state, age=timedelta(days=2)) for state in states}

    answer = post(admin, {"action": "clean", "options": {"type": word}}, SCORING)

    assert answer.json()["ids"] == [made[status]]
    assert Job.objects.count() == 6


def test_a_json_action_sent_as_a_form_works(admin: APIClient, member: APIClient) -> None:
    make(member, "completed", age=timedelta(days=2))

    answer = admin.generic("POST", SCORING, '{"action": "clean"}', content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, answer.json()["removed"]) == (200, 1)


# --- Retry failed ---------------------------------------------------------------------------------
def test_retry_failed_leaves_the_dead(admin: APIClient, member: APIClient) -> None:
    failed = [make(member, "failed", age=timedelta(minutes=9 - number)) for number in range(3)]
    dead = make(member, "dead")

    answer = post(admin, {"action": "retry-failed"}, SCORING)

    assert (answer.json()["retried"], answer.json()["ids"]) == (3, failed)
    assert Job.objects.get(public_id=dead).status == "dead"
    assert set(Job.objects.filter(public_id__in=failed).values_list("status", flat=True)) == {"waiting"}


def test_retry_failed_keeps_to_its_limit(admin: APIClient, member: APIClient) -> None:
    for _ in range(3):
        make(member, "failed")

    assert post(admin, {"action": "retry-failed", "options": {"limit": 2}}, SCORING).json()["retried"] == 2


# --- Bulk removal ---------------------------------------------------------------------------------
def test_jobs_are_removed_by_id(admin: APIClient, member: APIClient) -> None:
    first, second, running = make(member), make(member, "failed"), make(member, "active")
    elsewhere = post(member, note() | {"type": "test-gated"}).json()["id"]

    answer = admin.delete(f"{SCORING}?jobIds={first},{second},unknown,{running},{elsewhere},{first}")

    assert answer.status_code == 200
    assert answer.json() == {"removed": 2, "notFound": 2, "skipped": 1}
    assert set(Job.objects.values_list("public_id", flat=True)) == {running, elsewhere}
    assert AuditEntry.objects.get(action="job.remove").details["count"] == 2


def test_jobs_are_removed_by_state(admin: APIClient, member: APIClient) -> None:
    for _ in range(3):
        make(member, "failed")
    make(member)

    answer = admin.delete(f"{SCORING}?status=failed")

    assert answer.json() == {"removed": 3, "notFound": 0, "skipped": 0}
    assert admin.get(SCORING).json()["counts"]["failed"] == 0
    assert Job.objects.count() == 1


def test_running_jobs_are_skipped_by_state_too(admin: APIClient, member: APIClient) -> None:
    make(member, "active")

    assert admin.delete(f"{SCORING}?status=active").json() == {"removed": 0, "notFound": 0, "skipped": 1}


@pytest.mark.parametrize(
    "query", ["", "?jobIds=", "?jobIds=,", "?status=weird", "?status=all", "?jobIds=a&status=failed"]
)
def test_a_bulk_removal_must_say_what(admin: APIClient, member: APIClient, query: str) -> None:
    make(member, "failed")

    assert admin.delete(f"{SCORING}{query}").status_code == 400
    assert Job.objects.count() == 1


def test_ids_with_colons_are_removed(admin: APIClient, member: APIClient) -> None:
    post(member, note(jobId="research:a:1"))

    assert admin.delete(f"{SCORING}?job_ids=research:a:1,research%3Aa%3A2").json()["removed"] == 1
