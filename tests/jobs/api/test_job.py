"""One job: its resource in every state, and removing, retrying, cancelling it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs import execution
from jobs.models import Attempt, Job, QueueState, Worker

from .conftest import NewClient, note, post, set_job
from .test_enqueue import RESOURCE_KEYS

pytestmark = pytest.mark.django_db

ERROR = {
    "type": "NETWORK_ERROR",
    "code": "job_timeout",
    "message": "too slow",
    "retryable": True,
    "retryAfterSeconds": None,
    "exception": "jobs.errors.JobTimeout",
    "at": "2026-01-31T00:00:00.000Z",
}
STATES: dict[str, dict[str, Any]] = {
    "waiting": {},
    "rate-limited": {"run_at": timezone.now() + timedelta(hours=1)},
    "delayed": {"delay_reason": "retry", "run_at": timezone.now() + timedelta(hours=1), "error": ERROR},
    "active": {"started_at": timezone.now(), "progress": 40, "stage": "asking"},
    "completed": {"started_at": timezone.now(), "duration_ms": 1500, "result": {"a": 1}, "progress": 100},
    "failed": {"error": ERROR, "duration_ms": 5},
    "dead": {"error": ERROR},
    "cancelled": {},
}
TERMINAL = {"completed", "failed", "dead", "cancelled"}
FORBIDDEN_KEYS = {"jobId", "queueName", "returnvalue", "processedOn", "finishedOn", "name", "state", "duration"}


def a_job(client: APIClient, status: str = "waiting", **values: Any) -> str:
    job_id = str(post(client, note()).json()["id"])
    set_job(job_id, status=status, **(STATES[status] | values))
    return job_id


def serve(queue: str, slots: int = 2, busy: int = 0, **values: Any) -> Worker:
    """A live worker of the queue."""
    row = {"host": "here", "pid": 1, "slots": {queue: slots}, "busy": {queue: busy}} | values
    return Worker.objects.create(name=values.pop("name", f"worker-{queue}"), **row)


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


# --- Why it is not running ------------------------------------------------------------------------
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


# --- Estimates ------------------------------------------------------------------------------------
def finished(client: APIClient, *milliseconds: int) -> None:
    for ms in milliseconds:
        a_job(client, "completed", duration_ms=ms)


def test_before_five_runs_the_types_own_estimate_counts(member: APIClient) -> None:
    finished(member, 1000, 1000, 1000, 1000)

    assert post(member, note()).json()["estimatedCompletionSeconds"] == 30


def test_from_five_runs_on_the_median_counts(member: APIClient) -> None:
    finished(member, 8000, 9000, 10_000, 11_000, 500_000)
    cache.clear()

    assert post(member, note()).json()["estimatedCompletionSeconds"] == 10


def test_an_active_jobs_end_is_counted_from_its_start_and_never_negative(member: APIClient) -> None:
    fresh = member.get(f"/api/jobs/{a_job(member, 'active', started_at=timezone.now())}").json()
    late = member.get(f"/api/jobs/{a_job(member, 'active', started_at=timezone.now() - timedelta(hours=1))}").json()

    assert fresh["estimatedCompletionAt"] > fresh["startedAt"]
    assert 28 <= fresh["estimatedCompletionSeconds"] <= 30
    assert late["estimatedCompletionSeconds"] == 0


# --- Runs -----------------------------------------------------------------------------------------
def run(job_id: str) -> None:
    execution.run(Job.objects.get(public_id=job_id).id)


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
