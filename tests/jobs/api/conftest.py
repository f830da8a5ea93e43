"""Callers of every role, and job types of the tests' own."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from pydantic import Field
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from jobs import dispatch, gate_memory, health, registry
from jobs.errors import InvalidInput
from jobs.models import Job
from jobs.overrides import live
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob

Client = APIClient
NewClient = Callable[..., APIClient]

#: What every answer that shows a job has.
RESOURCE_KEYS = {
    *("id", "type", "queue", "status", "delayReason", "progress", "stage", "data", "result", "error"),
    *("attemptsMade", "maxAttempts", "priority", "delayMs", "timeoutMs", "relatedId", "userId", "tenantId"),
    *("blockedBy", "createdAt", "startedAt", "finishedAt", "updatedAt", "runAt", "durationMs"),
    *("estimatedCompletionAt", "estimatedCompletionSeconds", "pollUrl", "pollIntervalMs", "archived"),
    *("explanation", "correlationId"),
}


class Note(Payload):
    company_id: EntityId
    text: str = Field(default="", max_length=1000)
    batch_size: int = Field(default=10, ge=1, le=100)
    extra: dict[str, Any] = Field(default_factory=dict)


class Nothing(Payload):
    pass


def _note(payload: Note, job: RunningJob) -> dict[str, Any]:
    job.progress(50, "half way")
    job.log("half way there")
    if payload.text == "fail":
        raise InvalidInput("the text says so", code="told_to_fail")
    if payload.text == "break":
        raise RuntimeError("broken")
    return {"companyId": payload.company_id}


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """What a process remembers between requests must not reach from one test into the next."""
    cache.clear()
    dispatch._silent_until = 0.0
    gate_memory.forget()
    health._seen = (-10.0, True)
    live.forget()
    yield
    cache.clear()
    live.forget()


@pytest.fixture(autouse=True)
def types() -> Iterator[None]:
    """`test-note` on the unlimited queue scoring, `test-gated` on research, and an internal one."""
    job_type("test-note", queue="scoring", payload=Note, related="company_id", aliases=("test-memo",))(_note)
    job_type("test-gated", queue="research", payload=Note, attempts=3)(_note)
    job_type("test-plain", queue="signals", payload=Nothing, priority=100)(lambda payload, job: None)
    job_type("test-tenant", queue="calculation", payload=Nothing, requires_tenant=True)(lambda payload, job: None)
    job_type("test-internal", queue="default", payload=Nothing, internal=True)(lambda payload, job: None)
    yield
    for name in ("test-note", "test-gated", "test-plain", "test-tenant", "test-internal"):
        registry.unregister(name)


@pytest.fixture
def acme(db: None) -> Organisation:
    return Organisation.objects.create(slug="acme", name="Acme")


@pytest.fixture
def globex(db: None) -> Organisation:
    return Organisation.objects.create(slug="globex", name="Globex")


@pytest.fixture
def client_of(acme: Organisation, redis_clean: Any) -> NewClient:
    """`client_of("ana@example.com", role="member")`: a client with a token of that user in Acme."""

    def make(
        email: str = "member@example.com",
        *,
        role: str = "member",
        organisation: Organisation | None = None,
        scopes: list[str] | None = None,
        plan: str = "free",
    ) -> APIClient:
        home = organisation or acme
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, role="admin" if role == "admin" else "", plan=plan
        )
        if role != "admin":
            Membership.objects.get_or_create(user=user, organisation=home, defaults={"role": role})
        _, secret = tokens.issue(user=user, organisation=home, name="test", scopes=scopes)
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        client.user_id = user.public_id  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture
def service(acme: Organisation, redis_clean: Any) -> APIClient:
    _, secret = tokens.issue(user=None, organisation=acme, name="robot", role=Role.MEMBER, is_service=True)
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def member(client_of: NewClient) -> APIClient:
    return client_of("member@example.com", role="member")


@pytest.fixture
def admin(client_of: NewClient) -> APIClient:
    return client_of("admin@example.com", role="admin")


@pytest.fixture
def viewer(client_of: NewClient) -> APIClient:
    return client_of("viewer@example.com", role="viewer")


@pytest.fixture
def anonymous(db: None, redis_clean: Any) -> APIClient:
    return APIClient(raise_request_exception=False)


def note(text: str = "", **options: Any) -> dict[str, Any]:
    """The body of a POST that creates a `test-note`."""
    body: dict[str, Any] = {"type": "test-note", "data": {"companyId": "comp_1", "text": text}}
    return body | ({"options": options} if options else {})


def post(client: APIClient, body: Any, path: str = "/api/jobs") -> Any:
    return client.post(path, body, format="json")


def set_job(public_id: str, **values: Any) -> Job:
    """Put a job into a state that the test needs; the constraints of the table still hold."""
    ended = values.get("status") in {"completed", "failed", "dead", "cancelled"}
    if ended:
        values.setdefault("finished_at", timezone.now())
    if values.get("status") == "active":
        values = {"lease_until": timezone.now() + timedelta(seconds=30), "worker": "w", **values}
    Job.objects.filter(public_id=public_id).update(**values)
    return Job.objects.get(public_id=public_id)


def aged_job(client: APIClient, status: str = "waiting", *, age: timedelta = timedelta(), **values: Any) -> str:
    """A `test-note` that has been in its state for so long."""
    job_id = str(post(client, note()).json()["id"])
    at = timezone.now() - age
    if status == "delayed":
        values |= {"delay_reason": "scheduled", "run_at": timezone.now() + timedelta(hours=1)}
    if status in {"completed", "failed", "dead", "cancelled"}:
        values.setdefault("finished_at", at)
    set_job(job_id, status=status, **{"updated_at": at} | values)
    return job_id
