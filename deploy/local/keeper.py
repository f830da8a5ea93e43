"""The process that owns the embedded servers of one QUARRY_HOME.

Whoever starts it holds the other end of its standard input. When that closes, by intent or because
the starter was killed, the keeper stops the servers: Redis first, then PostgreSQL. With `--linger`
it first waits until no other command uses them. Killed itself, its servers die by their parent's
death. A server that dies is started again on the same port with the same password.

It says on standard output: `ready`, or `failed: <why>`, and `shared` while it lingers.
"""

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.failure import StartFailed
from deploy.local.home import Home, write_private
from deploy.local.postgres import Postgres
from deploy.local.restarts import Restarts
from deploy.local.signals import Signals
from deploy.local.valkey import Valkey

KINDS: dict[str, type[Postgres] | type[Valkey]] = {"postgres": Postgres, "redis": Valkey}
LINGER_POLL_SECONDS = 0.2


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--servers", default="postgres,redis")
    parser.add_argument("--linger", action="store_true")
    parser.add_argument("--discard", action="store_true", help="remove the home at the end")
    parser.add_argument("--fast", action="store_true", help="data need not survive a power cut")
    options = parser.parse_args()
    os.umask(0o077)
    home = Home(options.home)
    with Signals() as signals:
        lock = home.open_lock("keeper")
        fcntl.flock(lock, fcntl.LOCK_EX)
        kinds = [KINDS[name] for name in options.servers.split(",")]
        servers = [kind(home, durable=not options.fast) for kind in kinds]
        keeper = Keeper(home, servers, signals)
        try:
            keeper.start()
            keeper.keep()
            if options.linger:
                keeper.linger()
        except (StartFailed, OSError) as error:
            say(f"failed: {error}")
            print(error, file=sys.stderr, flush=True)  # into its log, for later
            sys.exit(1)
        finally:
            keeper.stop()
            if options.discard:
                discard(home, servers)


def say(line: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # the starter is gone; there is no one to tell
        os.write(1, f"{json.dumps(line)}\n".encode())


def discard(home: Home, servers: list[Postgres | Valkey]) -> None:
    for server in servers:
        if isinstance(server, Postgres) and server.elsewhere:
            shutil.rmtree(server.elsewhere, ignore_errors=True)
    shutil.rmtree(home.path, ignore_errors=True)


@dataclass
class Keeper:
    home: Home
    servers: list[Postgres | Valkey]
    signals: Signals
    restarts: dict[str, Restarts] = field(default_factory=dict)
    due_at: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        for server in self.servers:
            server.start()
        for server in self.servers:
            self._await_start(server)
        write_private(self.home.state_file, json.dumps(self._state()))
        say("ready")

    def _await_start(self, server: Postgres | Valkey) -> None:
        while True:
            try:
                return server.wait_ready(give_up=self._unwanted)
            except StartFailed:
                if not server.gives_way():
                    raise
                server.start()

    def keep(self) -> None:
        """Return when the starter is gone or a stop signal came; raises StartFailed to give up."""
        while not self.signals.stop_requested:
            if self.signals.wait(self._next_due(), descriptors=[0]):
                return
            self._revive()

    def linger(self) -> None:
        """Return when no other command holds the servers. While this waits, new ones may join."""
        users = self.home.open_lock("users")
        told = False
        while not self.signals.stop_requested:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return  # held until this process ends, so that newcomers wait for its end
            if not told:
                say("shared")
                told = True
            self.signals.wait(LINGER_POLL_SECONDS)
            self._revive()

    def stop(self) -> None:
        self.home.state_file.unlink(missing_ok=True)
        for server in sorted(self.servers, key=lambda server: server.name, reverse=True):
            server.stop()

    def _state(self) -> dict[str, object]:
        urls = {server.name: server.url for server in self.servers}
        return {
            "keeper": os.getpid(),
            "DATABASE_URL": urls.get("postgres"),
            "REDIS_URL": urls.get("redis"),
        }

    def _unwanted(self) -> bool:
        return self.signals.stop_requested

    def _next_due(self) -> float | None:
        return max(0.0, min(self.due_at.values()) - time.monotonic()) if self.due_at else None

    def _revive(self) -> None:
        now = time.monotonic()
        for server in self.servers:
            dead = server.child is not None and server.child.poll() is not None
            if dead and server.name not in self.due_at:
                restarts = self.restarts.setdefault(server.name, Restarts())
                delay = restarts.delay_after_death(now)
                if delay is None:
                    raise StartFailed(f"{server.name} died too often")
                self.due_at[server.name] = now + delay
            elif dead and self.due_at[server.name] <= now:
                del self.due_at[server.name]
                server.start()
                with contextlib.suppress(StartFailed):  # it is dead again: counted above
                    server.wait_ready(give_up=self._unwanted)


if __name__ == "__main__":
    main()
