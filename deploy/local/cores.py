"""How many processor cores this process may use."""

import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_cores() -> int:
    """At least one. Less than the machine has where it is pinned to some or, as in a container, has a quota."""
    pinned = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(pinned, round(_quota() or pinned)))


def _quota() -> float | None:
    """Cores' worth of time, by cgroup v2."""
    try:
        allowed, period = QUOTA.read_text().split()
        return int(allowed) / int(period)
    except (OSError, ValueError):  # no cgroup v2, or "max"
        return None
