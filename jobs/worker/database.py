"""Database work of a worker's own threads: it goes on when Postgres comes back."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

logger = logging.getLogger("quarry.worker")

T = TypeVar("T")
LONGEST_PAUSE = 2.0


def persistently(work: Callable[[], T], *, what: str, give_up: Callable[[], bool]) -> T | None:
    """Do `work`, again after each lost connection, until it succeeds or `give_up()` says to stop.

    `work` must be safe to repeat: its transaction may have committed before the connection broke.
    Returns None after giving up.
    """
    pause = 0.05
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            drop_connection()
            if give_up():
                return None
            logger.warning("%s: the database does not answer (%s); trying again.", what, _first_line(error))
            threading.Event().wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def drop_connection() -> None:
    """Forget this thread's connection; the next use takes a checked one from the pool."""
    try:
        connection.close()
    except Exception:  # noqa: BLE001  it is broken: closing it may fail in any way
        connection.connection = None


def return_connections() -> None:
    """Give this thread's connections back to the pool, after each job."""
    connections.close_all()


def disconnect_database() -> None:
    """Close this process's pool; for the very end, when no thread works any more."""
    drop_connection()
    pool = getattr(connection, "close_pool", None)
    if pool:
        pool()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
