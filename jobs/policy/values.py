"""Queue and type policies as frozen values, and the arithmetic on them as pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

MAX_ATTEMPTS = 20
MINUTE_MS = 60_000
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """The wait before retry n (0 for the first) is `base_ms` times `factor` to the power of n, at most `most_ms`.

    most_jitter_ms: bound of what jittered_ms() adds to it.
    """

    base_ms: int
    factor: float = 1.0
    most_ms: int | None = None
    most_jitter_ms: int = 500

    def wait_ms(self, n: int) -> int:
        return self.bounded_ms(round(self.base_ms * self.factor**n))

    def bounded_ms(self, wait_ms: int) -> int:
        return wait_ms if self.most_ms is None else min(wait_ms, self.most_ms)

    @property
    def kind(self) -> str:
        return "fixed" if self.factor == 1 else "exponential"


def exponential(*, seconds: float, factor: float = 2) -> Backoff:
    return Backoff(base_ms=round(seconds * 1000), factor=factor)


def fixed(*, seconds: float) -> Backoff:
    return Backoff(base_ms=round(seconds * 1000))


@dataclass(frozen=True, kw_only=True)
class StartLimit:
    """At most `count` executions start in any rolling window of `window_ms`, over all hosts."""

    count: int
    window_ms: int

    @property
    def window_words(self) -> str:
        """The window in its largest whole unit: `1 min`, `90 s`, `250 ms`."""
        units = (("h", 3_600_000), ("min", MINUTE_MS), ("s", 1000))
        unit, size = next(((unit, size) for unit, size in units if self.window_ms % size == 0), ("ms", 1))
        return f"{self.window_ms // size:,} {unit}"


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Which finished jobs stay in listings: the last `count`, those younger than `age`, or both.

    `rule` says how the two combine: `or` keeps what either keeps, `and` only what both keep.
    """

    count: int | None = None
    age: timedelta | None = None
    rule: Literal["or", "and"] = "or"


@dataclass(frozen=True, kw_only=True)
class FairShare:
    """Most executions at once, over all hosts, of jobs with one related id, and of one tenant's jobs that have any."""

    per_related: int
    per_tenant: int


@dataclass(frozen=True, kw_only=True)
class QueuePolicy:
    name: str
    priority: int
    concurrency: int
    timeout_ms: int
    start_limit: StartLimit | None
    keep_completed: Keep
    keep_failed: Keep
    isolation: Literal["thread", "process"] = "thread"
    #: The pipeline queues replace the back-off's base by the error class's own.
    class_waits: bool = False
    max_concurrency: int | None = None
    #: Set where one slow target must not hold every slot.
    fair: FairShare | None = None
    worker_enabled: bool = True
    internal: bool = False

    @property
    def gated(self) -> bool:
        """Whether only the dispatcher may hand out this queue's starts."""
        return self.start_limit is not None or self.max_concurrency is not None or self.fair is not None

    @property
    def title(self) -> str:
        """The queue's name as worker log lines show it: `Data Enrichment`."""
        return self.name.replace("-", " ").title()


@dataclass(frozen=True, kw_only=True)
class TypePolicy:
    """What the requirements fix of a job type, known before the type's own app exists."""

    queue: str
    attempts: int
    backoff: Backoff
    priority: int | None = None
    estimate_seconds: int = 30
    aliases: tuple[str, ...] = field(default=())


def jittered_ms(wait_ms: int, draw: float, most_ms: int = 500) -> int:
    """Spread retries that failed together: up to a tenth more, at most `most_ms`.

    draw: a random number from 0 to 1, given by the caller so that this stays pure.
    """
    return wait_ms + round(min(wait_ms / 10, most_ms) * draw)


def earliest_starts(
    *, limit: StartLimit, starts: list[datetime], granted: int, now: datetime, places: Sequence[int]
) -> list[datetime]:
    """When the held-back jobs at these places (0 for the first in line) may start at the earliest.

    starts: start times inside the window. granted: permits handed out and not yet started, which
    count as starting now.
    """
    window = timedelta(milliseconds=limit.window_ms)
    free = max(0, limit.count - len(starts) - granted)
    taken = [*sorted(starts), *([now] * granted), *([now] * free)][-limit.count :]
    return [taken[place % limit.count] + window * (1 + place // limit.count) for place in places]


def ready_score(*, priority: int, job_id: int) -> int:
    """Position in the ready set: lower runs first; priority decides, then enqueue order.

    Exact as a double: 1,101 priorities of 2**42 ids each stay below 2**53.
    """
    return (1000 - priority) * 2**42 + job_id
