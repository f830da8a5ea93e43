"""Jobs in every state, for counts, lists and searches."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from .conftest import note, post, set_job


def make(client: APIClient, status: str = "waiting", kind: str = "test-note", **values: Any) -> str:
    body = note() | {"type": kind} if kind != "test-plain" else {"type": kind, "data": {}}
    job_id = str(post(client, body).json()["id"])
    if status == "delayed":
        values = {"delay_reason": "scheduled", "run_at": timezone.now() + timedelta(hours=1)} | values
    if status != "waiting" or values:
        set_job(job_id, status=status, **values)
    return job_id


@pytest.fixture
def mixture(member: APIClient) -> None:
    for status in ("waiting", "waiting", "delayed", "active", "completed", "failed", "failed", "dead", "cancelled"):
        make(member, status)
    make(member, "completed", "test-plain")
    make(member, "rate-limited", "test-gated", run_at=timezone.now())
    make(member, "completed", archived=True)
