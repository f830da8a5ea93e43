"""The server over real HTTP, clients with real tokens, and a server that answers as a test tells it to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from accounts import tokens
from accounts.models import Membership, Organisation, User
from jobs import dispatch
from quarry_client import QuarryClient
from tests.jobs.conftest import diagnostic_types as diagnostic_types
from tests.jobs.conftest import no_stream_stays_open as no_stream_stays_open

TOKEN = "qry_a-token-of-the-test"

NewClient = Callable[..., QuarryClient]


@pytest.fixture
def new_token(transactional_db: None, redis_clean: Any, diagnostic_types: None) -> Callable[..., str]:
    """A token of a new user of the organisation acme."""

    def make(*, role: str = "member") -> str:
        home, _ = Organisation.objects.get_or_create(slug="acme", defaults={"name": "acme"})
        user = User.objects.create_user(f"{role}@example.com", role="admin" if role == "admin" else "")
        if role != "admin":
            Membership.objects.create(user=user, organisation=home, role=role)
        _, secret = tokens.issue(user=user, organisation=home, name="test")
        return secret

    return make


@pytest.fixture
def new_client(live_server: Any, new_token: Callable[..., str]) -> Iterator[NewClient]:
    """A client of the project's own server."""
    dispatch._silent_until = 0.0
    made: list[QuarryClient] = []

    def make(*, role: str = "member", **options: Any) -> QuarryClient:
        made.append(QuarryClient(live_server.url, new_token(role=role), **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def quarry(new_client: NewClient) -> QuarryClient:
    return new_client()


@pytest.fixture
def scripted(httpserver: HTTPServer) -> Iterator[QuarryClient]:
    """A client of a server that answers as the test tells it to."""
    with QuarryClient(httpserver.url_for(""), TOKEN, timeout=5, repeat_for=5) as client:
        yield client


def job_json(**changed: Any) -> dict[str, Any]:
    """A job as the API shows it."""
    return {
        "id": "job_1",
        "type": "diag-noop",
        "queue": "default",
        "status": "waiting",
        "progress": 0,
        "attemptsMade": 0,
        "maxAttempts": 3,
        "priority": 0,
        "createdAt": "2026-01-02T03:04:05.678Z",
        "updatedAt": "2026-01-02T03:04:05.678Z",
        **changed,
    }
