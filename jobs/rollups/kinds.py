"""What is counted of jobs over time."""

from enum import StrEnum


class Kind(StrEnum):
    """A row's subject. Those with an error class as label: FAILED, RETRIED, DEAD.

    FAILED counts jobs whose last attempt failed, also where that made them dead; its times are those of
    that attempt. DEAD counts entries into the state dead: by their last attempt or by hand.
    PUT_BACK counts runs that ended without costing an attempt: a worker stopped or was lost.
    """

    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"
    RETRIED = "retried"
    CANCELLED = "cancelled"
    DEAD = "dead"
    PUT_BACK = "put-back"
