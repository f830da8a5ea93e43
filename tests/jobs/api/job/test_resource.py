"""GET /api/jobs/{id}: the same keys in every state, under every id."""

import pytest
from rest_framework.test import APIClient

from ..conftest import RESOURCE_KEYS, note, post
from .states import ERROR, STATES, TERMINAL, a_job

pytestmark = pytest.mark.django_db

FORBIDDEN_KEYS = {"jobId", "queueName", "returnvalue", "processedOn", "finishedOn", "name", "state", "duration"}


@pytest.mark.parametrize("status", STATES)
def test_the_resource_has_the_same_keys_in_every_state(member: APIClient, status: str) -> None:
    answer = member.get(f"/api/jobs/{a_job(member, status)}")

    job = answer.json()
    over = status in TERMINAL
    assert set(job) == RESOURCE_KEYS
    assert not FORBIDDEN_KEYS & set(job)
    assert job["status"] == status
    assert answer.status_code == (200 if over else 202)
    assert job["pollIntervalMs"] == (None if over else 2000)
    assert answer.headers.get("Retry-After") == (None if over else "2")
    assert (job["estimatedCompletionAt"] is None) == over
    assert (job["estimatedCompletionSeconds"] is None) == over
    assert (job["explanation"] is None) == (over or status == "active")


def test_an_error_shows_its_six_keys_and_no_python(member: APIClient, admin: APIClient) -> None:
    job_id = a_job(member, "failed")

    for client in (member, admin):
        error = client.get(f"/api/jobs/{job_id}").json()["error"]
        assert error == {key: value for key, value in ERROR.items() if key != "exception"}


def test_an_archived_job_is_still_answered_without_its_data(member: APIClient) -> None:
    job_id = a_job(member, "completed", archived=True)

    job = member.get(f"/api/jobs/{job_id}").json()

    assert (job["archived"], job["data"], job["result"]) == (True, None, None)


def test_an_unknown_job_is_404(member: APIClient) -> None:
    answer = member.get("/api/jobs/unknown")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("path", ["research:abc123:1697123456789", "research%3Aabc123%3A1697123456789"])
def test_colons_in_ids_come_raw_or_encoded(member: APIClient, path: str) -> None:
    post(member, note(jobId="research:abc123:1697123456789"))

    assert member.get(f"/api/jobs/{path}").json()["id"] == "research:abc123:1697123456789"


@pytest.mark.parametrize("job_id", ["a.b-c_d:e", "0", "..a", "x" * 200, "job.json"])
def test_ids_of_the_whole_alphabet_work_in_paths(member: APIClient, job_id: str) -> None:
    post(member, note(jobId=job_id))

    for slash in ("", "/"):
        assert member.get(f"/api/jobs/{job_id}{slash}").json()["id"] == job_id


@pytest.mark.parametrize("path", ["a%0A", "a%00", "a b", "a%2Fb", "%F0%9F%98%80", "x" * 201])
def test_other_ids_are_404(member: APIClient, path: str) -> None:
    post(member, note(jobId="a"))

    assert member.get(f"/api/jobs/{path}").status_code == 404
