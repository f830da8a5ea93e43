"""Waiting for what another process does, without guessing how long it takes."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Return as soon as `condition()` is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.01)
