"""The tail: one thread per process that reads new events and hands them to all who listen there.

A thousand listeners cost one query per wake-up. The thread lives while somebody listens.
"""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from .following import follow
from .reading import Page, Position, Row, Wanted, position_now, read_new
from .shapes import Told, told
from .wake import wake

__all__ = ["Batch", "Listener", "Tail", "tail"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one read brought a listener, in order of ids. before, after: the positions it lies between."""

    events: list[Told]
    before: Position
    after: Position


class Listener(Protocol):
    """wanted: what it listens for; never changes. take: called in the tail's thread, must not wait."""

    @property
    def wanted(self) -> Wanted: ...

    def take(self, batch: Batch) -> None: ...


class Tail:
    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        #: What all of them want together; None once the listeners have changed.
        self._wanted: Wanted | None = None
        self._registry = threading.Lock()
        # Held by a read from choosing what to ask for until the position has moved: whoever joins in
        # between would be passed over by events that the read did not ask for.
        self._reading = threading.Lock()
        self._position: Position | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def join(self, listener: Listener) -> None:
        """From when this returns, the listener is given every event that commits. Reads the database."""
        with self._reading:
            if self._position is None:
                self._position = position_now()
            with self._registry:
                self._listeners.add(listener)
                self._wanted = None
                if self._thread is None:
                    self._start()

    def leave(self, listener: Listener) -> None:
        """Safe to repeat, and never waits: the thread ends by itself once nobody listens."""
        with self._registry:
            self._listeners.discard(listener)
            self._wanted = None

    def stop(self) -> None:
        """Leave nobody listening and wait for the thread's end; for a process that stops, and for tests."""
        with self._registry:
            self._listeners.clear()
            thread = self._thread
        if thread is not None:
            self._stopped.set()
            wake()
            thread.join(5)

    # --- The thread ---------------------------------------------------------------------------
    def _start(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, args=[self._stopped], name="events", daemon=True)
        self._thread.start()

    def _work(self, stopped: threading.Event) -> None:
        try:
            follow(lambda: self._read(stopped), stopped=stopped)
        finally:
            with self._registry:
                if self._thread is threading.current_thread():
                    self._position = self._thread = None

    def _read(self, stopped: threading.Event) -> None:
        with self._reading:
            with self._registry:
                listeners = list(self._listeners)
                if not listeners:
                    # The next to join begins at its own time, with a new thread.
                    stopped.set()
                    self._position = self._thread = None
                    return
                if self._wanted is None:
                    self._wanted = together(listener.wanted for listener in listeners)
                wanted = self._wanted
            if self._position is not None:
                self._read_for(listeners, wanted, self._position)

    def _read_for(self, listeners: list[Listener], wanted: Wanted, before: Position) -> None:
        page = read_new(before, wanted)
        if page.position.xmax < before.xmax:
            # The server was set back, as by a restore: there is nothing to compare with any more.
            self._position = page.position
            return
        rows = self._rest_of(page, before, wanted)
        if rows:
            self._hand_out(told(rows), listeners, before, page.position)
        self._position = page.position

    def _rest_of(self, page: Page, before: Position, wanted: Wanted) -> list[Row]:
        rows = page.rows
        while page.more:
            page = read_new(before, wanted, until=page.position, after=page.rows[-1].id)
            rows += page.rows
        return rows

    def _hand_out(self, events: list[Told], listeners: list[Listener], before: Position, after: Position) -> None:
        by_job: dict[int, list[Told]] = {}
        by_queue: dict[str, list[Told]] = {}
        for event in events:
            by_queue.setdefault(event.row.queue, []).append(event)
            if event.row.job_id is not None:
                by_job.setdefault(event.row.job_id, []).append(event)
        for listener in listeners:
            chosen = _chosen(listener.wanted, events, by_job, by_queue)
            if chosen:
                listener.take(Batch(chosen, before, after))


def together(all_wanted: Iterable[Wanted]) -> Wanted:
    queues: set[str] = set()
    jobs: set[int] = set()
    everything = False
    for wanted in all_wanted:
        queues |= wanted.queues
        jobs |= wanted.jobs
        everything |= wanted.everything
    return Wanted(queues=frozenset(queues), jobs=frozenset(jobs), everything=everything)


def _chosen(
    wanted: Wanted, events: list[Told], by_job: dict[int, list[Told]], by_queue: dict[str, list[Told]]
) -> list[Told]:
    if wanted.everything:
        return events
    found = [event for queue in wanted.queues for event in by_queue.get(queue, ())]
    found += [event for job in wanted.jobs for event in by_job.get(job, ()) if event.row.queue not in wanted.queues]
    if len(wanted.queues) + len(wanted.jobs) > 1:
        found.sort(key=lambda event: event.row.id)
    return found


def tail() -> Tail:
    """This process's tail; a forked child has its own."""
    return _tail(os.getpid())


@cache
def _tail(pid: int) -> Tail:
    return Tail()
