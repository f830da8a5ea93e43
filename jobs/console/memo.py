"""What many viewers of a live page share: computed once a moment, whoever asks first."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Memo:
    """Remembers what `compute` returned for a key for so many seconds; at most one thread computes at a time.

    One process's memory: what is shown may differ between processes by the time it is remembered.
    """

    def __init__(self, *, seconds: float, most: int = 64) -> None:
        self._seconds = seconds
        self._most = most
        self._found: dict[Any, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: Any, compute: Callable[[], T]) -> T:
        known = self._found.get(key)
        if known is None or time.monotonic() - known[0] >= self._seconds:
            with self._lock:
                known = self._found.get(key)
                if known is None or time.monotonic() - known[0] >= self._seconds:
                    known = (time.monotonic(), compute())
                    if len(self._found) >= self._most:
                        self._found.clear()
                    self._found[key] = known
        value: T = known[1]
        return value

    def forget(self) -> None:
        self._found.clear()
