"""Queues: their resource, pausing and resuming."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs import policy
from jobs.models import Event, Job, QueueState, Worker

from .conftest import aged_job, note, post, set_job

pytestmark = pytest.mark.django_db

SCORING = "/api/queues/scoring"


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
    old, new = aged_job(member, age=timedelta(hours=1)), aged_job(member)
    failed = aged_job(member, "failed", age=timedelta(hours=2))

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
    aged_job(member)
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
