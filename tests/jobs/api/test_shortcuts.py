"""The three fixed-type paths, which always mean UCC filings, prospects and portfolio health."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import Field
from rest_framework.test import APIClient

from jobs import registry
from jobs.models import Job
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type

from .conftest import post

pytestmark = pytest.mark.django_db


class Ingestion(Payload):
    state: str
    batch_size: int = 1000


class Enrichment(Payload):
    prospect_ids: list[EntityId] = Field(min_length=1, max_length=100)
    force: bool = False


class HealthScores(Payload):
    portfolio_company_id: EntityId | None = None
    batch_size: int = Field(default=50, ge=1, le=500)


@pytest.fixture(autouse=True)
def shortcut_types() -> Iterator[None]:
    """Those of the three types that no app has registered yet."""
    made = []
    for name, payload in (
        ("ucc-ingestion", Ingestion),
        ("data-enrichment", Enrichment),
        ("health-scores", HealthScores),
    ):
        try:
            registry.get(name)
        except registry.UnknownType:
            job_type(name, payload=payload)(lambda payload, job: None)
            made.append(name)
    yield
    for name in made:
        registry.unregister(name)


@pytest.mark.parametrize(
    ("path", "body", "kind", "stored"),
    [
        ("ingestion", {"state": "NY", "batchSize": 1000}, "ucc-ingestion", {"state": "NY", "batchSize": 1000}),
        (
            "enrichment",
            {"prospectIds": ["uuid-1", "uuid-2"], "force": False},
            "data-enrichment",
            {"prospectIds": ["uuid-1", "uuid-2"], "force": False},
        ),
        ("health-scores", {}, "health-scores", {"batchSize": 50}),
    ],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_shortcut_makes_a_job_of_its_type(
    member: APIClient, path: str, body: dict[str, Any], kind: str, stored: dict[str, Any], slash: str
) -> None:
    answer = post(member, body, f"/api/jobs/{path}{slash}")

    job = answer.json()
    assert answer.status_code == 202, job
    assert (job["type"], job["queue"]) == (kind, kind)
    assert stored.items() <= job["data"].items()


def test_health_scores_need_no_body_at_all(member: APIClient) -> None:
    answer = member.generic("POST", "/api/jobs/health-scores")

    assert answer.status_code == 202
    assert answer.json()["data"]["batchSize"] == 50


def test_a_shortcut_takes_the_same_options(member: APIClient) -> None:
    body = {"state": "NY", "options": {"delay": 60_000, "jobId": "ny-1", "priority": "high"}}

    job = post(member, body, "/api/jobs/ingestion").json()

    assert (job["id"], job["status"], job["priority"]) == ("ny-1", "delayed", 100)
    assert "options" not in job["data"]


def test_a_shortcuts_unknown_fields_are_refused(member: APIClient) -> None:
    answer = post(member, {"prospectIds": ["a"], "foo": 1}, "/api/jobs/enrichment")

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["foo"])
    assert not Job.objects.exists()
