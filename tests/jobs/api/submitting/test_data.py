"""POST /api/jobs: which types and data are taken, and with which answer."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from jobs.models import Event, Job

from ..conftest import RESOURCE_KEYS, note, post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/jobs", "/api/jobs/"])
def test_a_new_job_is_answered_with_202_and_its_resource(member: APIClient, path: str) -> None:
    answer = post(member, note("hello"), path)

    job = answer.json()
    assert answer.status_code == 202
    assert set(job) == RESOURCE_KEYS
    assert (job["type"], job["queue"], job["status"]) == ("test-note", "scoring", "waiting")
    assert job["data"] == {"companyId": "comp_1", "text": "hello", "batchSize": 10, "extra": {}}
    assert (job["attemptsMade"], job["maxAttempts"], job["progress"]) == (0, 3, 0)
    assert job["userId"] == member.user_id  # type: ignore[attr-defined]
    assert job["tenantId"] == "acme"
    assert job["relatedId"] == "comp_1"
    assert job["id"].startswith("job_")
    assert job["createdAt"].endswith("Z")
    assert answer["Location"] == job["pollUrl"] == f"/api/jobs/{job['id']}"
    assert (job["pollIntervalMs"], answer["Retry-After"]) == (2000, "2")


@pytest.mark.django_db(transaction=True)
def test_a_post_costs_few_queries(member: APIClient) -> None:
    post(member, note())  # fills what a process remembers

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert post(member, note()).status_code == 202

    statements = [query["sql"] for query in queries if query["sql"] not in {"BEGIN", "COMMIT"}]
    assert len(statements) == 3, "the token, the insert, the answer: " + "; ".join(sql[:90] for sql in statements)


def test_the_job_and_its_first_event_exist_at_once(member: APIClient) -> None:
    job = post(member, note()).json()

    assert list(Event.objects.filter(public_id=job["id"]).values_list("event", flat=True)) == ["waiting"]


@pytest.mark.parametrize("word", ["test-note", "test_note", "test-memo", "TEST-NOTE"])
def test_types_are_known_by_alias_and_snake_case(member: APIClient, word: str) -> None:
    body = note() | {"type": word}

    assert post(member, body).json()["type"] == "test-note"


@pytest.mark.parametrize("word", ["bogus", "", 7, None, ["test-note"], {"a": 1}])
def test_an_unknown_type_is_refused_with_the_types_there_are(member: APIClient, word: Any) -> None:
    answer = post(member, note() | {"type": word})

    assert answer.status_code == 400
    assert "type" in answer.json()["error"]["fields"]
    if isinstance(word, str):
        assert "test-note" in answer.json()["error"]["message"]
    assert not Job.objects.exists()


def test_internal_types_cannot_be_created(admin: APIClient) -> None:
    answer = post(admin, {"type": "test-internal", "data": {}})

    assert answer.status_code == 400
    assert not Job.objects.exists()


def test_both_spellings_store_the_same_data(member: APIClient) -> None:
    camel = post(member, {"type": "test-note", "data": {"companyId": "c", "batchSize": 5}}).json()
    snake = post(member, {"type": "test-note", "data": {"company_id": "c", "batch_size": 5}}).json()

    assert camel["data"] == snake["data"] == {"companyId": "c", "batchSize": 5, "text": "", "extra": {}}


def test_conflicting_spellings_are_refused(member: APIClient) -> None:
    answer = post(member, {"type": "test-note", "data": {"companyId": "a", "company_id": "b"}})

    assert answer.status_code == 400
    assert "company_id" in answer.json()["error"]["fields"]


def test_free_form_objects_are_kept_as_they_came(member: APIClient) -> None:
    extra = {"snake_key": 1, "camelKey": {"Deep_One": [None, True, 1.5, "ß€"]}, "": ""}

    job = post(member, {"type": "test-note", "data": {"companyId": "c", "extra": extra}}).json()

    assert job["data"]["extra"] == extra
    assert Job.objects.get().data["extra"] == extra


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "companyId"),
        ({"text": "x"}, "companyId"),
        ({"batch_size": 3}, "company_id"),
        ({"companyId": ""}, "companyId"),
        ({"companyId": "x" * 101}, "companyId"),
        ({"companyId": 7}, "companyId"),
        ({"companyId": "c", "foo": 1}, "foo"),
        ({"companyId": "c", "batchSize": 0}, "batchSize"),
        ({"company_id": "c", "batch_size": "5"}, "batch_size"),
        ({"companyId": "c", "batchSize": 10**299}, "batchSize"),
        ({"companyId": "c", "priority": "urgentish"}, "priority"),
        ({"companyId": "c", "userId": 5}, "userId"),
        ({"companyId": "c", "tenant_id": ""}, "tenant_id"),
    ],
)
def test_wrong_data_is_refused_naming_the_field_in_the_callers_spelling(
    member: APIClient, data: dict[str, Any], field: str
) -> None:
    answer = post(member, {"type": "test-note", "data": data})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "validation_error"
    assert field in answer.json()["error"]["fields"]
    assert not Job.objects.exists()


@pytest.mark.parametrize("data", [None, [], "text", 7, True])
def test_data_must_be_an_object(member: APIClient, data: Any) -> None:
    answer = post(member, {"type": "test-note", "data": data})

    assert answer.status_code == 400
    assert "data" in answer.json()["error"]["fields"]


@pytest.mark.parametrize("field", ["status", "tenantId", "attemptsMade", "result"])
def test_the_bodys_own_fields_cannot_be_smuggled_in(member: APIClient, field: str) -> None:
    answer = post(member, note() | {field: "completed"})

    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]
    assert not Job.objects.exists()
