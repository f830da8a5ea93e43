"""Counts, lists and searches, and how they are limited to what a caller may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from config.queue_settings import BUSINESS_QUEUES
from jobs.models import Job, QueueState, Worker

from .conftest import NewClient, note, post, set_job

pytestmark = pytest.mark.django_db

STATES = ["waiting", "active", "completed", "failed", "delayed", "paused", "rateLimited", "cancelled", "dead"]


def make(client: APIClient, status: str = "waiting", kind: str = "test-note", **values: Any) -> str:
    body = note() | {"type": kind} if kind != "test-plain" else {"type": kind, "data": {}}
    job_id = str(post(client, body).json()["id"])
    if status == "delayed":
        values = {"delay_reason": "scheduled", "run_at": timezone.now() + timedelta(hours=1)} | values
    if status != "waiting" or values:
        set_job(job_id, status=status, **values)
    return job_id


@pytest.fixture
def mixture(member: APIClient) -> None:
    for status in ("waiting", "waiting", "delayed", "active", "completed", "failed", "failed", "dead", "cancelled"):
        make(member, status)
    make(member, "completed", "test-plain")
    make(member, "rate-limited", "test-gated", run_at=timezone.now())
    make(member, "completed", archived=True)


EXPECTED = {
    "waiting": 2,
    "delayed": 1,
    "active": 1,
    "completed": 1,
    "failed": 2,
    "dead": 1,
    "cancelled": 1,
    "paused": 0,
    "rateLimited": 0,
}


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize("role", ["admin", "member", "tenant-admin"])
def test_the_three_statistics_agree(client_of: NewClient, role: str) -> None:
    client = client_of(f"{role}@example.com", role=role)
    metrics = client_of(f"{role}@example.com", role=role, scopes=["metrics:read"])

    by_name = client.get("/api/jobs").json()
    listed = client.get("/api/jobs/queues/stats").json()["queues"]
    measured = metrics.get("/api/jobs/metrics").json()["metrics"]
    one = client.get("/api/queues/scoring").json()["counts"]

    assert by_name["totalJobs"] == 11
    assert by_name["queues"]["scoring"] == {**EXPECTED, "total": 9}
    assert by_name["queues"]["research"]["rateLimited"] == 1
    assert by_name["queues"]["signals"]["completed"] == 1
    for entry in listed:
        name = entry["queue"]
        assert entry["total"] == sum(entry[state] for state in STATES)
        assert {key: entry[key] for key in [*STATES, "total"]} == by_name["queues"][name]
        assert {key: measured[name][key] for key in STATES} == {key: entry[key] for key in STATES}
    assert one == by_name["queues"]["scoring"]


def test_all_sixteen_queues_are_listed_and_the_internal_one_on_request(admin: APIClient, member: APIClient) -> None:
    for path, names in (
        ("/api/jobs", lambda body: list(body["queues"])),
        ("/api/jobs/queues/stats", lambda body: [entry["queue"] for entry in body["queues"]]),
        ("/api/jobs/metrics", lambda body: list(body["metrics"])),
        ("/api/queues", lambda body: [entry["queue"] for entry in body]),
        ("/api/workers", lambda body: [entry["name"] for entry in body]),
    ):
        assert names(admin.get(path).json()) == list(BUSINESS_QUEUES)
        assert names(admin.get(f"{path}?include_internal=true").json()) == [*BUSINESS_QUEUES, "default"]
        if path != "/api/jobs/metrics":
            assert member.get(f"{path}?includeInternal=true").status_code == 403


def test_an_admins_counts_never_scan_the_jobs(admin: APIClient) -> None:
    with CaptureQueriesContext(connection) as queries:
        admin.get("/api/jobs")
        admin.get("/api/jobs/queues/stats")
        admin.get("/api/queues")

    assert not [query["sql"] for query in queries if "jobs_job" in query["sql"]]


@pytest.mark.usefixtures("mixture")
def test_nobodys_counts_hold_others_jobs(client_of: NewClient, globex: Any) -> None:
    colleague = client_of("colleague@example.com", role="member")
    stranger = client_of("stranger@example.com", role="tenant-admin", organisation=globex)

    for client in (colleague, stranger):
        assert client.get("/api/jobs").json()["totalJobs"] == 0
        assert client.get("/api/jobs/queues/scoring?status=all").json()["jobs"] == []
        assert client.get("/api/jobs/search").json()["jobs"] == []
        assert client.get("/api/queues/scoring?includeJobs=true").json()["jobs"] == []
        assert client.get("/api/queues/scoring/dead-letter").json()["jobs"] == []
        assert {entry["counts"]["total"] for entry in client.get("/api/queues").json()} == {0}


def test_a_pause_moves_the_count_from_waiting_to_paused_and_back(member: APIClient, admin: APIClient) -> None:
    make(member)
    make(member, "delayed")

    def counts() -> tuple[int, int, int]:
        numbers = member.get("/api/jobs").json()["queues"]["scoring"]
        return numbers["waiting"], numbers["paused"], numbers["delayed"]

    assert counts() == (1, 0, 1)
    post(admin, {"action": "pause"}, "/api/queues/scoring")
    assert counts() == (0, 1, 1)
    post(admin, {"action": "resume"}, "/api/queues/scoring")
    assert counts() == (1, 0, 1)


# --- Performance ----------------------------------------------------------------------------------
def test_performance_is_measured_over_the_window(member: APIClient, admin: APIClient) -> None:
    for _ in range(19):
        make(member, "completed", duration_ms=500)
    make(member, "failed", duration_ms=400)
    make(member, "completed", duration_ms=90_000, finished_at=timezone.now() - timedelta(minutes=20))
    make(member)
    Worker.objects.create(name="w", host="h", pid=1, slots={"scoring": 10}, busy={"scoring": 4})

    performance = admin.get("/api/jobs/metrics").json()["metrics"]["scoring"]["performance"]

    assert performance == {
        "depth": 1,
        "ratePerSecond": round(20 / 300, 4),
        "failureRate": 0.05,
        "averageDurationMs": 500,
        "p95DurationMs": 500,
        "workerUtilization": 0.4,
    }


def test_a_queue_without_work_has_figures_too(admin: APIClient) -> None:
    performance = admin.get("/api/jobs/metrics").json()["metrics"]["reports"]["performance"]

    assert performance == {
        "depth": 0,
        "ratePerSecond": 0.0,
        "failureRate": 0.0,
        "averageDurationMs": None,
        "p95DurationMs": None,
        "workerUtilization": 0.0,
    }


# --- Listing --------------------------------------------------------------------------------------
def ids(answer: Any) -> list[str]:
    return [job["id"] for job in answer.json()["jobs"]]


def test_waiting_jobs_are_listed_in_the_order_they_will_run(member: APIClient) -> None:
    low, first, second = make(member, priority=-100), make(member), make(member)
    urgent = make(member, priority=1000)

    answer = member.get("/api/jobs/queues/scoring")

    assert ids(answer) == [urgent, first, second, low]
    assert {key: answer.json()[key] for key in ("queue", "status", "limit", "offset", "count")} == {
        "queue": "scoring",
        "status": "waiting",
        "limit": 20,
        "offset": 0,
        "count": 4,
    }


def test_ended_jobs_are_listed_newest_first(member: APIClient) -> None:
    now = timezone.now()
    old = make(member, "completed", finished_at=now - timedelta(hours=2))
    new = make(member, "completed", finished_at=now)
    middle = make(member, "completed", finished_at=now - timedelta(hours=1))

    assert ids(member.get("/api/jobs/queues/scoring?status=completed")) == [new, middle, old]


def test_twenty_are_listed_unless_asked_otherwise(member: APIClient) -> None:
    made = [make(member) for _ in range(25)]

    assert ids(member.get("/api/jobs/queues/scoring")) == made[:20]
    assert ids(member.get("/api/jobs/queues/scoring?limit=10&offset=20")) == made[20:]
    assert member.get("/api/jobs/queues/scoring?limit=10").json()["total"] == 25


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize(
    ("word", "status", "number"),
    [
        ("queued", "waiting", 2),
        ("wait", "waiting", 2),
        ("processing", "active", 1),
        ("canceled", "cancelled", 1),
        ("rateLimited", "rate-limited", 0),
        ("all", "all", 9),
    ],
)
def test_states_are_known_by_their_other_names(member: APIClient, word: str, status: str, number: int) -> None:
    body = member.get(f"/api/jobs/queues/scoring?status={word}&limit=500").json()

    assert (body["status"], body["count"], body["total"]) == (status, number, number)


@pytest.mark.parametrize(
    "query", ["status=weird", "limit=0", "limit=501", "limit=x", "offset=-1", "limit=1.5", "limit=1&limit=2"]
)
def test_wrong_parameters_are_refused(member: APIClient, query: str) -> None:
    answer = member.get(f"/api/jobs/queues/scoring?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["error"]["fields"]


def test_a_paused_queues_jobs_are_listed_as_paused(member: APIClient) -> None:
    made = make(member)
    QueueState.objects.create(queue="scoring", paused=True)

    assert ids(member.get("/api/jobs/queues/scoring")) == []
    answer = member.get("/api/jobs/queues/scoring?status=paused")
    assert ids(answer) == [made]
    assert answer.json()["jobs"][0]["status"] == "paused"


def test_a_listing_costs_the_same_queries_for_one_job_or_many(member: APIClient) -> None:
    make(member)
    member.get("/api/jobs/queues/scoring")
    with CaptureQueriesContext(connection) as one:
        member.get("/api/jobs/queues/scoring")
    for _ in range(10):
        make(member)
    with CaptureQueriesContext(connection) as many:
        member.get("/api/jobs/queues/scoring")

    assert len(many) == len(one)


# --- Search ---------------------------------------------------------------------------------------
@pytest.mark.usefixtures("mixture")
def test_a_search_finds_archived_records_too(member: APIClient) -> None:
    found = member.get("/api/jobs/search?relatedId=comp_1&type=test_note&limit=100").json()

    assert found["count"] == 10
    assert [job["archived"] for job in found["jobs"]].count(True) == 1
    assert found["jobs"] == sorted(found["jobs"], key=lambda job: job["createdAt"], reverse=True)


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("related_id=comp_1&status=failed", 2),
        ("relatedId=other", 0),
        ("queue=buying-signals", 1),
        ("queue=scoring&status=queued", 2),
        ("type=test-gated", 1),
        ("userId=nobody", 0),
        ("tenantId=acme", 12),
        ("createdAfter=2020-01-01T00:00:00Z", 12),
        ("createdAfter=2020-01-01", 12),
        ("createdBefore=2020-01-01T00:00:00%2B02:00", 0),
        ("createdAfter=2020-01-01T00:00:00+02:00", 12),
        # PostgreSQL knows no such offset.
        ("createdAfter=2020-01-01T00:00:00%2B18:35", 12),
        ("q=created:%3E2020-01-01T00:00:00-23:59", 12),
    ],
)
def test_a_search_filters(member: APIClient, query: str, number: int) -> None:
    assert member.get(f"/api/jobs/search?limit=100&{query}").json()["count"] == number


@pytest.mark.parametrize(
    "query", ["createdAfter=yesterday", "type=bogus", "queue=nope", "status=weird", "relatedId=a&related_id=b"]
)
def test_a_wrong_search_is_refused(member: APIClient, query: str) -> None:
    assert member.get(f"/api/jobs/search?{query}").status_code == 400


def test_naming_another_user_in_a_search_shows_nothing_of_theirs(
    member: APIClient, admin: APIClient, client_of: NewClient
) -> None:
    make(member)
    colleague = client_of("colleague@example.com", role="member")
    theirs = f"/api/jobs/search?userId={member.user_id}"  # type: ignore[attr-defined]

    assert colleague.get(theirs).json()["count"] == 0
    assert admin.get(theirs).json()["count"] == 1
    assert Job.objects.count() == 1
