"""What happens to a submitted job at once: held back, queued, or run within the request."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.models import Job

from ..conftest import note, post

pytestmark = pytest.mark.django_db


def test_a_job_of_a_paused_queue_is_paused(member: APIClient, admin: APIClient) -> None:
    post(admin, {"action": "pause"}, "/api/queues/scoring")

    job = post(member, note()).json()

    assert job["status"] == "paused"
    assert job["explanation"]["code"] == "queue_paused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["test-note", "test-gated"])
def test_without_queue_processing_the_job_runs_within_the_request(member: APIClient, settings: Any, kind: str) -> None:
    settings.USE_QUEUE_PROCESSING = False

    answer = post(member, note("now") | {"type": kind})

    assert answer.status_code == 200
    assert answer.json()["status"] == "completed"
    assert answer.json()["result"] == {"companyId": "comp_1"}
    assert answer.json()["progress"] == 100
    assert Job.objects.get().status == "completed"


@pytest.mark.django_db(transaction=True)
def test_without_queue_processing_a_delayed_job_still_waits(member: APIClient, settings: Any) -> None:
    settings.USE_QUEUE_PROCESSING = False

    answer = post(member, note(delay=60_000))

    assert (answer.status_code, answer.json()["status"]) == (202, "delayed")


@pytest.mark.django_db(transaction=True)
def test_a_queued_job_runs_and_is_answered_as_waiting(member: APIClient, redis_clean: Any) -> None:
    job = post(member, note()).json()

    assert job["status"] == "waiting"
    assert redis_clean.zcard("quarry:ready:scoring") == 1
