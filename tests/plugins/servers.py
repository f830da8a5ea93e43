"""Throw-away PostgreSQL and Redis for one test run.

They start once, in the controlling process, before pytest-django reads the settings, and end with
it, kill -9 included. DATABASE_URL and REDIS_URL, where given, are used instead: the tests make
their own database beside the given one, and refuse a Redis database that contains anything.

QUARRY_TEST_DURABLE=1 makes the throw-away PostgreSQL write as carefully as the real one.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
import redis

from deploy.local.home import Home
from deploy.local.servers import VARIABLES, Servers, given, running_servers, start_keeper

from .databases import OWN_SERVER


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        _take_own_redis_database(worker)
    else:
        early_config.add_cleanup(_start_servers())
    return (yield)


def _start_servers() -> "_Release":
    urls = given()
    if "REDIS_URL" in urls:
        _refuse_used_redis(urls["REDIS_URL"])
    # PostgreSQL's user must be able to pass; the data inside is private.
    path = Path(tempfile.mkdtemp(prefix="quarry-test-"))
    path.chmod(0o711)
    home = Home(path).make()
    options = ["--discard"] if os.environ.get("QUARRY_TEST_DURABLE") else ["--discard", "--fast"]
    missing = [name for name, variable in VARIABLES.items() if variable not in urls]
    keeper = None
    if missing:
        keeper = start_keeper(home, missing, *options)
        urls |= running_servers(home) or {}
    os.environ.update(urls)
    if "postgres" in missing:
        os.environ[OWN_SERVER] = urls["DATABASE_URL"]
    # Not the user's own: tests write files, and secrets of a test are nobody's.
    os.environ["QUARRY_HOME"] = str(path)
    os.environ.setdefault("DJANGO_SECRET_KEY", "a key for tests, which protects nothing at all")
    os.environ.setdefault("DJANGO_DEBUG", "true")
    return _Release(Servers(urls, keeper), path)


class _Release:
    def __init__(self, servers: Servers, path: Path) -> None:
        self._servers = servers
        self._path = path

    def __call__(self) -> None:
        self._servers.release()
        shutil.rmtree(self._path, ignore_errors=True)


def _refuse_used_redis(url: str) -> None:
    with redis.Redis.from_url(url) as connection:
        keys = connection.dbsize()
    if keys:
        raise pytest.UsageError(
            f"The Redis database of REDIS_URL holds {keys} keys, which the tests would delete. "
            "Name an empty one, such as redis://host:6379/15, or unset REDIS_URL."
        )


def _take_own_redis_database(worker: str) -> None:
    """Worker gw3 of a parallel run uses database 4: the controller's is 0."""
    base, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{base}/{int(worker.removeprefix('gw')) + 1}"
