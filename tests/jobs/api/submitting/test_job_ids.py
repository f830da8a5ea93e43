"""POST /api/jobs with an id of the caller's own: one job, however often and by whom it is sent."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from jobs.models import Job

from ..conftest import NewClient, note, post, set_job

pytestmark = pytest.mark.django_db


def test_the_same_job_id_again_answers_the_existing_job(member: APIClient) -> None:
    first = post(member, note("a", jobId="calc-tenant-123-batch-456"))
    second = post(member, note("b", jobId="calc-tenant-123-batch-456"))

    assert (first.status_code, second.status_code) == (202, 200)
    assert "duplicate" not in first.json()
    assert second.json()["duplicate"] is True
    assert second.json()["data"]["text"] == "a"
    assert Job.objects.count() == 1


def test_a_duplicate_is_known_after_completion_too(member: APIClient) -> None:
    post(member, note(jobId="once"))
    set_job("once", status="completed", progress=100)

    answer = post(member, note(jobId="once"))

    assert (answer.status_code, answer.json()["status"]) == (200, "completed")


@pytest.mark.parametrize(
    "body", [{"type": "test-plain", "data": {}}, {"type": "test-gated", "data": {"companyId": "c"}}]
)
def test_a_job_id_of_another_type_is_a_conflict_without_details(member: APIClient, body: dict[str, Any]) -> None:
    post(member, note("secret", jobId="taken"))

    answer = post(member, body | {"options": {"jobId": "taken"}})

    assert answer.status_code == 409
    assert answer.json() == {
        "error": {"code": "job_id_in_use", "message": "That job id is in use; choose another one."}
    }


def test_a_job_id_of_another_tenant_is_the_same_conflict(member: APIClient, client_of: NewClient, globex: Any) -> None:
    post(member, note("secret", jobId="taken"))
    stranger = client_of("s@example.com", role="member", organisation=globex)

    answer = post(stranger, note(jobId="taken"))

    assert answer.status_code == 409
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message"}


def test_a_job_id_of_another_member_of_the_tenant_shows_nothing_of_the_job(
    member: APIClient, client_of: NewClient
) -> None:
    post(member, note("secret", jobId="taken"))
    colleague = client_of("colleague@example.com", role="member")

    answer = post(colleague, note(jobId="taken"))

    assert answer.status_code == 409
    assert "secret" not in answer.content.decode()


def test_after_removal_the_id_is_free_again(member: APIClient) -> None:
    post(member, note(jobId="again"))
    member.delete("/api/jobs/again")

    assert post(member, note(jobId="again")).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_fifty_simultaneous_submissions_make_one_job(client_of: NewClient) -> None:
    clients = [client_of("member@example.com") for _ in range(10)]

    def submit(number: int) -> int:
        try:
            return int(post(clients[number % 10], note(jobId="one-of-fifty")).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        codes = sorted(pool.map(submit, range(50)))

    assert codes == [200] * 49 + [202]
    assert Job.objects.count() == 1
