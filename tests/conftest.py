"""Fixtures of all tests. Servers come from tests/plugins/servers.py; the network is off."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import pytest
import redis
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.plugins.contract import answers_are_as_the_schema_says as answers_are_as_the_schema_says
from tests.plugins.databases import django_db_modify_db_settings as django_db_modify_db_settings
from tests.plugins.flushing import django_db_setup as django_db_setup
from tests.providers.servers import source as source
from tests.providers.servers import source_server as source_server

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("quarry", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("quarry")


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_quickly() -> Iterator[None]:
    """By the real algorithm, with few iterations: each user of a test would take a third of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
        yield


@pytest.fixture
def redis_clean() -> Iterator["redis.Redis"]:
    """A connection to the run's throw-away Redis database, empty before the test and after it."""
    from jobs import gate_memory

    gate_memory.forget()
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as connection:
        connection.flushdb()
        yield connection
        connection.flushdb()


@pytest.fixture
def process_env(transactional_db: None, redis_clean: "redis.Redis") -> dict[str, str]:
    """The environment for real child processes, such as workers: they see the test's database."""
    from django.db import connection

    url = urlsplit(os.environ["DATABASE_URL"])
    database = str(connection.settings_dict["NAME"])
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{database}")),
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--examples", default=1, type=int, help="Requests per operation and kind in tests/fuzzing.")
    parser.addoption("--fuzz-seed", default=20261122, type=int, help="Which requests tests/fuzzing makes up.")
