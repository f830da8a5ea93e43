"""Who may do what: every route, every method, every role; and jobs of others, which do not exist.

A route that is added without a row here fails the first test.
"""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.api.base import ApiView
from jobs.api.routes import UnknownPathView
from jobs.models import Job
from jobs.urls import urlpatterns

from .conftest import NewClient, note, post, set_job

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "stranger", "viewer", "member", "tenant-admin", "admin")
#: Answers by role, in the order of ROLES. 400 and 404 mean: allowed, and then found wanting.
EVERYBODY = (401, 200, 200, 200, 200, 200)
WRITERS = (401, 400, 403, 400, 400, 400)
BOSSES = (401, 403, 403, 403, 200, 200)
ADMINS = (401, 403, 403, 403, 403, 400)
MATRIX: dict[tuple[str, str], tuple[str, tuple[int, ...]]] = {
    ("healthz", "GET"): ("/healthz", (200,) * 6),
    ("readyz", "GET"): ("/readyz", (200,) * 6),
    ("jobs", "GET"): ("/api/jobs", EVERYBODY),
    ("jobs", "POST"): ("/api/jobs", WRITERS),
    ("jobs-ingestion", "POST"): ("/api/jobs/ingestion", WRITERS),
    ("jobs-enrichment", "POST"): ("/api/jobs/enrichment", WRITERS),
    ("jobs-health-scores", "POST"): ("/api/jobs/health-scores", WRITERS),
    ("jobs-batch", "POST"): ("/api/jobs/batch", WRITERS),
    ("jobs-search", "GET"): ("/api/jobs/search", EVERYBODY),
    # A scope of its own, which viewers' and members' tokens carry only when told so.
    ("jobs-metrics", "GET"): ("/api/jobs/metrics", (401, 403, 403, 403, 200, 200)),
    ("prometheus", "GET"): ("/metrics", (401, 403, 403, 403, 403, 200)),
    ("jobs-queue-stats", "GET"): ("/api/jobs/queues/stats", EVERYBODY),
    ("jobs-of-queue", "GET"): ("/api/jobs/queues/scoring", EVERYBODY),
    ("job", "GET"): ("/api/jobs/theirs", (401, 404, 404, 202, 202, 202)),
    ("job", "DELETE"): ("/api/jobs/theirs?action=explode", (401, 400, 403, 400, 400, 400)),
    ("job-events", "GET"): ("/api/jobs/theirs/events", (401, 404, 404, 200, 200, 200)),
    ("queue-events", "GET"): ("/api/queues/scoring/events", EVERYBODY),
    ("notices", "GET"): ("/api/events?topics=queues", EVERYBODY),
    ("workflows", "GET"): ("/api/workflows", EVERYBODY),
    ("workflows", "POST"): ("/api/workflows", WRITERS),
    ("workflow", "GET"): ("/api/workflows/nowhere", (401, 404, 404, 404, 404, 404)),
    ("workflow", "DELETE"): ("/api/workflows/nowhere?action=explode", (401, 400, 403, 400, 400, 400)),
    ("batches", "GET"): ("/api/batches", EVERYBODY),
    ("batch", "GET"): ("/api/batches/nowhere", (401, 404, 404, 404, 404, 404)),
    ("batch", "DELETE"): ("/api/batches/nowhere?action=explode", (401, 400, 403, 400, 400, 400)),
    ("queues", "GET"): ("/api/queues", EVERYBODY),
    ("queue", "GET"): ("/api/queues/scoring", EVERYBODY),
    ("queue", "POST"): ("/api/queues/scoring", ADMINS),
    ("queue", "PATCH"): ("/api/queues/scoring", ADMINS),
    ("queue", "DELETE"): ("/api/queues/scoring", ADMINS),
    ("policy-history", "GET"): ("/api/queues/scoring/policy-history", (401, 403, 403, 403, 403, 200)),
    ("dead-letter", "GET"): ("/api/queues/scoring/dead-letter", EVERYBODY),
    ("dead-letter", "POST"): ("/api/queues/scoring/dead-letter", ADMINS),
    ("webhooks", "GET"): ("/api/webhooks", BOSSES),
    ("webhooks", "POST"): ("/api/webhooks", (401, 403, 403, 403, 400, 400)),
    ("webhook-messages", "GET"): ("/api/webhooks/messages", BOSSES),
    ("webhook-messages", "POST"): ("/api/webhooks/messages", (401, 403, 403, 403, 400, 400)),
    ("webhook-all-deliveries", "GET"): ("/api/webhooks/deliveries", BOSSES),
    ("webhook-resend", "POST"): ("/api/webhooks/deliveries/whd_1/resend", (401, 403, 403, 403, 400, 400)),
    ("webhook-callback-secret", "GET"): ("/api/webhooks/callback-secret", BOSSES),
    ("webhook-callback-secret", "POST"): ("/api/webhooks/callback-secret", (401, 403, 403, 403, 400, 400)),
    ("webhook", "GET"): ("/api/webhooks/whe_1", (401, 403, 403, 403, 404, 404)),
    ("webhook", "PATCH"): ("/api/webhooks/whe_1", (401, 403, 403, 403, 404, 404)),
    ("webhook", "DELETE"): ("/api/webhooks/whe_1", (401, 403, 403, 403, 404, 404)),
    ("webhook-rotate-secret", "POST"): ("/api/webhooks/whe_1/rotate-secret", (401, 403, 403, 403, 400, 400)),
    ("webhook-test", "POST"): ("/api/webhooks/whe_1/test", (401, 403, 403, 403, 400, 400)),
    ("webhook-deliveries", "GET"): ("/api/webhooks/whe_1/deliveries", (401, 403, 403, 403, 404, 404)),
    ("schedules", "GET"): ("/api/schedules", (401, 403, 403, 403, 403, 200)),
    ("schedule", "GET"): ("/api/schedules/ucc-daily", (401, 403, 403, 403, 403, 200)),
    ("schedule", "POST"): ("/api/schedules/ucc-daily", ADMINS),
    ("schedule", "PATCH"): ("/api/schedules/ucc-daily", ADMINS),
    ("workers", "GET"): ("/api/workers", EVERYBODY),
    ("worker", "POST"): ("/api/workers/nobody-1-abc", ADMINS),
    ("deploys", "GET"): ("/api/deploys", EVERYBODY),
    ("deploys", "POST"): ("/api/deploys", ADMINS),
    ("health", "GET"): ("/api/health", EVERYBODY),
    ("schema", "GET"): ("/api/schema", EVERYBODY),
}
#: Bodies that are refused for what they say once the caller may say it.
WRONG = {"nonsense": True}


@pytest.fixture
def callers(client_of: NewClient, anonymous: APIClient, globex: Any) -> dict[str, APIClient]:
    """One client per role; `theirs` is the member's job in Acme."""
    clients = {
        "anonymous": anonymous,
        "stranger": client_of("stranger@example.com", role="member", organisation=globex),
        **{role: client_of(f"{role}@example.com", role=role) for role in ROLES[2:]},
    }
    post(clients["member"], note(jobId="theirs"))
    return clients


def test_every_route_and_method_has_a_row() -> None:
    routes = set()
    for pattern in urlpatterns:
        view = getattr(pattern.callback, "view_class", None)
        assert view is None or issubclass(view, ApiView)
        methods = view.needs if view else ["GET"]
        routes |= {(pattern.name, method) for method in methods}

    assert routes == set(MATRIX)
    assert not UnknownPathView.needs


@pytest.mark.parametrize(("name", "method"), MATRIX)
def test_each_role_gets_what_the_matrix_says(callers: dict[str, APIClient], name: str, method: str) -> None:
    path, expected = MATRIX[name, method]

    answers = []
    for role in ROLES:
        send: Callable[..., Any] = getattr(callers[role], method.lower())
        answers.append(send(path, WRONG, format="json") if method in {"POST", "PATCH"} else send(path))

    assert tuple(answer.status_code for answer in answers) == expected
    assert Job.objects.get().status == "waiting"


@pytest.mark.parametrize(("name", "method"), [key for key in MATRIX if key[0] not in {"healthz", "readyz"}])
def test_a_read_only_token_changes_nothing(client_of: NewClient, name: str, method: str) -> None:
    reader = client_of("admin@example.com", role="admin", scopes=["jobs:read", "metrics:read"])
    path, _ = MATRIX[name, method]

    answer = getattr(reader, method.lower())(path)

    assert answer.status_code == 403 if method != "GET" else answer.status_code in {200, 404}


@pytest.mark.parametrize(
    ("method", "suffix"),
    [
        ("get", ""),
        ("get", "?include=attempts,log"),
        ("delete", ""),
        ("delete", "?action=remove&force=true"),
        ("delete", "?action=retry"),
        ("delete", "?action=cancel"),
    ],
)
@pytest.mark.parametrize("state", ["waiting", "failed", "completed"])
def test_anothers_job_answers_byte_for_byte_like_no_job(
    callers: dict[str, APIClient], client_of: NewClient, method: str, suffix: str, state: str
) -> None:
    set_job("theirs", status=state)
    colleague = client_of("colleague@example.com", role="member")

    for client in (callers["stranger"], colleague):
        theirs = getattr(client, method)(f"/api/jobs/theirs{suffix}")
        unknown = getattr(client, method)(f"/api/jobs/unknown{suffix}")
        assert theirs.status_code == unknown.status_code == 404
        assert theirs.content == unknown.content
        varying = {"X-Request-ID"}
        assert {k: v for k, v in theirs.items() if k not in varying} == {
            k: v for k, v in unknown.items() if k not in varying
        }
    assert Job.objects.get().status == state


def test_another_tenants_admin_sees_nothing_of_it(
    callers: dict[str, APIClient], client_of: NewClient, globex: Any
) -> None:
    boss = client_of("boss@example.com", role="tenant-admin", organisation=globex)

    assert boss.get("/api/jobs/theirs").status_code == 404
    assert boss.get("/api/jobs/search?tenantId=acme").json()["jobs"] == []


def test_a_users_job_in_an_organisation_they_left_is_gone_for_them(callers: dict[str, APIClient]) -> None:
    Job.objects.update(tenant_id="globex")

    assert callers["member"].get("/api/jobs/theirs").status_code == 404


def test_metrics_are_limited_to_the_callers_own_jobs(callers: dict[str, APIClient], client_of: NewClient) -> None:
    set_job("theirs", status="failed", duration_ms=5)
    own = client_of("member@example.com", scopes=["metrics:read"])
    other = client_of("viewer@example.com", role="viewer", scopes=["metrics:read"])

    assert own.get("/api/jobs/metrics").json()["metrics"]["scoring"]["performance"]["failureRate"] == 1.0
    assert other.get("/api/jobs/metrics").json()["metrics"]["scoring"]["performance"]["failureRate"] == 0.0
