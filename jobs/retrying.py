"""Retries inside a job, by the same rules that retry jobs."""

import time
from collections.abc import Callable
from typing import TypeVar

from .errors import CLASS_BASE_DEFAULT_MS, classify_error, wait_ms

T = TypeVar("T")
#: Told before each wait: the number of the attempt that failed (from 1), and its error.
OnRetry = Callable[[int, Exception], None]


def with_retry(
    work: Callable[[], T],
    *,
    max_attempts: int = 3,
    on_retry: OnRetry | None = None,
    context: str = "",
    wait: Callable[[float], None] = time.sleep,
) -> T:
    """Call `work` until it succeeds, at most `max_attempts` times, waiting as the error's class says.

    Inside a handler pass `wait=job.sleep`, so that a cancelled job does not sit out the wait.
    Raises the last error; one that retrying cannot help is raised at once. context: named in the
    error's notes.
    """
    if max_attempts < 1:
        raise ValueError("max_attempts must be at least 1")
    attempt = 0
    while True:
        attempt += 1
        try:
            return work()
        except Exception as error:
            known = classify_error(error)
            if not known.retryable or attempt >= max_attempts:
                if context:
                    error.add_note(f"{context}: gave up after {attempt} of {max_attempts} attempts")
                raise
            if on_retry:
                on_retry(attempt, error)
            pause = wait_ms(known, base_ms=CLASS_BASE_DEFAULT_MS, factor=2, n=attempt - 1, class_waits=True)
            wait(pause / 1000)
