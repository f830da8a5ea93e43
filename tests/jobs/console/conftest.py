"""People before the console, and jobs for them to look at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from jobs import testing
from jobs.console import charts, live, queue_rows
from jobs.models import Job
from jobs.overrides import live as policies
from jobs.search import indexing
from tests.jobs.conftest import diagnostic_types  # noqa: F401

BASE = "/api/admin/bull-board"


@pytest.fixture(autouse=True)
def fresh_pages() -> Iterator[None]:
    """Pages and policies that remember nothing from the test before."""

    def forget() -> None:
        live.forget()
        charts._known.forget()
        queue_rows.forget()
        policies.forget()

    forget()
    yield
    forget()


@pytest.fixture
def operator(db: None, redis_clean: Any) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_user("op@example.com", role="admin"))
    return browser


@pytest.fixture
def reader(db: None, redis_clean: Any, settings: Any) -> Client:
    settings.ADMIN_EMAIL_DOMAIN = "example.org"
    browser = Client()
    browser.force_login(User.objects.create_user("reader@example.org", email_verified=True))
    return browser


@pytest.fixture
def make(db: None, redis_clean: Any, diagnostic_types: None) -> Callable[..., Job]:  # noqa: F811
    """`make("diag-fail", errorClass="API_ERROR")`: a job that has run once."""
    return testing.run_job


@pytest.fixture
def html() -> Callable[..., str]:
    """The page at a path below the console, with everything indexed."""

    def get(browser: Client, path: str, **query: str) -> str:
        assert indexing.catch_up(seconds=10)
        answer = browser.get(f"{BASE}/{path}", query)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    return get
