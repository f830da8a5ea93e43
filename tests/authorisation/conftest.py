"""The world of the matrix: made once for all tests of this directory, since nothing that a request changes stays."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.core.cache import cache
from django.db import transaction
from django.template.base import Template
from django.test import Client
from django.test.utils import override_settings
from rest_framework.test import APIClient

from accounts.models import User
from jobs import dispatch
from tests.jobs.conftest import no_stream_stays_open as no_stream_stays_open

from . import world
from .rows import Row


@dataclass(frozen=True, kw_only=True)
class World:
    """Who asks, and what there is to be asked for."""

    users: dict[str, User]
    ids: dict[str, str]
    unknown: dict[str, str]
    callers: dict[str, APIClient]
    browsers: dict[str, Client]

    def ask(self, row: Row, role: str, ids: dict[str, str] | None = None, **more: Any) -> Any:
        """The answer to the role. What it changed in the database is undone, and the browser is as it was."""
        client = self.browsers[role] if row.by_session else self.callers[role]
        return send(client, row, ids or self.ids, **more)


def send(client: Client, row: Row, ids: dict[str, str], *, query: dict[str, str] | None = None, **more: Any) -> Any:
    kept = deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, row.method.lower())(row.path.format(**ids), **_body(row, query or {}), **more)
        if answer.streaming and "text/event-stream" not in answer["Content-Type"]:
            answer.whole = b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = kept
    return answer


def _body(row: Row, query: dict[str, str]) -> dict[str, Any]:
    if row.method in ("GET", "DELETE"):
        return {"data": query} if query else {}
    return {"data": dict(row.body)} if row.by_session else {"data": dict(row.body), "format": "json"}


@pytest.fixture(scope="package")
def _made(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(ADMIN_EMAIL_DOMAIN=world.DOMAIN):
        users = world.people()
        ids = world.ids(users)
        yield World(
            users=users,
            ids=ids,
            unknown=world.unknown(ids),
            callers=world.callers(users),
            browsers=world.browsers(users),
        )
        transaction.set_rollback(True)
    with redis.Redis.from_url(project.REDIS_URL) as connection:
        connection.flushdb()


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without their content, which says nothing of who may see them and takes most of the time."""
    monkeypatch.setattr(Template, "render", lambda self, context: "")


@pytest.fixture
def made(_made: World, db: None, unrendered: None) -> Iterator[World]:
    cache.clear()
    dispatch._silent_until = 0.0
    with override_settings(ADMIN_EMAIL_DOMAIN=world.DOMAIN, SUBMISSION_RATE_LIMIT=project.SUBMISSION_RATE_LIMIT):
        yield _made
    cache.clear()
