"""The wake-up: after a transaction that wrote events has committed, whoever listens looks at once.

It goes through Redis and carries nothing. Postgres's own NOTIFY would be simpler, but it takes one
lock for the whole server at commit, so that transactions that notify commit one after another. A
wake-up that is lost, or a Redis that is away, costs time only: listeners also look by themselves.
"""

import logging
import time
from typing import Any

from django.db import transaction
from redis.exceptions import RedisError

from ..connections import listening_client, quick_client

logger = logging.getLogger("quarry.events")

CHANNEL = "quarry:events"


def wake_after_commit() -> None:
    """Wake the listeners of all processes once the surrounding transaction has committed."""
    connection = transaction.get_connection()
    # One wake-up per transaction is enough. A savepoint that is rolled back takes its callbacks along,
    # hence the look at what is registered, though not at all of thousands, rather than a mark of our own.
    if not connection.in_atomic_block or all(entry[1] is not wake for entry in connection.run_on_commit[-4:]):
        transaction.on_commit(wake)


def wake() -> None:
    """Tell the listeners of all processes to look."""
    from .. import dispatch  # it stands on the ledger, and the ledger on this

    if dispatch.reachable():
        with dispatch.forgiving("the wake-up of listeners"):
            quick_client().publish(CHANNEL, b"")


class Wakeups:
    """The wake-ups as one listening thread receives them; without Redis, the mere passing of time."""

    #: Seconds before a Redis that failed is tried again.
    RETRY_SECONDS = 2.0

    def __init__(self) -> None:
        self._subscription: Any = None
        self._retry_at = 0.0

    def wait(self, seconds: float) -> bool:
        """Wait for a wake-up, `seconds` at most; whether there was one. Takes in all that came meanwhile."""
        deadline = time.monotonic() + seconds
        try:
            if not self._connected():
                time.sleep(seconds)
                return False
            return self._received(deadline)
        except (RedisError, OSError) as error:
            self._lost(error)
            time.sleep(max(0.0, deadline - time.monotonic()))
            return False

    def close(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            try:
                subscription.close()
            except (RedisError, OSError) as error:
                logger.debug("Closing the subscription: %s", error)

    def _connected(self) -> bool:
        if self._subscription is None and time.monotonic() >= self._retry_at:
            subscription = listening_client().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            subscription.subscribe(CHANNEL)
            self._subscription = subscription
        return self._subscription is not None

    def _received(self, deadline: float) -> bool:
        woken = False
        while True:
            left = 0.0 if woken else max(0.0, deadline - time.monotonic())
            if self._subscription.get_message(timeout=left) is not None:
                woken = True
            elif woken or left == 0.0:
                return woken

    def _lost(self, error: Exception) -> None:
        if self._retry_at + 60 < time.monotonic():
            logger.warning("Redis is unreachable (%s); listeners look for events by themselves.", type(error).__name__)
        self._retry_at = time.monotonic() + self.RETRY_SECONDS
        self.close()
