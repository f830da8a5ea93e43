"""What all answers have in common: error bodies, headers, slashes, request ids."""

import logging
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from rest_framework.test import APIClient

from jobs import reads
from jobs.models import Job

from .conftest import note, post, set_job

pytestmark = pytest.mark.django_db

PATHS = [
    "/api/jobs",
    "/api/jobs/search",
    "/api/jobs/metrics",
    "/api/jobs/queues/stats",
    "/api/jobs/queues/scoring",
    "/api/queues",
    "/api/queues/scoring",
    "/api/queues/scoring/dead-letter",
    "/api/workers",
    "/api/health",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_paths_answer_with_and_without_a_slash(admin: APIClient, path: str, slash: str) -> None:
    answer = admin.get(path + slash)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Request-ID"]


@pytest.mark.parametrize("path", [*PATHS, "/api/jobs/unknown"])
def test_the_anonymous_get_401_with_a_challenge(anonymous: APIClient, path: str) -> None:
    answer = anonymous.get(path)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_authenticated"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Bearer a b", "bearer \xff"])
def test_a_bad_token_is_401(anonymous: APIClient, header: str) -> None:
    answer = anonymous.get("/api/jobs", HTTP_AUTHORIZATION=header)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nope", "/api/jobs/a/b", "/api/queues/scoring/nope", "/api/jobs//"]
)
def test_unknown_paths_are_404_in_json(admin: APIClient, method: str, path: str) -> None:
    answer = getattr(admin, method)(path)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    if method != "head":
        assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("get", "/api/jobs/ingestion", {"POST"}),
        ("get", "/api/jobs/enrichment", {"POST"}),
        ("get", "/api/jobs/health-scores", {"POST"}),
        ("get", "/api/jobs/batch", {"POST"}),
        ("put", "/api/jobs", {"GET", "HEAD", "POST"}),
        ("patch", "/api/jobs/x", {"GET", "HEAD", "DELETE"}),
        ("post", "/api/jobs/search", {"GET", "HEAD"}),
        ("delete", "/api/queues", {"GET", "HEAD"}),
        ("options", "/api/jobs", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_wrong_method_is_405_with_the_right_ones(
    admin: APIClient, viewer: APIClient, method: str, path: str, allowed: set[str]
) -> None:
    for client in (admin, viewer):
        answer = getattr(client, method)(path)

        assert answer.status_code == 405
        assert set(answer["Allow"].split(", ")) == allowed
        assert answer.json()["error"]["code"] == "method_not_allowed"


def test_the_request_id_leads_from_the_request_to_the_job(member: APIClient) -> None:
    answer = member.post("/api/jobs", note(), format="json", HTTP_X_REQUEST_ID="trace-42")
    found = member.get("/api/jobs/search?correlationId=trace-42")

    assert answer["X-Request-ID"] == "trace-42"
    assert answer.json()["correlationId"] == "trace-42"
    assert [job["id"] for job in found.json()["jobs"]] == [answer.json()["id"]]
    assert Job.objects.get().correlation_id == "trace-42"


def test_a_correlation_id_in_the_data_comes_first(member: APIClient) -> None:
    body = {"type": "test-note", "data": {"companyId": "c", "correlationId": "own"}}

    assert post(member, body).json()["correlationId"] == "own"


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_lost_database_is_503_with_retry_after(
    member: APIClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def lost(*args: Any, **options: Any) -> None:
        raise error

    monkeypatch.setattr(reads, "search", lost)

    answer = member.get("/api/jobs/search")

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "database_unavailable"
    assert int(answer["Retry-After"]) > 0


def test_what_nobody_foresaw_is_a_500_in_json_and_in_the_log(
    member: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **options: Any) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(reads, "search", broken)

    with caplog.at_level(logging.ERROR, "quarry.api"):
        answer = member.get("/api/jobs/search")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "secret" not in answer.content.decode()
    assert "a secret detail" in caplog.text


def test_a_wrong_host_is_json_under_api(anonymous: APIClient) -> None:
    answer = anonymous.get("/api/jobs", HTTP_HOST="evil.example")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"


def test_a_sessions_post_without_csrf_token_is_403_in_json(client_of: Any) -> None:
    from accounts.models import User

    client_of("member@example.com")
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(email="member@example.com"))

    for content_type in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = browser.generic("POST", "/api/jobs", b'{"type": "test-note"}', content_type=content_type)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "forbidden"


def test_a_session_with_csrf_token_may_post_json_as_a_form(client_of: Any) -> None:
    import json

    from accounts.models import User

    client_of("member@example.com")
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(email="member@example.com"))
    browser.cookies["csrftoken"] = token = "a" * 32

    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        answer = browser.generic(
            "POST", "/api/jobs", json.dumps(note()), content_type=content_type, HTTP_X_CSRFTOKEN=token
        )
        assert answer.status_code == 202


def test_open_access_acts_as_a_development_admin(anonymous: APIClient, settings: Any) -> None:
    settings.API_AUTH_REQUIRED = False

    assert anonymous.get("/api/jobs").status_code == 200
    assert post(anonymous, note()).json()["userId"] == "development"


def test_head_answers_like_get_without_a_body(member: APIClient) -> None:
    job = post(member, note()).json()
    set_job(job["id"], status="completed")

    answer = member.head(f"/api/jobs/{job['id']}")

    assert (answer.status_code, answer.content) == (200, b"")
