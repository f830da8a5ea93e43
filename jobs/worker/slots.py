"""The slots of one worker: how many jobs of each queue may run here at once."""

import threading
from collections.abc import Mapping, Sequence


class Slots:
    """Counts free slots per queue. Thread-safe; queues are kept in the order they are served."""

    def __init__(self, capacity: Mapping[str, int]) -> None:
        self._capacity = dict(capacity)
        self._busy = dict.fromkeys(capacity, 0)
        self._changed = threading.Condition()

    def __str__(self) -> str:
        return ", ".join(f"{queue} × {size}" for queue, size in self.capacity.items())

    def free(self) -> list[tuple[str, int]]:
        """(queue, free slots) of the queues that have any, first served first."""
        with self._changed:
            return [
                (queue, size - self._busy[queue]) for queue, size in self._capacity.items() if size > self._busy[queue]
            ]

    def resize(self, capacity: Mapping[str, int]) -> bool:
        """Have so many slots per queue from now on; jobs that run beyond them finish. True where it changed."""
        with self._changed:
            changed = any(self._capacity[queue] != size for queue, size in capacity.items())
            self._capacity.update(capacity)
            self._changed.notify_all()
        return changed

    def take(self, queue: str, number: int = 1) -> None:
        with self._changed:
            # A message may lie in the set of another queue than its job's: that job runs here as well.
            self._busy[queue] = self._busy.get(queue, 0) + number

    def give_back(self, queues: Sequence[str]) -> None:
        with self._changed:
            for queue in queues:
                self._busy[queue] -= 1
            self._changed.notify_all()

    def wait_for_free(self, timeout: float) -> bool:
        """Whether a slot is free, waiting at most `timeout` seconds for one."""
        with self._changed:
            return self._changed.wait_for(self._any_free, timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not any(self._busy.values()), timeout)

    def _any_free(self) -> bool:
        return any(size > self._busy[queue] for queue, size in self._capacity.items())

    @property
    def capacity(self) -> dict[str, int]:
        with self._changed:
            return dict(self._capacity)

    @property
    def busy(self) -> dict[str, int]:
        with self._changed:
            return dict(self._busy)

    @property
    def total_busy(self) -> int:
        with self._changed:
            return sum(self._busy.values())
