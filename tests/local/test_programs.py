"""The environment that the programs get."""

from pathlib import Path

import pytest

from deploy.local.home import Home
from deploy.local.programs import environment
from deploy.local.servers import Servers

SERVERS = Servers({"DATABASE_URL": "postgres://embedded/quarry", "REDIS_URL": "redis://embedded/0"})


@pytest.fixture
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("PORT", "DJANGO_DEBUG", "DJANGO_SECRET_KEY", "DJANGO_ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path)


def test_the_programs_learn_the_addresses_of_the_servers(fresh_home: Home) -> None:
    env = environment(fresh_home, SERVERS)

    assert env["DATABASE_URL"] == "postgres://embedded/quarry"
    assert env["REDIS_URL"] == "redis://embedded/0"
    assert env["QUARRY_HOME"] == str(fresh_home.path)


def test_the_secret_key_is_made_once_and_private(fresh_home: Home) -> None:
    first = environment(fresh_home, SERVERS)["DJANGO_SECRET_KEY"]

    second = environment(fresh_home, SERVERS)["DJANGO_SECRET_KEY"]

    assert first == second
    assert len(first) >= 50
    assert (fresh_home.path / "django.secret").stat().st_mode & 0o777 == 0o600


def test_what_the_user_sets_wins_over_every_default(fresh_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {
        "PORT": "4000",
        "DJANGO_DEBUG": "false",
        "DJANGO_SECRET_KEY": "mine",
        "DJANGO_ALLOWED_HOSTS": "quarry.example",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)

    env = environment(fresh_home, SERVERS)

    assert {name: env[name] for name in chosen} == chosen


def test_an_empty_variable_counts_as_not_set(fresh_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")

    assert environment(fresh_home, SERVERS)["PORT"] == "3000"
