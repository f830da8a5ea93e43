"""Removing, retrying and cancelling one job."""

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs.models import Job, QueueState

from ..conftest import NewClient
from .states import STATES, TERMINAL, a_job, run

pytestmark = pytest.mark.django_db


# --- Remove ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["", "?action=remove"])
@pytest.mark.parametrize("status", [state for state in STATES if state != "active"])
def test_a_job_is_removed_with_its_record(member: APIClient, status: str, query: str) -> None:
    job_id = a_job(member, status)

    answer = member.delete(f"/api/jobs/{job_id}{query}")

    assert answer.status_code == 200
    assert answer.json() == {"id": job_id, "action": "remove", "removed": True}
    assert member.get(f"/api/jobs/{job_id}").status_code == 404
    entry = AuditEntry.objects.get(action="job.remove")
    assert (entry.target_id, entry.actor) == (job_id, member.user_id)  # type: ignore[attr-defined]
    assert member.delete(f"/api/jobs/{job_id}").status_code == 404


def test_an_active_job_is_removed_with_force_only(member: APIClient) -> None:
    job_id = a_job(member, "active")

    refused = member.delete(f"/api/jobs/{job_id}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "job_active")
    assert Job.objects.filter(public_id=job_id).exists()

    assert member.delete(f"/api/jobs/{job_id}?force=true").status_code == 200
    assert not Job.objects.exists()


# --- Retry ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("status", "query"), [("failed", ""), ("cancelled", ""), ("dead", "&force=true")])
def test_an_ended_job_is_retried_with_a_fresh_budget(member: APIClient, status: str, query: str) -> None:
    job_id = a_job(member, status, attempts_made=3)

    answer = member.delete(f"/api/jobs/{job_id}?action=retry{query}")

    job = answer.json()
    assert (answer.status_code, job["id"], job["status"]) == (202, job_id, "waiting")
    assert (job["attemptsMade"], job["error"], job["finishedAt"]) == (0, None, None)
    run(job_id)
    assert member.get(f"/api/jobs/{job_id}").json()["status"] == "completed"


@pytest.mark.parametrize("status", ["waiting", "rate-limited", "delayed", "active", "completed", "dead"])
def test_other_states_are_not_retryable(member: APIClient, status: str) -> None:
    job_id = a_job(member, status)
    before = Job.objects.filter(public_id=job_id).values().get()

    answer = member.delete(f"/api/jobs/{job_id}?action=retry")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_retryable")
    assert Job.objects.filter(public_id=job_id).values().get() == before


def test_an_archived_job_cannot_be_retried(member: APIClient) -> None:
    answer = member.delete(f"/api/jobs/{a_job(member, 'failed', archived=True)}?action=retry")

    assert answer.status_code == 409
    assert "no longer kept" in answer.json()["error"]["message"]


def test_a_retry_into_a_paused_queue_ends_paused(member: APIClient) -> None:
    job_id = a_job(member, "failed")
    QueueState.objects.create(queue="scoring", paused=True)

    assert member.delete(f"/api/jobs/{job_id}?action=retry").json()["status"] == "paused"


# --- Cancel ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["waiting", "rate-limited", "delayed"])
def test_a_job_that_has_not_started_is_cancelled_at_once(member: APIClient, status: str) -> None:
    job_id = a_job(member, status)

    answer = member.delete(f"/api/jobs/{job_id}?action=cancel")

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert member.get(f"/api/jobs/{job_id}").json()["status"] == "cancelled"


def test_an_active_job_is_asked_to_stop(member: APIClient) -> None:
    job_id = a_job(member, "active")

    answer = member.delete(f"/api/jobs/{job_id}?action=cancel")

    assert (answer.status_code, answer.json()["status"]) == (202, "active")
    assert Job.objects.get(public_id=job_id).cancel_requested_at is not None


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_an_ended_job_cannot_be_cancelled(member: APIClient, status: str) -> None:
    answer = member.delete(f"/api/jobs/{a_job(member, status)}?action=cancel")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_cancellable")


@pytest.mark.parametrize("query", ["action=explode", "action=Remove", "force=perhaps", "action=retry&action=cancel"])
def test_an_unknown_action_is_refused_and_changes_nothing(member: APIClient, query: str) -> None:
    job_id = a_job(member, "failed")

    answer = member.delete(f"/api/jobs/{job_id}?{query}")

    assert answer.status_code == 400
    if query == "action=explode":
        assert answer.json()["error"]["fields"]["action"] == "must be one of remove, retry, cancel"
    assert Job.objects.get(public_id=job_id).status == "failed"


def test_a_tenant_admin_acts_on_the_tenants_jobs(member: APIClient, client_of: NewClient) -> None:
    boss = client_of("boss@example.com", role="tenant-admin")

    assert boss.delete(f"/api/jobs/{a_job(member)}?action=cancel").status_code == 200
