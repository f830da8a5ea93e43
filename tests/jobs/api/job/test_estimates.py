"""When a job is expected to be done."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from ..conftest import note, post
from .states import a_job

pytestmark = pytest.mark.django_db


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
