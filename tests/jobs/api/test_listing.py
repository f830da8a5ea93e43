"""Lists and searches, and how they are limited to what a caller may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job, QueueState

from .conftest import NewClient
from .mixture import make, mixture  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


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
