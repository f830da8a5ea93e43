"""The worker's intake: which ready jobs it takes for its free slots, and when it takes none."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from .. import dispatch, ready
from .slots import Slots

logger = logging.getLogger("quarry.worker")

#: Jobs claimed in one statement at most.
MOST_PER_CLAIM = 100
IDLE_SECONDS = 2.0


class Suspension(Protocol):
    name: str

    def suspended(self) -> bool: ...


class Intake:
    """Pops ids of ready jobs. refill_soon: told of queues whose window in Redis runs low."""

    def __init__(
        self,
        transport: Suspension,
        slots: Slots,
        *,
        burst: bool,
        stopping: threading.Event,
        refill_soon: Callable[[list[str]], None],
    ) -> None:
        self._transport = transport
        self._slots = slots
        self._burst = burst
        self._stopping = stopping
        self._refill_soon = refill_soon
        self._wake = f"quarry:wake:{transport.name}"
        self._waiting = False
        #: Set while an operator wants this worker to take no more jobs.
        self.quiet = threading.Event()

    def take(self, most: int) -> list[int]:
        """Ids of ready jobs for free slots; blocks a while when there are none."""
        if self.quiet.is_set() or self._transport.suspended():
            self._stopping.wait(0.5)
            return []
        free = self._slots.free()
        popped = ready.pop(free, limit=min(most, MOST_PER_CLAIM))
        if popped.low:
            self._refill_soon(popped.low)
        members = [member for _, member in popped.taken]
        if not members:
            members = self._wait([queue for queue, _ in free])
        return [int(member) for member in members if _is_ours(member)]

    def _wait(self, queues: list[str]) -> list[str]:
        self._waiting = True
        try:
            # A slot that came free between the look and now has set no alarm: look once more.
            if self.quiet.is_set() or len(self._slots.free()) > len(queues):
                return []
            # A burst with nothing ready and nothing running is over; while something runs, its end is awaited here.
            if self._burst and not self._slots.total_busy:
                return []
            found = ready.wait(queues, wake=self._wake, timeout=IDLE_SECONDS)
        finally:
            self._waiting = False
        if found and self.quiet.is_set():
            # It came in the moment the worker was told to be quiet: somebody else's, once it is offered again.
            self._refill_soon([found[0]])
            return []
        return [found[1]] if found else []

    def wake(self) -> None:
        """End a wait for work now: a slot came free, or the orders changed."""
        if self._waiting and dispatch.reachable():
            with dispatch.forgiving("RQ's registry", silence=False):
                ready.wake_up(self._wake)


def _is_ours(member: str) -> bool:
    """Whether a popped member names a job row. What else lies in Redis is dropped, never loaded."""
    if member.isascii() and member.isdigit() and len(member) < 19:
        return True
    logger.warning("A message that is not ours was dropped from the ready set: %.60r", member)
    return False
