"""Workers, taken together by queue and one by one."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import QueueState, Worker

pytestmark = pytest.mark.django_db


def worker(name: str = "w", **values: Any) -> Worker:
    row = {"host": "here", "pid": 7, "slots": {"research": 2}, "busy": {"research": 1}} | values
    return Worker.objects.create(name=name, **row)


def entry(client: APIClient, queue: str, query: str = "") -> dict[str, Any]:
    return next(row for row in client.get(f"/api/workers{query}").json() if row["name"] == queue)


def test_without_workers_each_queue_is_shown_as_not_running(member: APIClient) -> None:
    row = entry(member, "research")

    assert row == {
        "name": "research",
        "isRunning": False,
        "isPaused": False,
        "concurrency": 2,
        "busy": 0,
        "queues": ["research"],
        "lastHeartbeat": None,
        "pid": None,
        "host": None,
    }


def test_workers_of_a_queue_are_taken_together(admin: APIClient) -> None:
    worker("old", heartbeat_at=timezone.now() - timedelta(seconds=20))
    worker("new", pid=8, host="there")
    QueueState.objects.create(queue="research", paused=True)

    row = entry(admin, "research")

    assert (row["isRunning"], row["isPaused"]) == (True, True)
    assert (row["concurrency"], row["busy"]) == (4, 2)
    assert (row["pid"], row["host"]) == (8, "there")
    assert entry(admin, "scoring")["isRunning"] is False


def test_a_worker_silent_for_half_a_minute_is_not_running(admin: APIClient) -> None:
    worker(heartbeat_at=timezone.now() - timedelta(seconds=31))

    row = entry(admin, "research")

    assert (row["isRunning"], row["busy"], row["concurrency"]) == (False, 0, 2)
    assert row["lastHeartbeat"] is not None


def test_details_show_each_worker(admin: APIClient, member: APIClient) -> None:
    worker("one")
    worker("two", stopping=True)

    slots = entry(admin, "research", "?detail=true")["slots"]

    assert {slot["worker"]: slot["isStopping"] for slot in slots} == {"one": False, "two": True}
    assert slots[0]["slots"] == 2
    assert "slots" not in entry(admin, "research")
    assert member.get("/api/workers?detail=true").status_code == 403


def test_hosts_and_processes_are_for_admins(member: APIClient) -> None:
    worker()

    row = entry(member, "research")

    assert (row["isRunning"], row["pid"], row["host"]) == (True, None, None)
