"""Jobs of others, which do not exist; tests/authorisation says of every route who may."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.models import Job

from .conftest import NewClient, note, post, set_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def callers(client_of: NewClient, anonymous: APIClient, globex: Any) -> dict[str, APIClient]:
    """One client per role; `theirs` is the member's job in Acme."""
    clients = {
        "anonymous": anonymous,
        "stranger": client_of("stranger@example.com", role="member", organisation=globex),
        **{role: client_of(f"{role}@example.com", role=role) for role in ("viewer", "member", "tenant-admin", "admin")},
    }
    post(clients["member"], note(jobId="theirs"))
    return clients


@pytest.mark.parametrize(
    ("method", "suffix"),
    [
        ("get", ""),
        ("get", "?include=attempts,log"),
        ("delete", ""),
        ("delete", "?action=remove&force=true"),
        ("delete", "?action=retry"),
        ("delete", "?action=cancel"),
    ],
)
@pytest.mark.parametrize("state", ["waiting", "failed", "completed"])
def test_anothers_job_answers_byte_for_byte_like_no_job(
    callers: dict[str, APIClient], client_of: NewClient, method: str, suffix: str, state: str
) -> None:
    set_job("theirs", status=state)
    colleague = client_of("colleague@example.com", role="member")

    for client in (callers["stranger"], colleague):
        theirs = getattr(client, method)(f"/api/jobs/theirs{suffix}")
        unknown = getattr(client, method)(f"/api/jobs/unknown{suffix}")
        assert theirs.status_code == unknown.status_code == 404
        assert theirs.content == unknown.content
        varying = {"X-Request-ID"}
        assert {k: v for k, v in theirs.items() if k not in varying} == {
            k: v for k, v in unknown.items() if k not in varying
        }
    assert Job.objects.get().status == state


def test_another_tenants_admin_sees_nothing_of_it(
    callers: dict[str, APIClient], client_of: NewClient, globex: Any
) -> None:
    boss = client_of("boss@example.com", role="tenant-admin", organisation=globex)

    assert boss.get("/api/jobs/theirs").status_code == 404
    assert boss.get("/api/jobs/search?tenantId=acme").json()["jobs"] == []


def test_a_users_job_in_an_organisation_they_left_is_gone_for_them(callers: dict[str, APIClient]) -> None:
    Job.objects.update(tenant_id="globex")

    assert callers["member"].get("/api/jobs/theirs").status_code == 404


def test_metrics_are_limited_to_the_callers_own_jobs(callers: dict[str, APIClient], client_of: NewClient) -> None:
    set_job("theirs", status="failed", duration_ms=5)
    own = client_of("member@example.com", scopes=["metrics:read"])
    other = client_of("viewer@example.com", role="viewer", scopes=["metrics:read"])

    assert own.get("/api/jobs/metrics").json()["metrics"]["scoring"]["performance"]["failureRate"] == 1.0
    assert other.get("/api/jobs/metrics").json()["metrics"]["scoring"]["performance"]["failureRate"] == 0.0
