"""The nine job states and the transitions between them, as data."""

from enum import StrEnum


class Status(StrEnum):
    WAITING = "waiting"
    PAUSED = "paused"
    RATE_LIMITED = "rate-limited"
    DELAYED = "delayed"
    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


class DelayReason(StrEnum):
    SCHEDULED = "scheduled"
    RETRY = "retry"
    DEPENDENCY = "dependency"


class Outcome(StrEnum):
    """How one attempt ended. The last two cost no attempt: the job may be innocent."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PROCESS_DIED = "process_died"
    INTERRUPTED = "interrupted"
    WORKER_LOST = "worker_lost"


TERMINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.DEAD, Status.CANCELLED})
#: `paused` is never stored: a ready job of a paused queue is shown as paused, so that pausing
#: half a million jobs costs one row. See docs/adr/0003.
READY = frozenset({Status.WAITING, Status.RATE_LIMITED})
STORED = tuple(status for status in Status if status is not Status.PAUSED)

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.WAITING: frozenset({Status.ACTIVE, Status.PAUSED, Status.RATE_LIMITED, Status.CANCELLED}),
    Status.PAUSED: frozenset({Status.WAITING, Status.CANCELLED}),
    Status.RATE_LIMITED: frozenset({Status.WAITING, Status.ACTIVE, Status.PAUSED, Status.CANCELLED}),
    Status.DELAYED: frozenset({Status.WAITING, Status.PAUSED, Status.CANCELLED, Status.FAILED}),
    Status.ACTIVE: frozenset(
        {Status.COMPLETED, Status.FAILED, Status.DELAYED, Status.DEAD, Status.CANCELLED, Status.WAITING}
    ),
    Status.FAILED: frozenset({Status.WAITING, Status.DEAD, Status.DELAYED}),
    Status.DEAD: frozenset({Status.WAITING, Status.DELAYED}),
    Status.CANCELLED: frozenset({Status.WAITING, Status.DELAYED}),
    Status.COMPLETED: frozenset(),
}

#: Words callers use for a state; output always uses the canonical one.
ALIASES = {
    "queued": Status.WAITING,
    "wait": Status.WAITING,
    "canceled": Status.CANCELLED,
    "processing": Status.ACTIVE,
    "rate_limited": Status.RATE_LIMITED,
    "rateLimited": Status.RATE_LIMITED,
}

#: Keys of the counts in every statistic, in the order they are shown.
COUNT_KEYS: dict[Status, str] = {
    Status.WAITING: "waiting",
    Status.ACTIVE: "active",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.DELAYED: "delayed",
    Status.PAUSED: "paused",
    Status.RATE_LIMITED: "rateLimited",
    Status.CANCELLED: "cancelled",
    Status.DEAD: "dead",
}


def parse_status(word: str) -> Status:
    """The state a caller means. Raises ValueError for a word that names none."""
    return ALIASES.get(word) or Status(word)


def may_become(before: Status, after: Status) -> bool:
    return after in TRANSITIONS[before]
