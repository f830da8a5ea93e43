"""POST /api/jobs/bulk: all jobs or none."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.models import Job

from ..conftest import RESOURCE_KEYS, post

pytestmark = pytest.mark.django_db


def test_a_batch_makes_one_job_per_item_in_order(member: APIClient) -> None:
    items = [{"companyId": f"c{number}"} for number in range(3)]

    answer = post(member, {"type": "test-note", "items": items, "options": {"priority": 3}}, "/api/jobs/batch")

    body = answer.json()
    assert answer.status_code == 202
    assert body["count"] == 3
    assert [job["data"]["companyId"] for job in body["jobs"]] == ["c0", "c1", "c2"]
    assert {job["priority"] for job in body["jobs"]} == {3}
    assert set(body["jobs"][0]) == RESOURCE_KEYS


def test_one_wrong_item_refuses_the_batch_and_is_named(member: APIClient) -> None:
    items = [{"companyId": "a"}, {"companyId": ""}, {"companyId": "b"}]

    answer = post(member, {"type": "test-note", "items": items}, "/api/jobs/batch")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["items.1.companyId"]
    assert not Job.objects.exists()


@pytest.mark.parametrize("items", [None, [], {}, "x", [1], [{"companyId": "a"}] * 1001])
def test_a_batch_needs_1_to_1000_objects(member: APIClient, items: Any) -> None:
    answer = post(member, {"type": "test-note", "items": items}, "/api/jobs/batch")

    assert answer.status_code == 400
    assert not Job.objects.exists()


def test_a_batch_cannot_share_one_job_id(member: APIClient) -> None:
    body = {"type": "test-note", "items": [{"companyId": "a"}] * 2, "options": {"jobId": "x"}}

    assert post(member, body, "/api/jobs/batch").status_code == 400


def test_a_batch_of_a_thousand_is_taken(member: APIClient) -> None:
    items = [{"companyId": str(number)} for number in range(1000)]

    assert post(member, {"type": "test-note", "items": items}, "/api/jobs/batch").json()["count"] == 1000
    assert Job.objects.count() == 1000
