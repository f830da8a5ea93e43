"""POST /api/jobs: delay, attempts, time limit, id and priority of one job."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.models import Job

from ..conftest import NewClient, note, post

pytestmark = pytest.mark.django_db


def test_a_delay_puts_the_job_off(member: APIClient) -> None:
    job = post(member, note(delay=60_000)).json()

    stored = Job.objects.get()
    assert (job["status"], job["delayReason"], job["delayMs"]) == ("delayed", "scheduled", 60_000)
    assert stored.run_at is not None
    assert abs((stored.run_at - stored.created_at).total_seconds() - 60) < 1
    assert job["runAt"].endswith("Z")
    assert job["explanation"]["code"] == "due_later"
    assert job["estimatedCompletionSeconds"] == 90


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"delay": -1}, "options.delay"),
        ({"delay": 2_592_000_001}, "options.delay"),
        ({"delay": "5"}, "options.delay"),
        ({"delay": True}, "options.delay"),
        ({"attempts": 0}, "options.attempts"),
        ({"attempts": 21}, "options.attempts"),
        ({"priority": 1001}, "options.priority"),
        ({"priority": -1}, "options.priority"),
        ({"priority": "urgentish"}, "options.priority"),
        ({"timeout": 0}, "options.timeout"),
        ({"jobId": ""}, "options.jobId"),
        ({"jobId": "a b"}, "options.jobId"),
        ({"jobId": "x" * 201}, "options.jobId"),
        ({"jobId": "metrics"}, "options.jobId"),
        ({"jobId": "health-scores"}, "options.jobId"),
        ({"job_id": "events"}, "options.job_id"),
        ({"colour": "red"}, "options.colour"),
        ({"jobId": "a", "job_id": "b"}, "options.job_id"),
        ({"queue": "research"}, "options.queue"),
        ([], "options"),
        ("fast", "options"),
    ],
)
def test_wrong_options_are_refused_by_name(member: APIClient, options: Any, field: str) -> None:
    answer = post(member, note() | {"options": options})

    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]
    assert not Job.objects.exists()


def test_options_override_the_policy(member: APIClient) -> None:
    job = post(member, note(attempts=5, timeout=5000, priority="high")).json()

    assert (job["maxAttempts"], job["timeoutMs"], job["priority"]) == (5, 5000, 100)


@pytest.mark.parametrize(("word", "number"), [("low", -100), ("normal", 0), ("high", 100), ("urgent", 1000), (7, 7)])
def test_priority_is_given_by_name_or_number_in_data_or_options(member: APIClient, word: Any, number: int) -> None:
    in_options = post(member, note(priority=word)).json()
    in_data = post(member, {"type": "test-note", "data": {"companyId": "c", "priority": word}}).json()

    assert in_options["priority"] == in_data["priority"] == number
    assert "priority" not in in_data["data"]


def test_the_options_priority_wins_over_the_datas(member: APIClient) -> None:
    job = post(
        member, {"type": "test-note", "data": {"companyId": "c", "priority": "high"}, "options": {"priority": 7}}
    )

    assert job.json()["priority"] == 7


def test_without_a_priority_the_plan_decides_and_a_types_own_comes_first(client_of: NewClient) -> None:
    pro = client_of("pro@example.com", plan="pro")

    assert post(pro, note()).json()["priority"] == 50
    assert post(pro, {"type": "test-plain", "data": {}}).json()["priority"] == 100
