"""A job's attempts and its log, as the API shows them."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Attempt, Job

from ..conftest import RESOURCE_KEYS, note, post
from .states import a_job, run

pytestmark = pytest.mark.django_db


def test_a_run_shows_its_result_its_attempt_and_its_log(member: APIClient) -> None:
    job_id = a_job(member)
    run(job_id)

    answer = member.get(f"/api/jobs/{job_id}?include=attempts,log")

    job = answer.json()
    assert (answer.status_code, job["status"], job["progress"]) == (200, "completed", 100)
    assert job["result"] == {"companyId": "comp_1"}
    assert job["durationMs"] >= 0
    assert set(job) == RESOURCE_KEYS | {"attemptHistory", "log"}
    (attempt,) = job["attemptHistory"]
    assert set(attempt) == {"attempt", "startedAt", "finishedAt", "worker", "outcome", "error", "nextDelayMs"}
    assert (attempt["attempt"], attempt["outcome"], attempt["error"]) == (1, "completed", None)
    assert [line["text"] for line in job["log"]] == ["half way there"]


def test_each_attempt_is_listed_with_its_wait(member: APIClient) -> None:
    job_id = str(post(member, note("break", attempts=3)).json()["id"])
    for _ in range(3):
        run(job_id)
        Job.objects.filter(public_id=job_id, status="delayed").update(status="waiting", delay_reason=None, run_at=None)

    history = member.get(f"/api/jobs/{job_id}?include=attempts").json()["attemptHistory"]

    assert [row["attempt"] for row in history] == [1, 2, 3]
    assert [row["outcome"] for row in history] == ["failed"] * 3
    assert [row["nextDelayMs"] for row in history] == [5000, 10_000, None]


def test_tracebacks_are_for_admins(member: APIClient, admin: APIClient) -> None:
    job_id = str(post(member, note("fail")).json()["id"])
    run(job_id)

    shown = member.get(f"/api/jobs/{job_id}?include=attempts,log")
    full = admin.get(f"/api/jobs/{job_id}?include=attempts")

    assert "Traceback" not in shown.content.decode()
    assert "InvalidInput" not in shown.content.decode()
    error = full.json()["attemptHistory"][0]["error"]
    assert "Traceback" in error["traceback"]
    assert error["exception"] == "jobs.errors.InvalidInput"
    assert full.json()["error"]["code"] == "told_to_fail"


def test_an_open_attempt_is_listed(member: APIClient) -> None:
    job = Job.objects.get(public_id=a_job(member, "active"))
    Attempt.objects.create(job_id=job.id, run=1, attempt=1, worker="w", started_at=timezone.now())

    (attempt,) = member.get(f"/api/jobs/{job.public_id}?include=attempts").json()["attemptHistory"]

    assert (attempt["finishedAt"], attempt["outcome"]) == (None, None)


def test_an_unknown_part_is_refused(member: APIClient) -> None:
    assert member.get(f"/api/jobs/{a_job(member)}?include=secrets").status_code == 400


def test_the_log_shows_its_last_thousand_lines(member: APIClient) -> None:
    from jobs.models import LogLine

    job = Job.objects.get(public_id=a_job(member))
    LogLine.objects.bulk_create(LogLine(job_id=job.id, run=1, text=str(number)) for number in range(1005))

    log = member.get(f"/api/jobs/{job.public_id}?include=log").json()["log"]

    assert (len(log), log[0]["text"], log[-1]["text"]) == (1000, "5", "1004")
