"""How long events are kept: a week, and then they are deleted oldest first, a little at a time."""

import time

from django.db import connection

EVENT_DAYS = 7
#: Rows of one transaction: none of them holds locks, or anything back, for long.
BATCH = 5000
#: A round ends after this long, for other repairs wait for it; the next one goes on a minute later.
ROUND_SECONDS = 2.0

# Of the oldest ids alone, which are also the oldest events: nothing else is looked at, so that a round
# without work costs one page, and the space at the old end is free for new rows once it is vacuumed.
_FORGET = """
DELETE FROM jobs_event WHERE id IN (
    SELECT id FROM (SELECT id, at FROM jobs_event ORDER BY id LIMIT %s) oldest
    WHERE at < clock_timestamp() - %s * interval '1 day'
)
"""


def forget(*, days: int = EVENT_DAYS) -> int:
    """Delete events that are older than events are kept.

    days: their age. Returns how many. Call it outside a transaction.
    """
    until = time.monotonic() + ROUND_SECONDS
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [BATCH, days])
            deleted = int(cursor.rowcount)
        total += deleted
        if deleted < BATCH or time.monotonic() >= until:
            return total
