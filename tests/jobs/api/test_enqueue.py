"""POST /api/jobs: what is taken, under which id, and with which answer."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from jobs.models import Event, Job

from .conftest import NewClient, note, post, set_job

pytestmark = pytest.mark.django_db

RESOURCE_KEYS = {
    *("id", "type", "queue", "status", "delayReason", "progress", "stage", "data", "result", "error"),
    *("attemptsMade", "maxAttempts", "priority", "delayMs", "timeoutMs", "relatedId", "userId", "tenantId"),
    *("blockedBy", "createdAt", "startedAt", "finishedAt", "updatedAt", "runAt", "durationMs"),
    *("estimatedCompletionAt", "estimatedCompletionSeconds", "pollUrl", "pollIntervalMs", "archived"),
    *("explanation", "correlationId"),
}


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


# --- Options --------------------------------------------------------------------------------------
def test_a_delay_puts_the_job_off(member: APIClient) -> None:
    job = post(member, note(delay=60_000)).json()

    stored = Job.objects.get()
    assert (job["status"], job["delayReason"], job["delayMs"]) == ("delayed", "scheduled", 60_000)
    assert stored.run_at is not None
    assert abs((stored.run_at - stored.created_at).total_seconds() - 60) < 1
    assert job["runAt"].endswith("Z")
    assert job["explanation"]["code"] == "due_later"
    assert job["estimatedCompletionSeconds"] == 90


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"delay": -1}, "options.delay"),
        ({"delay": 2_592_000_001}, "options.delay"),
        ({"delay": "5"}, "options.delay"),
        ({"delay": True}, "options.delay"),
        ({"attempts": 0}, "options.attempts"),
        ({"attempts": 21}, "options.attempts"),
        ({"priority": 1001}, "options.priority"),
        ({"priority": -1}, "options.priority"),
        ({"priority": "urgentish"}, "options.priority"),
        ({"timeout": 0}, "options.timeout"),
        ({"jobId": ""}, "options.jobId"),
        ({"jobId": "a b"}, "options.jobId"),
        ({"jobId": "x" * 201}, "options.jobId"),
        ({"jobId": "metrics"}, "options.jobId"),
        ({"jobId": "health-scores"}, "options.jobId"),
        ({"job_id": "events"}, "options.job_id"),
        ({"colour": "red"}, "options.colour"),
        ({"jobId": "a", "job_id": "b"}, "options.job_id"),
        ({"queue": "research"}, "options.queue"),
        ([], "options"),
        ("fast", "options"),
    ],
)
def test_wrong_options_are_refused_by_name(member: APIClient, options: Any, field: str) -> None:
    answer = post(member, note() | {"options": options})

    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]
    assert not Job.objects.exists()


def test_options_override_the_policy(member: APIClient) -> None:
    job = post(member, note(attempts=5, timeout=5000, priority="high")).json()

    assert (job["maxAttempts"], job["timeoutMs"], job["priority"]) == (5, 5000, 100)


@pytest.mark.parametrize(("word", "number"), [("low", -100), ("normal", 0), ("high", 100), ("urgent", 1000), (7, 7)])
def test_priority_is_given_by_name_or_number_in_data_or_options(member: APIClient, word: Any, number: int) -> None:
    in_options = post(member, note(priority=word)).json()
    in_data = post(member, {"type": "test-note", "data": {"companyId": "c", "priority": word}}).json()

    assert in_options["priority"] == in_data["priority"] == number
    assert "priority" not in in_data["data"]


def test_the_options_priority_wins_over_the_datas(member: APIClient) -> None:
    job = post(
        member, {"type": "test-note", "data": {"companyId": "c", "priority": "high"}, "options": {"priority": 7}}
    )

    assert job.json()["priority"] == 7


def test_without_a_priority_the_plan_decides_and_a_types_own_comes_first(client_of: NewClient) -> None:
    pro = client_of("pro@example.com", plan="pro")

    assert post(pro, note()).json()["priority"] == 50
    assert post(pro, {"type": "test-plain", "data": {}}).json()["priority"] == 100


# --- Whose job ------------------------------------------------------------------------------------
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


# --- Idempotency ----------------------------------------------------------------------------------
def test_the_same_job_id_again_answers_the_existing_job(member: APIClient) -> None:
    first = post(member, note("a", jobId="calc-tenant-123-batch-456"))
    second = post(member, note("b", jobId="calc-tenant-123-batch-456"))

    assert (first.status_code, second.status_code) == (202, 200)
    assert "duplicate" not in first.json()
    assert second.json()["duplicate"] is True
    assert second.json()["data"]["text"] == "a"
    assert Job.objects.count() == 1


def test_a_duplicate_is_known_after_completion_too(member: APIClient) -> None:
    post(member, note(jobId="once"))
    set_job("once", status="completed", progress=100)

    answer = post(member, note(jobId="once"))

    assert (answer.status_code, answer.json()["status"]) == (200, "completed")


@pytest.mark.parametrize(
    "body", [{"type": "test-plain", "data": {}}, {"type": "test-gated", "data": {"companyId": "c"}}]
)
def test_a_job_id_of_another_type_is_a_conflict_without_details(member: APIClient, body: dict[str, Any]) -> None:
    post(member, note("secret", jobId="taken"))

    answer = post(member, body | {"options": {"jobId": "taken"}})

    assert answer.status_code == 409
    assert answer.json() == {
        "error": {"code": "job_id_in_use", "message": "That job id is in use; choose another one."}
    }


def test_a_job_id_of_another_tenant_is_the_same_conflict(member: APIClient, client_of: NewClient, globex: Any) -> None:
    post(member, note("secret", jobId="taken"))
    stranger = client_of("s@example.com", role="member", organisation=globex)

    answer = post(stranger, note(jobId="taken"))

    assert answer.status_code == 409
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message"}


def test_a_job_id_of_another_member_of_the_tenant_shows_nothing_of_the_job(
    member: APIClient, client_of: NewClient
) -> None:
    post(member, note("secret", jobId="taken"))
    colleague = client_of("colleague@example.com", role="member")

    answer = post(colleague, note(jobId="taken"))

    assert answer.status_code == 409
    assert "secret" not in answer.content.decode()


def test_after_removal_the_id_is_free_again(member: APIClient) -> None:
    post(member, note(jobId="again"))
    member.delete("/api/jobs/again")

    assert post(member, note(jobId="again")).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_fifty_simultaneous_submissions_make_one_job(client_of: NewClient) -> None:
    clients = [client_of("member@example.com") for _ in range(10)]

    def submit(number: int) -> int:
        try:
            return int(post(clients[number % 10], note(jobId="one-of-fifty")).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        codes = sorted(pool.map(submit, range(50)))

    assert codes == [200] * 49 + [202]
    assert Job.objects.count() == 1


# --- Paused and direct ----------------------------------------------------------------------------
def test_a_job_of_a_paused_queue_is_paused(member: APIClient, admin: APIClient) -> None:
    post(admin, {"action": "pause"}, "/api/queues/scoring")

    job = post(member, note()).json()

    assert job["status"] == "paused"
    assert job["explanation"]["code"] == "queue_paused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["test-note", "test-gated"])
def test_without_queue_processing_the_job_runs_within_the_request(member: APIClient, settings: Any, kind: str) -> None:
    settings.USE_QUEUE_PROCESSING = False

    answer = post(member, note("now") | {"type": kind})

    assert answer.status_code == 200
    assert answer.json()["status"] == "completed"
    assert answer.json()["result"] == {"companyId": "comp_1"}
    assert answer.json()["progress"] == 100
    assert Job.objects.get().status == "completed"


@pytest.mark.django_db(transaction=True)
def test_without_queue_processing_a_delayed_job_still_waits(member: APIClient, settings: Any) -> None:
    settings.USE_QUEUE_PROCESSING = False

    answer = post(member, note(delay=60_000))

    assert (answer.status_code, answer.json()["status"]) == (202, "delayed")


@pytest.mark.django_db(transaction=True)
def test_a_queued_job_runs_and_is_answered_as_waiting(member: APIClient, redis_clean: Any) -> None:
    job = post(member, note()).json()

    assert job["status"] == "waiting"
    assert redis_clean.zcard("quarry:ready:scoring") == 1


# --- Batch ----------------------------------------------------------------------------------------
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
