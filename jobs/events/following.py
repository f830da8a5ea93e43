"""Reading again and again: at each wake-up, at least twice a second, and through every outage."""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError

from ..worker.database import drop_connection
from .wake import Wakeups

logger = logging.getLogger("quarry.events")

#: Seconds between two looks where no wake-up arrives: the most that a lost one costs.
POLL_SECONDS = 0.5
#: Seconds after a read before the next one: under load, events are read many at a time.
REST_SECONDS = 0.015
#: As above after Postgres failed, at most.
LONGEST_PAUSE = 2.0


def follow(read: Callable[[], None], *, stopped: threading.Event) -> None:
    """Call `read` until `stopped`, in a thread made for it. What it read last is for it to remember."""
    wakeups = Wakeups()
    pause = REST_SECONDS
    try:
        while not stopped.is_set():
            try:
                read()
                pause = REST_SECONDS
            except (DatabaseError, InterfaceError) as error:
                pause = _postgres_failed(error, pause)
            except Exception:
                # Whoever listens must outlive a bug here; what could not be read is tried again.
                logger.exception("Events cannot be delivered")
                drop_connection()
                pause = LONGEST_PAUSE
            if not stopped.wait(pause) and pause == REST_SECONDS:
                wakeups.wait(POLL_SECONDS)
    finally:
        wakeups.close()
        drop_connection()


def _postgres_failed(error: Exception, pause: float) -> float:
    drop_connection()
    if pause == REST_SECONDS:
        logger.warning("Events cannot be read (%s); trying again.", str(error).strip().partition("\n")[0])
    return min(max(pause, 0.1) * 2, LONGEST_PAUSE)
