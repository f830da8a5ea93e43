"""What the machine itself did in a run: the processor time that its host gave to others.

On a virtual machine with busy neighbours everything stands still at times, whatever the software does. Linux counts
that as "steal" in /proc/stat.
"""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

STAT = Path("/proc/stat")
SECONDS = 0.5
#: A share of the processors' time from which on answers are late for it.
MUCH = 0.2


@dataclass(frozen=True)
class Window:
    """taken: share of all processors' time between the two moments (monotonic clock) that others had, 0 to 1."""

    begun: float
    ended: float
    taken: float


class Machine:
    """Watches while it is entered."""

    def __init__(self) -> None:
        self.windows: list[Window] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def took_much(self, begun: float, ended: float) -> bool:
        """Whether the host took MUCH in any window that touches the time between two moments."""
        return any(one.taken >= MUCH and one.begun < ended and begun < one.ended for one in self.windows)

    def taken(self) -> float:
        """The share over all windows."""
        lasted = sum(one.ended - one.begun for one in self.windows)
        return sum(one.taken * (one.ended - one.begun) for one in self.windows) / lasted if lasted else 0.0

    def _watch(self) -> None:
        before, taken_before, all_before = time.monotonic(), *times()
        while not self._ending.wait(SECONDS):
            at, taken, everything = time.monotonic(), *times()
            share = (taken - taken_before) / max(1, everything - all_before)
            self.windows.append(Window(before, at, share))
            before, taken_before, all_before = at, taken, everything


def times() -> tuple[int, int]:
    """Ticks since the start of the machine: those that the host took, and all; (0, 0) where Linux is not."""
    try:
        # user nice system idle iowait irq softirq steal; a guest's time is the user's too.
        ticks = [int(part) for part in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    except OSError:
        return 0, 0
    return (ticks[7] if len(ticks) > 7 else 0), sum(ticks)
