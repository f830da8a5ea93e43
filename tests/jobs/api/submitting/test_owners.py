"""POST /api/jobs: whose job it becomes, and how many one may have waiting."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.models import Job

from ..conftest import note, post

pytestmark = pytest.mark.django_db


def test_only_admins_and_services_may_name_another_user(
    member: APIClient, admin: APIClient, service: APIClient
) -> None:
    body = {"type": "test-note", "data": {"companyId": "c", "userId": "user_other"}}

    assert post(member, body).status_code == 403
    assert Job.objects.count() == 0
    assert post(admin, body).json()["userId"] == "user_other"
    assert post(service, body).json()["userId"] == "user_other"


@pytest.mark.usefixtures("globex")
def test_only_ones_own_tenants_may_be_named(member: APIClient, service: APIClient, admin: APIClient) -> None:
    body = {"type": "test-note", "data": {"companyId": "c", "tenantId": "globex"}}

    assert post(member, body).status_code == 403
    assert post(service, body).status_code == 403
    assert Job.objects.count() == 0
    assert post(admin, body).json()["tenantId"] == "globex"


def test_a_viewer_may_not_create_jobs(viewer: APIClient) -> None:
    assert post(viewer, note()).status_code == 403
    assert post(viewer, {"broken": True}).status_code == 403


def test_a_tenants_limit_of_waiting_jobs_answers_429(member: APIClient, acme: Any) -> None:
    acme.max_waiting_jobs = 2
    acme.save()

    answers = [post(member, note()) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].json()["error"]["code"] == "tenant_limit"
    assert int(answers[2]["Retry-After"]) > 0
