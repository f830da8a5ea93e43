"""A PostgreSQL and a Redis of these tests' own, which they may stop, kill, fill and restart."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from deploy.local.home import Home
from deploy.local.postgres import Postgres
from deploy.local.valkey import Valkey
from jobs import connections, dispatch, gate_memory, health

#: Of every worker here. A short lease only shortens the wait for a rescue.
LEASE_SECONDS = 4
DRAIN_SECONDS = 3


class World:
    """Two servers, and this process's Django pointed at them."""

    def __init__(self, home: Home) -> None:
        self.postgres = Postgres(home, durable=True)
        self.valkey = Valkey(home, durable=False)
        self.logs = home.path / "logs"
        self.processes: list[Any] = []

    # --- Servers ------------------------------------------------------------------------------
    def start_postgres(self) -> None:
        self.postgres.start()
        self.postgres.wait_ready(give_up=lambda: False)

    def stop_postgres(self) -> None:
        """As an operator restarts it: everybody is disconnected, a checkpoint is written."""
        self.postgres.stop()

    def kill_postgres(self) -> None:
        """As a crash: no checkpoint; what was committed is in its log."""
        child = self.postgres.child
        assert child
        # A killed postmaster leaves its backends to notice; SIGQUIT is the crash of all of them at once.
        child.send_signal(signal.SIGQUIT)
        child.wait()

    def start_redis(self) -> None:
        self.valkey.start()
        self.valkey.wait_ready(give_up=lambda: False)

    def kill_redis(self) -> None:
        """kill -9; nothing is kept, so the next start is empty."""
        assert self.valkey.child
        self.valkey.child.kill()
        self.valkey.child.wait()

    def signal_redis(self, number: signal.Signals) -> None:
        assert self.valkey.child
        self.valkey.child.send_signal(number)

    @property
    def redis_runs(self) -> bool:
        return self.valkey.child is not None and self.valkey.child.poll() is None

    @property
    def postgres_runs(self) -> bool:
        return self.postgres.child is not None and self.postgres.child.poll() is None

    @contextmanager
    def redis(self) -> Iterator["redis.Redis"]:
        with redis.Redis.from_url(self.valkey.url) as client:
            yield client

    def redis_info(self, section: str, name: str) -> Any:
        with self.redis() as client:
            return client.info(section)[name]

    def configure_redis(self, **values: str) -> None:
        with self.redis() as client:
            for name, value in values.items():
                client.config_set(name.replace("_", "-"), value)

    # --- Between tests ------------------------------------------------------------------------
    def reset(self) -> None:
        """Servers up and healthy, tables and Redis empty, no worker left."""
        for process in self.processes:
            process.destroy()
        self.processes.clear()
        if not self.postgres_runs:
            self.start_postgres()
        if self.redis_runs:
            self.signal_redis(signal.SIGCONT)
        else:
            self.start_redis()
        self.configure_redis(maxmemory="0", maxmemory_policy="noeviction")
        with self.redis() as client:
            client.flushall()
        forget_what_this_process_knows()
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'jobs\\_%'")
            tables = ", ".join(row[0] for row in cursor.fetchall())
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")

    # --- Children -----------------------------------------------------------------------------
    def environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "QUARRY_DIAGNOSTICS": "1",
            "DJANGO_DEBUG": "true",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "WORKER_SHUTDOWN_TIMEOUT": str(DRAIN_SECONDS),
            "PYTHONUNBUFFERED": "1",
            **more,
        }


def forget_what_this_process_knows() -> None:
    """Connections to servers that are gone, and that Redis was unreachable a moment ago."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connections._client.cache_clear()
    dispatch._silent_until = 0.0
    gate_memory.forget()
    health._seen = (-10.0, True)


@contextmanager
def running_world() -> Iterator[World]:
    # Not under pytest's private directories: PostgreSQL's user could not pass.
    path = Path(tempfile.mkdtemp(prefix="quarry-survival-"))
    path.chmod(0o711)
    world = World(Home(path).make())
    try:
        world.start_postgres()
        world.start_redis()
        with _django_pointed_at(world):
            call_command("migrate", verbosity=0, interactive=False)
            yield world
            for process in world.processes:
                process.destroy()
    finally:
        if world.redis_runs:
            world.signal_redis(signal.SIGCONT)
        world.valkey.stop()
        world.postgres.stop()
        if world.postgres.elsewhere:
            shutil.rmtree(world.postgres.elsewhere, ignore_errors=True)
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _django_pointed_at(world: World) -> Iterator[None]:
    url = urlsplit(world.postgres.url)
    target = {
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port),
    }
    before = {name: connection.settings_dict[name] for name in target}
    redis_before = settings.REDIS_URL
    forget_what_this_process_knows()
    connection.settings_dict.update(target)
    settings.REDIS_URL = world.valkey.url
    try:
        yield
    finally:
        connection.settings_dict.update(before)
        settings.REDIS_URL = redis_before
        forget_what_this_process_knows()
