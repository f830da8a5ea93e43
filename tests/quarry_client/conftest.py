"""The server over real HTTP, clients with real tokens, and a server that answers as a test tells it to."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.testcases import LiveServerThread, _StaticFilesHandler
from pytest_httpserver import HTTPServer

from accounts import tokens
from accounts.models import Membership, Organisation, User
from jobs import dispatch, execution
from jobs.models import Job
from quarry_client import QuarryClient
from tests.jobs.conftest import diagnostic_types as diagnostic_types
from tests.jobs.conftest import no_stream_stays_open as no_stream_stays_open
from tests.jobs.events.conftest import meanwhile

TOKEN = "qry_a-token-of-the-test"

NewClient = Callable[..., QuarryClient]


@pytest.fixture
def new_token(db: None, redis_clean: Any, diagnostic_types: None) -> Callable[..., str]:
    """A token of a new user of the organisation acme."""

    def make(*, role: str = "member") -> str:
        home, _ = Organisation.objects.get_or_create(slug="acme", defaults={"name": "acme"})
        user = User.objects.create_user(f"{role}@example.com", role="admin" if role == "admin" else "")
        if role != "admin":
            Membership.objects.create(user=user, organisation=home, role=role)
        _, secret = tokens.issue(user=user, organisation=home, name="test")
        return secret

    return make


class OneConnectionServer(ThreadedWSGIServer):
    """Its requests use the connection of the thread that runs the test."""

    shared: BaseDatabaseWrapper

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        connections["default"] = self.shared
        super().process_request_thread(request, client_address)

    def _close_connections(self) -> None:
        """It is the test's to close."""


class OneConnectionServerThread(LiveServerThread):
    server_class = OneConnectionServer


@pytest.fixture(scope="session")
def web_server(django_db_setup: None) -> Iterator[LiveServerThread]:
    """The project's own server, whose requests run in the test's transaction: nothing is to be emptied afterwards.

    One thread at a time uses the connection: a test waits for its answers. What streams or commits takes `live_server`.
    """
    server = OneConnectionServerThread("127.0.0.1", _StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None
    yield server
    server.terminate()


@pytest.fixture
def base_url(web_server: LiveServerThread, db: None) -> Iterator[str]:
    own = connections["default"]
    OneConnectionServer.shared = own
    own.inc_thread_sharing()
    # A request would take the open transaction for a connection that is not in order, as Django's test client knows.
    edges = (request_started, request_finished)
    for edge in edges:
        edge.disconnect(close_old_connections)
    yield f"http://127.0.0.1:{web_server.port}"
    for edge in edges:
        edge.connect(close_old_connections)
    own.dec_thread_sharing()


@pytest.fixture
def new_client(base_url: str, new_token: Callable[..., str]) -> Iterator[NewClient]:
    """A client of the project's own server."""
    made: list[QuarryClient] = []

    def make(*, role: str = "member", **options: Any) -> QuarryClient:
        made.append(QuarryClient(base_url, new_token(role=role), **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def quarry(new_client: NewClient) -> QuarryClient:
    return new_client()


@pytest.fixture
def live_quarry(live_server: Any, transactional_db: None, new_token: Callable[..., str]) -> Iterator[QuarryClient]:
    """As `quarry`, of a server whose requests have transactions of their own: for streams and other processes."""
    dispatch._silent_until = 0.0
    with QuarryClient(live_server.url, new_token()) as client:
        yield client


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


def running(job_id: str) -> AbstractContextManager[None]:
    """A job that runs in another thread, as a worker's would."""
    return meanwhile(lambda: execution.run(Job.objects.get(public_id=job_id).pk))
