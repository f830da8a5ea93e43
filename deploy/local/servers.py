"""The embedded servers as a command sees them: join the running ones, or start their keeper.

One keeper owns the servers of a QUARRY_HOME. Every command that uses them holds the `users` lock,
shared; the keeper takes it alone before it stops, so nobody joins servers that are about to end.
"""

import fcntl
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local import process
from deploy.local.failure import StartFailed, tail
from deploy.local.home import ROOT, Home

VARIABLES = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}


@dataclass
class Servers:
    """urls: DATABASE_URL and REDIS_URL, given or embedded. keeper: set if started by this one."""

    urls: dict[str, str]
    keeper: subprocess.Popen[bytes] | None = None
    users_lock: int | None = None

    def keep_across_exec(self) -> None:
        """Let the program that replaces this one hold the servers as their user."""
        if self.users_lock is not None:
            os.set_inheritable(self.users_lock, True)

    def keeper_output(self) -> int | None:
        """The descriptor that becomes readable when the keeper gave up."""
        return self.keeper.stdout.fileno() if self.keeper and self.keeper.stdout else None

    def release(self) -> bool:
        """Stop using them. A keeper of this process has stopped them when this returns True;
        False says that other commands still use them, and the last one's end will stop them."""
        if self.users_lock is not None:
            os.close(self.users_lock)
            self.users_lock = None
        if self.keeper is None:
            return True
        assert self.keeper.stdin
        assert self.keeper.stdout
        self.keeper.stdin.close()
        with self.keeper.stdout as said:
            if any(json.loads(line) == "shared" for line in said):
                return False
        self.keeper.wait()
        return True


def given() -> dict[str, str]:
    """The servers that the user brings, by variable. REDIS_HOST and its kin count as one."""
    found = {name: os.environ.get(name, "") for name in VARIABLES.values()}
    return {name: url for name, url in found.items() if url}


def attach(home: Home, *, linger: bool) -> Servers:
    """Use the servers of `home`, starting them if nobody has; raises StartFailed with the reason.

    linger: servers started here outlive this command until other commands have finished with them.
    """
    urls = given()
    needed = [name for name, variable in VARIABLES.items() if variable not in urls]
    if os.environ.get("REDIS_HOST"):
        needed = [name for name in needed if name != "redis"]
    if not needed:
        return Servers(urls)
    home.make()
    with home.lock("start"):
        users_lock = home.open_lock("users")
        try:
            fcntl.flock(users_lock, fcntl.LOCK_SH)
            running = running_servers(home)
            keeper = None
            if running is None:
                keeper = start_keeper(home, needed, *(["--linger"] if linger else []))
                running = running_servers(home) or {}
            urls |= _urls_of(needed, running, home)
        except BaseException:
            # Whoever holds it keeps others' servers from ending.
            os.close(users_lock)
            raise
    return Servers(urls, keeper, users_lock)


def _urls_of(needed: list[str], running: dict[str, str], home: Home) -> dict[str, str]:
    for name in needed:
        if VARIABLES[name] not in running:
            raise StartFailed(
                f"The servers running in {home.path} were started without {name}: give the same "
                f"{VARIABLES[name]} as the command that started them"
            )
    return {VARIABLES[name]: running[VARIABLES[name]] for name in needed}


def running_servers(home: Home) -> dict[str, str] | None:
    """The running servers' URLs, or None. A state file whose keeper is dead counts for nothing."""
    lock = home.open_lock("keeper")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        pass
    finally:
        os.close(lock)
    try:
        state = json.loads(home.state_file.read_text())
    except FileNotFoundError:  # it is stopping
        return None
    return {name: state[name] for name in VARIABLES.values() if state[name]}


def start_keeper(home: Home, servers: list[str], *options: str) -> subprocess.Popen[bytes]:
    """Start a keeper and return when its servers answer; raises StartFailed with its reason."""
    home.state_file.unlink(missing_ok=True)
    log = home.log("keeper")
    keeper = process.start(
        [
            *(sys.executable, "-m", "deploy.local.keeper", "--home", str(home.path)),
            *("--servers", ",".join(servers), *options),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        log=log,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        own_session=True,
        at_parent_death=None,
        cwd=Path("/"),
    )
    assert keeper.stdout
    line = keeper.stdout.readline()
    if line and json.loads(line) == "ready":
        return keeper
    assert keeper.stdin
    keeper.stdin.close()
    keeper.stdout.close()
    keeper.wait()
    raise StartFailed(json.loads(line).removeprefix("failed: ") if line else tail(log))
