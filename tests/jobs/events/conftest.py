"""Callers, and a reader of server-sent events."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import ApiToken, Membership, Organisation, User
from jobs import dispatch
from jobs.events import welcome

NewClient = Callable[..., APIClient]


@dataclass(frozen=True, kw_only=True)
class Frame:
    event: str
    data: Any
    id: str | None = None


def frames(chunks: Iterable[bytes]) -> Iterator[Frame]:
    """The events of a stream, as a browser's EventSource would hand them out, and heartbeats."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        while b"\n\n" in rest:
            block, _, rest = rest.partition(b"\n\n")
            found = _frame(block.decode())
            if found:
                yield found


def _frame(block: str) -> Frame | None:
    if block.startswith(":"):
        return Frame(event="heartbeat", data=block)
    fields = dict(line.split(": ", 1) for line in block.split("\n"))
    if "data" not in fields:
        return None
    return Frame(event=fields["event"], data=json.loads(fields["data"]), id=fields.get("id"))


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[None]:
    """Do `work` in another thread, as another request would; what it raises is raised at the end."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  raised by the test
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(30)
    if errors:
        raise errors[0]


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    dispatch._silent_until = 0.0
    welcome._answers.clear()


@pytest.fixture
def client_of(transactional_db: None, redis_clean: Any) -> NewClient:
    """A client with a token of a user in an organisation; `client.token` is its row."""

    def make(email: str, *, role: str = "member", organisation: str = "acme") -> APIClient:
        home, _ = Organisation.objects.get_or_create(slug=organisation, defaults={"name": organisation})
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, role="admin" if role == "admin" else ""
        )
        if role != "admin":
            Membership.objects.get_or_create(user=user, organisation=home, defaults={"role": role})
        token, secret = tokens.issue(user=user, organisation=home, name="test")
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        client.token, client.user = token, user  # type: ignore[attr-defined]
        client.secret = secret  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture
def admin(client_of: NewClient) -> APIClient:
    return client_of("admin@example.com", role="admin")


def revoke(client: Any) -> None:
    token: ApiToken = client.token
    tokens.revoke(token=token)
