"""Counts and performance, and how they are limited to what a caller may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from config.queue_settings import BUSINESS_QUEUES
from jobs.models import Worker

from .conftest import NewClient, post
from .mixture import make, mixture  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db

STATES = ["waiting", "active", "completed", "failed", "delayed", "paused", "rateLimited", "cancelled", "dead"]


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
