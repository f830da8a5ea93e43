"""The embedded servers: private, lasting, shared, and gone with whoever started them."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from deploy.local.failure import StartFailed
from deploy.local.home import Home
from deploy.local.leftovers import servers_in
from deploy.local.ports import answers
from deploy.local.servers import Servers, attach, running_servers
from tests.local.children import child
from tests.local.waiting import eventually

NO_RETRY = Retry(NoBackoff(), 0)

USE_SERVERS = """
import sys
from pathlib import Path
from deploy.local.home import Home
from deploy.local.servers import attach
servers = attach(Home(Path(sys.argv[1])), linger=True)
print(servers.urls["DATABASE_URL"], flush=True)
sys.stdin.read()
print(servers.release(), flush=True)
"""


@contextmanager
def attached(home: Home, *, linger: bool = False) -> Iterator[Servers]:
    servers = attach(home, linger=linger)
    try:
        yield servers
    finally:
        servers.release()


def another_command(home: Home, env: dict[str, str]) -> AbstractContextManager["subprocess.Popen[str]"]:
    """A process that uses the servers of `home` until its input is closed."""
    return child([sys.executable, "-c", USE_SERVERS, str(home.path)], env=env, stdin=subprocess.PIPE)


def query(servers: Servers, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(servers.urls["DATABASE_URL"]) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def redis_of(servers: Servers) -> "redis.Redis":
    return redis.Redis.from_url(servers.urls["REDIS_URL"], retry=NO_RETRY)


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


def keeper_pid(home: Home) -> int:
    return int(json.loads(home.state_file.read_text())["keeper"])


def living_servers(home: Home) -> list[int]:
    postgres = home.path / "postgres" / "data"
    redis_data = home.path / "redis"
    return servers_in(postgres, names=("postgres",)) + servers_in(redis_data, names=("valkey",))


def test_data_outlives_the_servers(home: Home) -> None:
    with attached(home) as servers:
        query(servers, "CREATE TABLE kept AS SELECT 42 AS answer")
        with redis_of(servers) as connection:
            connection.set("kept", "43")
    with attached(home) as servers:
        rows = query(servers, "SELECT answer FROM kept")
        with redis_of(servers) as connection:
            value = connection.get("kept")

    assert rows == [(42,)]
    assert value == b"43"


def test_both_servers_refuse_whoever_lacks_the_password(home: Home) -> None:
    with attached(home) as servers:
        port = port_of(servers.urls["DATABASE_URL"])
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"postgres://quarry:guess@127.0.0.1:{port}/quarry")
        nameless = redis.Redis(port=port_of(servers.urls["REDIS_URL"]), retry=NO_RETRY)
        with nameless, pytest.raises(redis.AuthenticationError):
            nameless.ping()


def test_everything_with_a_password_is_readable_by_its_owner_only(home: Home) -> None:
    with attached(home):
        files = [home.state_file, home.run / "redis.conf", *home.path.glob("*.secret")]

        modes = {path.name: path.stat().st_mode & 0o777 for path in files}

    assert len(modes) == 4
    assert set(modes.values()) == {0o600}


def test_a_full_redis_refuses_instead_of_forgetting(home: Home) -> None:
    with attached(home) as servers, redis_of(servers) as connection:
        settings = connection.config_get("maxmemory-policy", "appendonly", "appendfsync")

    assert settings == {
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "appendfsync": "everysec",
    }


def test_postgres_writes_durably(home: Home) -> None:
    with attached(home) as servers:
        assert query(servers, "SHOW fsync") == [("on",)]


def test_nothing_runs_after_the_last_user_has_finished(home: Home) -> None:
    with attached(home):
        assert len(living_servers(home)) > 1

    assert living_servers(home) == []
    assert not home.state_file.exists()


def test_a_second_command_joins_the_running_servers(home: Home, bare_env: dict[str, str]) -> None:
    with attached(home) as servers, another_command(home, bare_env) as second:
        assert second.stdout
        assert second.stdout.readline().strip() == servers.urls["DATABASE_URL"]


def test_servers_wait_for_the_last_command_that_uses_them(home: Home, bare_env: dict[str, str]) -> None:
    with another_command(home, bare_env) as first:
        assert first.stdin
        assert first.stdout
        assert first.stdout.readline()
        with attached(home) as servers:
            first.stdin.close()
            assert first.stdout.readline().strip() == "False"

            assert query(servers, "SELECT 1") == [(1,)]

        eventually(lambda: not living_servers(home))


def test_servers_die_with_a_command_that_is_killed(home: Home, bare_env: dict[str, str]) -> None:
    with another_command(home, bare_env) as command:
        assert command.stdout
        port = port_of(command.stdout.readline().strip())

        command.kill()

        eventually(lambda: not living_servers(home) and not answers(port))


def test_servers_die_with_a_keeper_that_is_killed(home: Home) -> None:
    with attached(home):
        os.kill(keeper_pid(home), signal.SIGKILL)

        eventually(lambda: not living_servers(home))
        assert running_servers(home) is None


def test_a_start_right_after_a_kill_finds_the_data_again(home: Home) -> None:
    with attached(home) as servers:
        query(servers, "CREATE TABLE before_kill AS SELECT 1 AS one")
        assert servers.keeper
        servers.keeper.kill()
        servers.keeper.wait()
        with attached(home) as later:
            assert query(later, "SELECT one FROM before_kill") == [(1,)]


def test_a_killed_postgres_comes_back_at_the_same_address(home: Home) -> None:
    with attached(home) as servers:
        pid_file = home.path / "postgres" / "data" / "postmaster.pid"
        first = int(pid_file.read_text().split()[0])

        os.kill(first, signal.SIGKILL)

        eventually(lambda: _can_query(servers, "SELECT 1"))
        assert int(pid_file.read_text().split()[0]) != first


def test_a_killed_redis_comes_back_with_its_data(home: Home) -> None:
    with attached(home) as servers, redis_of(servers) as connection:
        connection.set("survives", "yes")
        os.kill(int(connection.info("server")["process_id"]), signal.SIGKILL)

        eventually(lambda: _value(servers, "survives") == b"yes")


def test_a_pid_file_that_names_another_program_is_no_obstacle(home: Home) -> None:
    with attached(home):
        pid_file = home.path / "postgres" / "data" / "postmaster.pid"
        left_by_a_kill = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *left_by_a_kill[1:]]))

    with attached(home) as servers:
        assert query(servers, "SELECT 1") == [(1,)]


def test_servers_that_cannot_start_hold_up_nobody_afterwards(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARRY_REDIS_BINARY", "/bin/false")
    with pytest.raises(StartFailed, match="Redis did not start"):
        attach(home, linger=False)

    assert _is_free(home, "users")


def test_given_servers_are_used_and_none_are_started(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me@example.invalid/mine")
    monkeypatch.setenv("REDIS_URL", "redis://example.invalid/3")

    with attached(home) as servers:
        assert servers.urls == {
            "DATABASE_URL": "postgres://me@example.invalid/mine",
            "REDIS_URL": "redis://example.invalid/3",
        }
        assert living_servers(home) == []


def test_a_command_that_needs_a_server_the_others_did_not_start_says_so(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me@example.invalid/mine")
    with attached(home):
        monkeypatch.delenv("DATABASE_URL")

        with pytest.raises(StartFailed, match="give the same DATABASE_URL"):
            attach(home, linger=False)


def test_a_newcomer_waits_while_the_servers_are_stopping(home: Home, bare_env: dict[str, str]) -> None:
    stopping = home.open_lock("users")
    fcntl.flock(stopping, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as the keeper does before it stops
    with another_command(home, bare_env) as newcomer:
        eventually(lambda: not _is_free(home, "start"))
        assert not home.state_file.exists()

        os.close(stopping)

        assert newcomer.stdout
        assert newcomer.stdout.readline().startswith("postgres://")
    eventually(lambda: not living_servers(home))


def _is_free(home: Home, lock: str) -> bool:
    descriptor = home.open_lock(lock)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _can_query(servers: Servers, statement: str) -> bool:
    try:
        return bool(query(servers, statement))
    except psycopg.OperationalError:
        return False


def _value(servers: Servers, key: str) -> object:
    try:
        with redis_of(servers) as connection:
            return connection.get(key)
    except redis.ConnectionError:
        return None
