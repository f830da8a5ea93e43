"""A queue's events for programs: callbacks, for what happens in any process."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from ..queues import get_queue
from .following import follow
from .reading import Position, Wanted, position_now, read_new
from .shapes import JOB_EVENTS, QUEUE_EVENTS, Told, told
from .wake import wake

logger = logging.getLogger("quarry.events")

Callback = Callable[[dict[str, Any]], object]


class QueueEvents:
    """Calls back for every event of a queue that commits while this is open.

        with get_queue_events("scoring") as events:
            events.on("completed", lambda event: print(event["jobId"], event["result"]))

    Callbacks run one after another in a thread of this object, in the order of a job's events, and
    get the event as streams tell it. One that raises is logged and does not keep the others from
    hearing. A slow one delays, and loses nothing: events are read from the database as they are
    taken. So it survives outages of Redis and Postgres, after which it catches up.
    """

    def __init__(self, queue: str) -> None:
        self.queue = name = get_queue(queue).name
        self._wanted = Wanted(queues=frozenset({name}))
        self._callbacks: dict[str, list[Callback]] = {}
        self._position: Position = position_now()
        # In the middle of a read of many pages: its own position, and the last id that was delivered.
        self._within: tuple[Position, int] | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"events of {name}", daemon=True)
        self._thread.start()

    def on(self, event: str, callback: Callback) -> "QueueEvents":
        """event: one of JOB_EVENTS or QUEUE_EVENTS. Returns this, so that calls can be chained."""
        if event not in (*JOB_EVENTS, *QUEUE_EVENTS):
            raise ValueError(f"{event!r} is no event; the events are {', '.join((*JOB_EVENTS, *QUEUE_EVENTS))}")
        # A new list, for the thread may be going through the old one.
        self._callbacks[event] = [*self._callbacks.get(event, ()), callback]
        return self

    def off(self, event: str, callback: Callback) -> "QueueEvents":
        self._callbacks[event] = [known for known in self._callbacks.get(event, ()) if known is not callback]
        return self

    def close(self, timeout: float = 5.0) -> None:
        """No callback begins after this; waits for one that runs, `timeout` seconds at most."""
        self._stopped.set()
        if threading.current_thread() is not self._thread:
            wake()
            self._thread.join(timeout)

    def __enter__(self) -> "QueueEvents":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> None:
        follow(self._read, stopped=self._stopped)

    def _read(self) -> None:
        more = True
        while more and not self._stopped.is_set():
            until, after = self._within or (None, 0)
            page = read_new(self._position, self._wanted, until=until, after=after)
            if page.position.xmax < self._position.xmax:
                logger.warning("The database was set back; events of %s go on from now.", self.queue)
            else:
                self._deliver(told(page.rows))
            more = page.more
            self._within = (page.position, page.rows[-1].id) if more else None
            if not more:
                self._position = page.position

    def _deliver(self, events: list[Told]) -> None:
        for event in events:
            for callback in self._callbacks.get(event.row.event, ()):
                if self._stopped.is_set():
                    return
                try:
                    callback(event.data)
                except Exception:
                    logger.exception("A callback for %s on %s failed", event.row.event, self.queue)


def get_queue_events(queue: str) -> QueueEvents:
    """Begin to listen to a queue. Raises UnknownQueue for a name that is neither a queue nor an alias."""
    return QueueEvents(queue)
