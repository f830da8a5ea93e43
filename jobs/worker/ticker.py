"""The ticker: dispatch twice a second, repairs when they are due."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import InterfaceError, OperationalError

from .. import dispatch, maintenance
from ..alerts import watch
from ..search import indexing
from ..workflows import release
from .database import drop_connection

logger = logging.getLogger("quarry.worker")

TICK_SECONDS = 0.5
#: Seconds that all threads together have to come to their end.
STOP_SECONDS = 2.0
#: With several workers one dispatches per period; the others find it done.
DISPATCH_PERIOD = timedelta(seconds=TICK_SECONDS * 0.9)
INDEX_PERIOD = timedelta(seconds=0.9)


class Ticker:
    """Ticks until stopped. watch: called each time, for what the worker itself must look after."""

    def __init__(self, watch: Callable[[], None]) -> None:
        self._watch = watch
        self._done = threading.Event()
        self._low: set[str] = set()
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._threads = [
            threading.Thread(target=self._dispatch, name="dispatch", daemon=True),
            threading.Thread(target=self._repair, name="maintenance", daemon=True),
            threading.Thread(target=self._index, name="search-index", daemon=True),
            threading.Thread(target=self._watching, name="watch", daemon=True),
        ]

    def start(self, *, adapt: Callable[[], object]) -> None:
        """adapt: called before each dispatch, for what operators changed."""
        self._adapt = adapt
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._done.set()
        self._woken.set()
        # Together, not each: a repair that is cut short is made again by the next worker.
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def refill_soon(self, queues: list[str]) -> None:
        """These queues' windows run low while more waits in Postgres."""
        with self._lock:
            self._low.update(queues)
        self._woken.set()

    def _dispatch(self) -> None:
        while not self._done.is_set():
            self._survive(self._dispatch_once, "Dispatch")
            self._woken.wait(TICK_SECONDS)
            self._woken.clear()
        drop_connection()

    def _dispatch_once(self) -> None:
        self._adapt()
        with self._lock:
            low, self._low = self._low, set()
        for queue in low:
            dispatch.refill(queue)
        if maintenance.due("dispatch", DISPATCH_PERIOD):
            # Apart: whatever keeps dependents from being released keeps nothing else from running.
            self._survive(release.run, "Releasing dependents")
            dispatch.tick()

    def _repair(self) -> None:
        while not self._done.wait(1.0):
            self._survive(maintenance.tick, "Maintenance")
            self._survive(watch.look, "The alerts' watch")
        drop_connection()

    def _index(self) -> None:
        """Apart from the repairs, so that a long sweep does not make search fall behind."""
        while not self._done.wait(1.0):
            self._survive(self._index_once, "Indexing for search")
        drop_connection()

    def _index_once(self) -> None:
        if maintenance.due("search-index", INDEX_PERIOD):
            indexing.catch_up()

    def _watching(self) -> None:
        while not self._done.wait(TICK_SECONDS):
            self._survive(self._watch, "Watching the slots")

    def _survive(self, work: Callable[[], object], what: str) -> None:
        """A failing round is logged and tried again next time: repairs must outlive their own bugs."""
        try:
            work()
        except (OperationalError, InterfaceError) as error:
            # The heartbeat warns of a database that is away, once per try; this is only what it broke off.
            logger.debug("%s was broken off: %s", what, error)
            drop_connection()
        except Exception:
            logger.exception("%s failed", what)
            drop_connection()
