"""Keeps this process's policies in step with what operators changed.

Whoever decides by a policy calls `refresh` first: the workers' and the dispatcher's ticks, every
request of the API and of the console. It asks the database at most once a second, so a change holds
everywhere within two, and no job costs a query.
"""

import logging
import threading
import time

from django.db import InterfaceError, OperationalError

from .. import policy
from .models import QueueOverride
from .values import live_values

logger = logging.getLogger("quarry.policy")

#: Seconds for which a process believes what it last read.
BELIEVED_SECONDS = 1.0

_read_at = float("-inf")
_lock = threading.Lock()


def refresh(*, older_than: float = BELIEVED_SECONDS) -> bool:
    """Read the overrides, if they were read more than `older_than` seconds ago. True where a policy changed."""
    global _read_at  # noqa: PLW0603  what this process knows
    # Whoever comes while another thread reads goes on with what is known.
    if time.monotonic() - _read_at < older_than or not _lock.acquire(blocking=False):
        return False
    try:
        at = time.monotonic()
        rows = QueueOverride.objects.values_list("queue", "values")
        changed = policy.apply_live({queue: live_values(stored) for queue, stored in rows if stored})
        _read_at = at
    finally:
        _lock.release()
    if changed:
        logger.info("The policies of the queues changed")
    return changed


def refresh_if_possible() -> None:
    """As `refresh`, for who can do without: while the database is away, what was known last goes on."""
    try:
        refresh()
    except (OperationalError, InterfaceError) as error:
        logger.debug("The policies were not read again: %s", error)


def forget() -> None:
    """As if this process had just started; for tests."""
    global _read_at  # noqa: PLW0603  what this process knows
    _read_at = float("-inf")
    policy.reread()
