"""Database work of a worker's own threads: it goes on when Postgres comes back."""

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections

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
        except DatabaseError as error:
            if not helps_to_wait(error):
                raise
            drop_connection()
            if give_up():
                return None
            logger.warning("%s: the database does not answer (%s); trying again.", what, _first_line(error))
            threading.Event().wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def helps_to_wait(error: Exception) -> bool:
    """Whether the database may take tomorrow what it did not take now, as opposed to what it will never take."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if isinstance(error, OperationalError | InterfaceError):
        # 54: larger than PostgreSQL's own limits. 53200: larger than its memory.
        return not state.startswith("54") and state != "53200"
    # A primary that has become a standby takes no writes; the next connection finds the new one.
    return isinstance(error, DatabaseError) and state == "25006"


def drop_connection() -> None:
    """Forget this thread's connection; the next use takes a checked one from the pool."""
    try:
        connection.close()
    except Exception:  # noqa: BLE001  it is broken: closing it may fail in any way
        connection.connection = None


def return_connections() -> None:
    """Give this thread's connections back to the pool, after each job, without what its handler did to them."""
    for one in connections.all(initialized_only=True):
        _give_back(one)


# DISCARD ALL without its plans, which are nobody's settings.
_FORGET_SESSION = (
    "RESET SESSION AUTHORIZATION; RESET ALL; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); DISCARD TEMP"
)


def _give_back(one: Any) -> None:
    try:
        if one.connection is not None:
            _clean(one)
        one.close()
    except Exception as error:  # noqa: BLE001  it is broken, or the database away: no job's business
        logger.debug("A connection is not given back: %s", error)
        one.connection = None
    if one.in_atomic_block or one.closed_in_transaction:
        # Django keeps in this object that a transaction is open; the next job gets a new one.
        del connections[one.alias]


def _clean(one: Any) -> None:
    """End the handler's session: its transaction, settings, locks and temporary tables."""
    if one.in_atomic_block or not one.autocommit:
        logger.warning("A handler left a transaction open; it is rolled back.")
        one.connection.close()
        return
    try:
        with one.connection.cursor() as cursor:
            cursor.execute(_FORGET_SESSION)
        # The time zone is a setting of Django's own.
        one._configure_connection(one.connection)
    except psycopg.Error:
        one.connection.close()


def disconnect_database() -> None:
    """Close this process's pool; for the very end, when no thread works any more."""
    drop_connection()
    pool = getattr(connection, "close_pool", None)
    if pool:
        pool()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
