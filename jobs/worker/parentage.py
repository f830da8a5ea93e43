"""Children that cannot outlive their parent, kill -9 included."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
# Looked up once, here: between fork and exec nothing may take a lock, and the loader does.
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


def die_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent dies; at once if that has happened already.

    Linux only; elsewhere a lost parent is noticed by the closed pipe instead.
    """
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(1)


def describe_exit(status: int) -> str:
    """A wait status in words: `signal 11 (SIGSEGV)` or `exit status 3`."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name if number in set(signal.Signals) else "?"
        hint = ", which is how the system ends a process that takes too much memory" if number == signal.SIGKILL else ""
        return f"signal {number} ({name}){hint}"
    return f"exit status {os.waitstatus_to_exitcode(status)}"


def resident_mb() -> int:
    """Resident memory of this process in MiB; 0 where /proc does not tell."""
    try:
        with open("/proc/self/statm") as statm:
            pages = int(statm.read().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
