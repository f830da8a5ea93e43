"""Servers that an earlier, killed run left behind on the same data.

Two servers on one data directory destroy it. Both servers change into their data directory, so a
process that stands there and bears a server's name is one of them, whatever its pid file says.
"""

import os
import signal
import sys
import time
from pathlib import Path

from deploy.local import process

#: How long a predecessor that received its parent's death signal may take to stop by itself.
PATIENCE_SECONDS = 15.0


def await_end_of(directory: Path, *, names: tuple[str, ...]) -> None:
    """Return when no server works in `directory`; one that does not stop by itself is killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while pids := servers_in(directory, names=names):
        if time.monotonic() > deadline:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def servers_in(directory: Path, *, names: tuple[str, ...]) -> list[int]:
    """Living processes whose working directory is `directory` and whose title names a server."""
    if sys.platform != "linux":  # no /proc: the servers' own pid files have to do
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stands_there = (entry / "cwd").readlink() == directory
        except OSError:  # gone meanwhile, or another user's
            continue
        title = process.command_line(int(entry.name)) if stands_there else ""
        if any(name in title for name in names):
            found.append(int(entry.name))
    return found
