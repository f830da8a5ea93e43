"""Why a job is not running yet, in a sentence."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import QueueState

from ..conftest import note, post, set_job
from .states import a_job, serve

pytestmark = pytest.mark.django_db


def why(client: APIClient, job_id: str) -> tuple[str, str]:
    explanation = client.get(f"/api/jobs/{job_id}").json()["explanation"]
    return explanation["code"], explanation["message"]


def test_without_a_worker_the_answer_names_the_command(member: APIClient) -> None:
    code, message = why(member, a_job(member))

    assert code == "no_worker"
    assert "rqworker scoring" in message


@pytest.mark.parametrize("gone", [{"stopping": True}, {"heartbeat_at": timezone.now() - timedelta(minutes=2)}])
def test_a_silent_or_stopping_worker_is_none(member: APIClient, gone: dict[str, Any]) -> None:
    serve("scoring", **gone)

    assert why(member, a_job(member))[0] == "no_worker"


def test_jobs_ahead_are_counted(member: APIClient) -> None:
    serve("scoring")
    first, second = a_job(member), a_job(member)
    urgent = post(member, note(priority="urgent")).json()["id"]

    assert why(member, urgent)[0] == "starting"
    assert why(member, first) == ("behind_others", "It is behind 1 other job of the queue scoring.")
    assert "behind 2 other jobs" in why(member, second)[1]


def test_busy_slots_are_named(member: APIClient) -> None:
    serve("scoring", slots=3, busy=3)

    assert why(member, a_job(member)) == ("slots_busy", "It is next; all 3 slots of the queue scoring are busy.")


def test_a_start_limit_names_the_earliest_start(member: APIClient) -> None:
    serve("research")
    job_id = post(member, note() | {"type": "test-gated"}).json()["id"]
    job = set_job(job_id, status="rate-limited", run_at=timezone.now() + timedelta(seconds=20))

    code, message = why(member, job_id)

    assert code == "start_limit"
    assert "at most 10 jobs in 1 min" in message
    assert member.get(f"/api/jobs/{job.public_id}").json()["runAt"] in message


def test_a_retry_says_when_it_is_due(member: APIClient) -> None:
    code, message = why(member, a_job(member, "delayed", attempts_made=1))

    assert code == "retry_wait"
    assert message.startswith("Attempt 1 of 3 failed")


def test_a_pause_comes_first(member: APIClient) -> None:
    QueueState.objects.create(queue="scoring", paused=True)

    assert why(member, a_job(member))[0] == "queue_paused"


def test_a_full_cap_is_named(member: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from jobs import explain, policy

    capped = {**policy.policies(), "scoring": replace(policy.policy_of("scoring"), max_concurrency=1)}
    monkeypatch.setattr(explain, "policies", lambda: capped)
    serve("scoring", slots=3, busy=1)
    a_job(member, "active")

    assert why(member, a_job(member))[0] == "concurrency_cap"
