"""A subscription: what one stream has still to tell, bounded, however slow its reader is."""

import threading
from collections import deque
from collections.abc import Callable

from .reading import Position, Row, Wanted
from .tail import Batch

#: Events that wait for a slow reader; one more and it is sent away, to come back and resume.
MOST_WAITING = 5000


class Subscription:
    """Filled by the tail's thread, emptied by the one reader of a stream.

    heard: which events the reader may see.
    """

    def __init__(self, wanted: Wanted, *, heard: Callable[[Row], bool], most_waiting: int = MOST_WAITING) -> None:
        self._wanted = wanted
        self._heard = heard
        self._most = most_waiting
        self._batches: deque[Batch] = deque()
        self._waiting = 0
        self._lock = threading.Lock()
        self._ring: Callable[[], None] = lambda: None
        self._begun_at: Position | None = None
        #: True once events were dropped: the stream must end, and its reader resume.
        self.overflowed = False

    @property
    def wanted(self) -> Wanted:
        return self._wanted

    def take(self, batch: Batch) -> None:
        events = [event for event in batch.events if self._heard(event.row)]
        with self._lock:
            if self._begun_at is not None:
                events = [event for event in events if not self._begun_at.sees(event.row.txid)]
            if not events:
                return
            if self._waiting + len(events) > self._most:
                self.overflowed = True
            else:
                self._batches.append(Batch(events, batch.before, batch.after))
                self._waiting += len(events)
        self._ring()

    def begin_at(self, position: Position) -> None:
        """What was visible there is told by other means: not by this, from now on or waiting already."""
        with self._lock:
            self._begun_at = position
            batches, self._waiting = list(self._batches), 0
            self._batches.clear()
        for batch in batches:
            self.take(batch)

    def on_news(self, ring: Callable[[], None]) -> None:
        """Have `ring` called, from any thread, whenever there may be something to empty."""
        self._ring = ring

    def ring(self) -> None:
        self._ring()

    def empty(self) -> list[Batch]:
        """All that waits; each batch is handed out once."""
        with self._lock:
            batches = list(self._batches)
            self._batches.clear()
            self._waiting = 0
        return batches
