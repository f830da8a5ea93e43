"""A job in each state, one that ran, and a worker that could run it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from jobs import execution
from jobs.models import Job, Worker

from ..conftest import note, post, set_job

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


def a_job(client: APIClient, status: str = "waiting", **values: Any) -> str:
    job_id = str(post(client, note()).json()["id"])
    set_job(job_id, status=status, **(STATES[status] | values))
    return job_id


def serve(queue: str, slots: int = 2, busy: int = 0, **values: Any) -> Worker:
    """A live worker of the queue."""
    row = {"host": "here", "pid": 1, "slots": {queue: slots}, "busy": {queue: busy}} | values
    return Worker.objects.create(name=values.pop("name", f"worker-{queue}"), **row)


def run(job_id: str) -> None:
    execution.run(Job.objects.get(public_id=job_id).id)
