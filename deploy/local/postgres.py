"""The embedded PostgreSQL: made once, on a random loopback port, with a random password.

Only the programs of the wheel are used: its Python, as root, would create a system user and open
parent directories.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local import leftovers, process
from deploy.local.failure import StartFailed, tail
from deploy.local.home import Home
from deploy.local.ports import OnItsPort
from deploy.local.unprivileged import Place, choose_place

#: Recovery after a power cut replays up to max_wal_size (1 GB), which takes minutes on a slow disk.
START_SECONDS = 300.0

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "jit": "off",  # short statements only: compiling them costs more than it saves
}
#: For data that nobody keeps: a power cut destroys it, a killed process does not.
THROW_AWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres(OnItsPort):
    """One data directory and, while started, its server."""

    name = "postgres"
    death_signal = signal.SIGINT  # "fast": disconnects everybody, writes a checkpoint, ends

    def __init__(self, home: Home, *, durable: bool) -> None:
        super().__init__()
        self._home = home
        self._durable = durable
        self._password = home.secret("postgres")
        self._place: Place | None = None

    @property
    def url(self) -> str:
        return f"postgres://quarry:{self._password}@127.0.0.1:{self._port}/quarry"

    @property
    def elsewhere(self) -> Path | None:
        """The directory outside QUARRY_HOME, if root's server needed one."""
        return self._place.elsewhere if self._place else None

    def start(self) -> None:
        self._place = self._place or choose_place(self._home)
        data = self._place.base / "data"
        if not data.exists():
            self._make(self._place, data)
        leftovers.await_end_of(data, names=("postgres",))
        # Nobody works here, so the file is a killed server's; its pid may be another program's now,
        # and PostgreSQL would then refuse to start.
        (data / "postmaster.pid").unlink(missing_ok=True)
        settings = {**SETTINGS, **({} if self._durable else THROW_AWAY_SETTINGS)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        self.child = process.start(
            [
                *(str(self._place.programs / "postgres"), "-D", str(data)),
                *(f"--port={self._port}", *options),
            ],
            env=_environment(),
            log=self._home.log("postgres"),
            stdin=subprocess.DEVNULL,
            cwd=data,
            account=self._place.account,
            at_parent_death=self.death_signal,
        )

    def wait_ready(self, *, give_up: Callable[[], bool]) -> None:
        """Return when it accepts connections, or when `give_up()`; raises StartFailed."""
        assert self.child
        assert self._place
        status = self._place.base / "data" / "postmaster.pid"
        deadline = time.monotonic() + START_SECONDS
        while not give_up():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise StartFailed("PostgreSQL did not start", tail(self._home.log("postgres")))
            # PostgreSQL writes "ready" into line 8 of its own pid file.
            lines = status.read_text().split("\n") if status.exists() else []
            if len(lines) > 7 and lines[0] == str(self.child.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.01)

    def stop(self) -> None:
        if self.child:
            smart_to_rude = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))
            process.stop(self.child, by=smart_to_rude)

    def _make(self, place: Place, data: Path) -> None:
        """Create the data in another directory and rename it: complete, or not there."""
        unfinished = place.base / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = place.base / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        if place.account:
            os.chown(password_file, place.account.uid, place.account.gid)
        self._run(
            place,
            [
                *("initdb", "-D", str(unfinished), "--username=quarry", "--auth=scram-sha-256"),
                *(f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C"),
                # PostgreSQL's own UTF-8 order: the same on every machine, whatever is installed.
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
                *(() if self._durable else ("--no-sync",)),
            ],
        )
        password_file.unlink()
        self._run(
            place,
            [*("postgres", "--single", "-D", str(unfinished), "postgres")],
            statements="CREATE DATABASE quarry;\n",
        )
        unfinished.rename(data)

    def _run(self, place: Place, command: list[str], *, statements: str = "") -> None:
        log = self._home.log("postgres")
        child = process.start(
            [str(place.programs / command[0]), *command[1:]],
            env=_environment(),
            log=log,
            stdin=subprocess.PIPE,
            cwd=Path("/"),
            account=place.account,
        )
        child.communicate(statements.encode())
        if child.returncode != 0:
            raise StartFailed(f"{command[0]} ended with status {child.returncode}", tail(log))


def _environment() -> dict[str, str]:
    """The user's own PG* settings are for other servers; they would change this one's defaults."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PG") and name not in ("LD_LIBRARY_PATH", "LC_ALL", "LANG")
    }
