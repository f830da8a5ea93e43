"""What the environment's values mean (CONFIG-01, -04, -06, -07)."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.queue_settings import BUSINESS_QUEUES, read_overrides
from jobs import health
from jobs.checks import redis_exposure
from jobs.connections import _client

SECRET = "hush-%2F-hush"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_DB", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


# --- CONFIG-01: Redis -----------------------------------------------------------------------------
def test_redis_is_on_this_machine_by_default() -> None:
    assert env.redis_url() == "redis://localhost:6379/0"


@pytest.mark.parametrize("url", ["redis://:pass@one:1/2", "rediss://one:6380/0", "unix:///run/redis.sock"])
def test_the_url_goes_before_the_parts(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    monkeypatch.setenv("REDIS_HOST", "other")
    monkeypatch.setenv("REDIS_PORT", "1234")

    assert env.redis_url() == url


def test_the_parts_make_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "other", "PORT": "1234", "PASSWORD": "p@ss/word", "DB": "7"}.items():
        monkeypatch.setenv(f"REDIS_{name}", value)

    assert env.redis_url() == "redis://:p%40ss%2Fword@other:1234/7"


@pytest.mark.parametrize("url", [f"http://:{SECRET}@one", f"redis://user:{SECRET}/x@one:1", f"redis://[{SECRET}"])
def test_a_wrong_redis_url_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("REDIS_URL", url)

    with pytest.raises(ImproperlyConfigured, match="REDIS_URL") as refused:
        env.redis_url()

    assert "hush" not in str(refused.value)


def test_a_wrong_database_url_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user:hush/hush@one/quarry")

    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as refused:
        env.database()

    assert "hush" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_wrong_redis_password_is_named_as_such(settings: Any) -> None:
    url = urlsplit(settings.REDIS_URL)
    settings.REDIS_URL = urlunsplit(url._replace(netloc=f"nobody:{SECRET}@{url.hostname}:{url.port}"))
    _client.cache_clear()
    try:
        problem = health.redis_problem()
    finally:
        _client.cache_clear()

    assert problem is not None
    assert "password" in problem
    assert "hush" not in problem


# --- AUTH-06 --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        *("redis://localhost:6379/0", "redis://127.0.0.1", "redis://127.0.0.9:1", "redis://[::1]:6379/0"),
        *("unix:///run/redis.sock", "rediss://:pass@redis.example/0", "rediss://redis.example/0?password=pass"),
    ],
)
def test_a_private_way_to_redis_is_no_problem(url: str) -> None:
    assert redis_exposure(url) is None


@pytest.mark.parametrize(
    ("url", "lacks"),
    [
        ("redis://redis.example/0", "no password and no TLS"),
        (f"redis://:{SECRET}@redis.example/0", "no TLS"),
        ("rediss://10.0.0.1/0", "no password"),
    ],
)
def test_an_exposed_way_to_redis_is_named(url: str, lacks: str) -> None:
    problem = redis_exposure(url)

    assert problem is not None
    assert problem.endswith(f"has {lacks}.")
    assert "hush" not in problem


# --- CONFIG-04: queues ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("ATTEMPTS", "x"), ("ATTEMPTS", "0"), ("ATTEMPTS", "21"), ("TIMEOUT_MS", "99"), ("TIMEOUT_MS", "1.5")),
        *(("RATE_LIMIT", "10"), ("RATE_LIMIT", "0/1000"), ("RATE_LIMIT", "a/b"), ("BACKOFF", "0"), ("BACKOFF", "5x")),
        *(("BACKOFF", "2000x0.5"), ("KEEP_COMPLETED", "-1"), ("KEEP_FAILED", "many"), ("ISOLATION", "vm")),
        *(("WORKER_CONCURRENCY", "0"), ("WORKER_CONCURRENCY", "101"), ("MAX_CONCURRENCY", "0")),
    ],
)
@pytest.mark.parametrize("queue", ["RESEARCH", "DATA_ENRICHMENT"])
def test_a_wrong_override_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, queue: str, key: str, value: str) -> None:
    monkeypatch.setenv(f"{queue}_{key}", value)

    with pytest.raises(ImproperlyConfigured, match=f"^{queue}_{key} must be"):
        read_overrides()


@pytest.mark.parametrize("queue", BUSINESS_QUEUES)
def test_every_queue_can_be_overridden(monkeypatch: pytest.MonkeyPatch, queue: str) -> None:
    prefix = queue.upper().replace("-", "_")
    for key, value in {
        "RATE_LIMIT": "7/1000",
        "TIMEOUT_MS": "1500",
        "ATTEMPTS": "9",
        "BACKOFF": "100x3",
        "KEEP_COMPLETED": "4",
        "KEEP_FAILED": "5",
        "WORKER_CONCURRENCY": "6",
    }.items():
        monkeypatch.setenv(f"{prefix}_{key}", value)
    monkeypatch.setenv(f"ENABLE_{prefix}_WORKER", "false")

    found = read_overrides()[queue]

    assert found.rate_limit == env.Limit(count=7, window_ms=1000)
    assert (found.timeout_ms, found.attempts, found.backoff) == (1500, 9, (100, 3.0))
    assert (found.keep_completed, found.keep_failed, found.concurrency) == (4, 5, 6)
    assert found.worker_enabled is False


# --- Readers --------------------------------------------------------------------------------------
def test_names_are_a_json_object_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.names("UCC_TEXAS_FIELDS") == {}

    monkeypatch.setenv("UCC_TEXAS_FIELDS", '{"filedOn": "filed_on"}')
    assert env.names("UCC_TEXAS_FIELDS") == {"filedOn": "filed_on"}


@pytest.mark.parametrize("value", ["x", "[]", '{"a": 1}'])
def test_other_json_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("UCC_TEXAS_FIELDS", value)

    with pytest.raises(ImproperlyConfigured, match="UCC_TEXAS_FIELDS"):
        env.names("UCC_TEXAS_FIELDS")


def test_the_summary_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "REDIS_PASSWORD": SECRET,
        "DJANGO_SECRET_KEY": SECRET,
        "REDIS_URL": f"rediss://user:{SECRET}@redis.example:6380/1?password={SECRET}",
        "DATABASE_URL": f"postgres://user:{SECRET}@db.example/quarry?password={SECRET}",
        "LOG_LEVEL": "INFO",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
        env.text(name)

    summary = env.summary()

    assert "hush" not in summary
    assert all(name in summary for name in given)
    assert "REDIS_URL=rediss://user:***@redis.example:6380/1" in summary
    assert "LOG_LEVEL=INFO" in summary
