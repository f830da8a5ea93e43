"""One browser and one web server for all browser tests, one window and clean tables for each."""

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from deploy.local import process
from jobs.models import Worker
from tests.survival.processes import eventually

from . import chromium
from .server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from .watching import Watch

#: Of everybody whom `person` makes with `password=PASSWORD`; hashing one takes long, on purpose.
PASSWORD = "a password of tests 42"
#: For anything on a page to come, which only a busy machine needs.
WAIT_MS = 20_000
NewPage = Callable[..., "Page"]
Person = Callable[..., User]


class Unreadable(pytest.Module):
    """Tests that cannot even be read without the browser's driver."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        pytest.skip("no playwright: install requirements/browser.txt", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    if importlib.util.find_spec("playwright") or os.environ.get(chromium.REQUIRED):
        return None
    module: pytest.Module = Unreadable.from_parent(parent, path=module_path)
    return module


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    program = chromium.path()
    try:
        from playwright.sync_api import expect, sync_playwright
    except ModuleNotFoundError:
        chromium.missing("no playwright: install requirements/browser.txt into .venv")
    expect.set_options(timeout=WAIT_MS)
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=program, args=chromium.arguments())
        yield running
        running.close()


@pytest.fixture(scope="package")
def running_server(browser: "Browser", django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    # Not under pytest's private directories, so that the path is short and passable.
    with tempfile.TemporaryDirectory(prefix="quarry-browser-") as folder, django_db_blocker.unblock():
        server = Server(Path(folder), str(connection.settings_dict["NAME"]))
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def server(running_server: Server, transactional_db: None, redis_clean: Any) -> Iterator[Server]:
    running_server.wake()
    yield running_server
    running_server.rest()


@pytest.fixture
def watch() -> Iterator["Watch"]:
    from .watching import Watch

    watching = Watch()
    yield watching
    assert watching.unexpected == []


@pytest.fixture
def new_page(browser: "Browser", server: Server, watch: "Watch") -> Iterator[NewPage]:
    """`new_page()`, `new_page(ana)`, `new_page(ana, width=390, theme="dark")`: a window of its own.

    Signed in as the user, where one is given. Paths are relative: `page.goto("/settings/")`.
    Waits are 20 s at most, which only a busy machine needs.
    """
    contexts = []

    def make(user: User | None = None, *, width: int = 1280, height: int = 800, theme: str = "light") -> "Page":
        viewport = {"width": width, "height": height}
        context = browser.new_context(base_url=server.url, viewport=viewport, color_scheme=theme)  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        if user is not None:
            context.add_cookies([_session_cookie(user, server.url)])  # type: ignore[list-item]
        page = context.new_page()
        watch.follow(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: NewPage) -> "Page":
    """An anonymous window on a desktop."""
    return new_page()


@pytest.fixture
def person(server: Server) -> Person:
    """`person("ana@example.com", acme="member")`: a user with a role per organisation slug."""

    def make(email: str, *, role: str = "", password: str | None = None, **memberships: str) -> User:
        user = User.objects.create_user(email, password, role=role, email_verified=True)
        for slug, held in memberships.items():
            organisation, _ = Organisation.objects.get_or_create(slug=slug, defaults={"name": slug.capitalize()})
            Membership.objects.create(user=user, organisation=organisation, role=held)
        return user

    return make


@pytest.fixture
def admin(person: Person) -> User:
    return person("root@example.com", role=Role.ADMIN.value, acme=Role.TENANT_ADMIN.value)


@pytest.fixture
def start_worker(server: Server, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """`start_worker("research", "default")`: a real worker on these queues; ready when it returns."""
    children: list[subprocess.Popen[bytes]] = []

    def start(*queues: str) -> None:
        log = tmp_path / f"worker-{len(children)}.log"
        child = process.start([sys.executable, "manage.py", "rqworker", *queues], env=server.environment, log=log)
        children.append(child)
        eventually(lambda: Worker.objects.filter(pid=child.pid).exists(), what=f"a worker, see {log}")

    yield start
    for child in children:
        process.stop(child, by=((signal.SIGTERM, 10.0),))


def _session_cookie(user: User, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }
