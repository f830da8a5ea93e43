"""Waiting for one job: woken by its events, through the process's one tail."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .reading import Wanted
from .tail import Batch, tail


class _Bell:
    def __init__(self, job_id: int) -> None:
        self._wanted = Wanted(jobs=frozenset({job_id}))
        self.rung = threading.Event()

    @property
    def wanted(self) -> Wanted:
        return self._wanted

    def take(self, batch: Batch) -> None:
        self.rung.set()


@contextmanager
def bell(job_id: int) -> Iterator[threading.Event]:
    """An event that is set whenever something happens to the job. Whoever waits clears it first, then looks."""
    listener = _Bell(job_id)
    tail().join(listener)
    try:
        yield listener.rung
    finally:
        tail().leave(listener)
