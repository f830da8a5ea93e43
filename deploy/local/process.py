"""Children that die with their parent, and stopping them in good order.

A child asks Linux for a signal at its parent's death (PR_SET_PDEATHSIG). The kernel means the
parent *thread*, and forgets the wish when the child changes its user; so children are started from
the main thread only, and the wish comes after setuid.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not load libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user to become before a program starts."""

    uid: int
    gid: int


def start(
    arguments: list[str],
    *,
    env: dict[str, str] | None = None,
    log: Path | None = None,
    stdin: int | IO[bytes] | None = None,
    stdout: int | IO[bytes] | None = None,
    account: Account | None = None,
    at_parent_death: signal.Signals | None = signal.SIGKILL,
    own_session: bool = True,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that receives `at_parent_death` when this process dies, kill -9 included.

    at_parent_death: None for a child that notices by itself, such as by the end of its input.
    log: file that stdout (unless given) and stderr are appended to; else they are inherited.
    own_session: keeps a terminal's Ctrl-C away, so that the parent decides the order of stopping.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("a child started from a thread would die with that thread")
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            arguments,
            env=env,
            cwd=cwd,
            stdin=stdin,
            stdout=output if stdout is None else stdout,
            stderr=output,
            start_new_session=own_session,
            preexec_fn=_preparation(at_parent_death, account),  # noqa: PLW1509  from the main thread only, see above
        )
    finally:
        if output:
            output.close()


def _preparation(death_signal: signal.Signals | None, account: Account | None) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        # A supervisor may block or ignore signals; its children must not inherit that.
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTTOU):
            signal.signal(ignored, signal.SIG_DFL)
        if account is not None:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
        if death_signal is not None:
            die_with_parent(death_signal)
            if os.getppid() != parent:  # the parent died before the wish was made
                os._exit(1)

    return prepare


def die_with_parent(death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send this process `death_signal` when its parent thread ends."""
    if _LIBC is not None and _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")


def stop(child: subprocess.Popen[bytes], *, by: tuple[tuple[signal.Signals, float], ...]) -> None:
    """Send the signals of `by` one after another, waiting each one's seconds, until it is gone."""
    for with_signal, seconds in by:
        if child.poll() is not None:
            return
        child.send_signal(with_signal)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    child.kill()
    child.wait()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _state(pid) not in ("Z", "X")


def _state(pid: int) -> str:
    """The state letter of Linux's /proc: a dead child that nobody waited for is `Z`."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "?"


def command_line(pid: int) -> str:
    """What `pid` runs, or an empty text if it is gone or another user's."""
    if sys.platform != "linux":
        # Where ps is differs between systems.
        ps = ["ps", "-o", "command=", "-p", str(pid)]
        return subprocess.run(ps, capture_output=True, text=True, check=False).stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
