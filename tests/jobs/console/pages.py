"""Rows and requests that the tests of the console's pages share."""

from typing import Any

from django.db.models.functions import Now
from django.test import Client

from jobs.models import Job, Worker

BASE = "/api/admin/bull-board"


def text(client: Client, path: str) -> str:
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def a_job(public_id: str = "job_1", status: str = "waiting", **values: Any) -> Job:
    ended = {"finished_at": Now()} if status in {"completed", "failed", "dead", "cancelled"} else {}
    example: dict[str, Any] = {
        "type": "test-note",
        "queue": "scoring",
        "max_attempts": 3,
        "timeout_ms": 1000,
        "data": {},
        **ended,
    }
    return Job.objects.create(public_id=public_id, status=status, **(example | values))


def a_worker(name: str = "host-1-ab", **values: Any) -> Worker:
    example: dict[str, Any] = {"host": "host", "pid": 1, "slots": {"scoring": 4}, "busy": {"scoring": 1}}
    return Worker.objects.create(name=name, **(example | values))
