"""Queue and type policies: frozen values, and the arithmetic on them as pure functions.

This is the one place that holds a policy's numbers. `policy_of(queue)` is what the environment
left of them; every entry point asks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from django.conf import settings

MAX_ATTEMPTS = 20
MINUTE_MS = 60_000
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """The wait before retry n (0 for the first) is `base_ms` times `factor` to the power of n."""

    base_ms: int
    factor: float = 1.0

    def wait_ms(self, n: int) -> int:
        return round(self.base_ms * self.factor**n)

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


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Which finished jobs stay in listings: the last `count`, those younger than `age`, or both.

    `rule` says how the two combine: `or` keeps what either keeps, `and` only what both keep.
    """

    count: int | None = None
    age: timedelta | None = None
    rule: Literal["or", "and"] = "or"

    def keeps(self, *, position: int, age: timedelta) -> bool:
        """position: 0 for the newest job of its state in its queue."""
        checks = []
        if self.count is not None:
            checks.append(position < self.count)
        if self.age is not None:
            checks.append(age < self.age)
        if not checks:
            return True
        return any(checks) if self.rule == "or" else all(checks)


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
    worker_enabled: bool = True
    internal: bool = False

    @property
    def gated(self) -> bool:
        """Whether only the dispatcher may hand out this queue's starts."""
        return self.start_limit is not None or self.max_concurrency is not None

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


HOUSE_COMPLETED = Keep(count=100, age=7 * DAY)
HOUSE_FAILED = Keep(count=500, age=30 * DAY)


def _queue(
    name: str,
    priority: int,
    concurrency: int,
    timeout_seconds: int,
    limit: tuple[int, int] | None,
    keep_completed: Keep = HOUSE_COMPLETED,
    keep_failed: Keep = HOUSE_FAILED,
    **more: object,
) -> QueuePolicy:
    return QueuePolicy(
        name=name,
        priority=priority,
        concurrency=concurrency,
        timeout_ms=timeout_seconds * 1000,
        start_limit=StartLimit(count=limit[0], window_ms=limit[1]) if limit else None,
        keep_completed=keep_completed,
        keep_failed=keep_failed,
        **more,  # type: ignore[arg-type]
    )


_HUNDRED, _FIFTY = Keep(count=100), Keep(count=50)
_WEEK, _MONTH = Keep(age=7 * DAY), Keep(age=30 * DAY)
_PIPELINE = {
    "keep_completed": Keep(count=100, age=DAY, rule="and"),
    "keep_failed": Keep(count=200, age=7 * DAY, rule="and"),
    "class_waits": True,
}

_QUEUES: tuple[QueuePolicy, ...] = (
    _queue("research", 1, 2, 180, (10, MINUTE_MS), _HUNDRED, _FIFTY),
    _queue("enrichment", 2, 5, 60, (50, MINUTE_MS), _HUNDRED, _FIFTY),
    _queue("signals", 2, 5, 60, None, _HUNDRED, _FIFTY),
    _queue("scoring", 3, 10, 30, None),
    _queue(
        "reports",
        3,
        2,
        300,
        (20, 60 * MINUTE_MS),
        Keep(count=100, age=7 * DAY, rule="and"),
        Keep(count=50, age=30 * DAY, rule="and"),
        isolation="process",
    ),
    _queue("ucc-ingestion", 4, 2, 900, (10, MINUTE_MS)),
    _queue("data-enrichment", 4, 5, 300, (50, MINUTE_MS)),
    _queue("health-scores", 4, 3, 300, (30, MINUTE_MS)),
    _queue("ingestion", 3, 3, 300, (100, MINUTE_MS), _WEEK, _MONTH),
    _queue("calculation", 3, 2, 300, (100, MINUTE_MS), _WEEK, _MONTH, isolation="process"),
    _queue("webhooks", 2, 5, 300, (100, MINUTE_MS), _WEEK, _MONTH),
    _queue("sector-research", 2, 2, 900, (5, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("stock-ranking", 2, 3, 300, (5, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("stock-analysis", 2, 5, 900, (10, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("judge-review", 1, 10, 300, (20, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("format-insights", 1, 10, 180, (20, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("default", 5, 1, 300, None, class_waits=True, internal=True),
)

_DOUBLING, _FIVEFOLD = exponential(seconds=2), exponential(seconds=5, factor=5)
_FIVE_DOUBLING = exponential(seconds=5)

TYPE_POLICIES: Mapping[str, TypePolicy] = {
    "research": TypePolicy(
        queue="research", attempts=3, backoff=_DOUBLING, estimate_seconds=60, aliases=("company-research",)
    ),
    "contact-enrichment": TypePolicy(queue="enrichment", attempts=2, backoff=fixed(seconds=5), aliases=("enrichment",)),
    "business-enrichment": TypePolicy(queue="enrichment", attempts=3, backoff=_DOUBLING),
    "signal": TypePolicy(
        queue="signals", attempts=5, backoff=exponential(seconds=1), priority=100, aliases=("signals",)
    ),
    "buying-signals": TypePolicy(queue="signals", attempts=3, backoff=_DOUBLING),
    "scoring": TypePolicy(queue="scoring", attempts=3, backoff=_DOUBLING),
    "report": TypePolicy(queue="reports", attempts=2, backoff=fixed(seconds=1), aliases=("reports",)),
    "batch-report": TypePolicy(queue="reports", attempts=3, backoff=_FIVEFOLD),
    "ucc-ingestion": TypePolicy(queue="ucc-ingestion", attempts=4, backoff=_DOUBLING),
    "data-enrichment": TypePolicy(
        queue="data-enrichment", attempts=4, backoff=_DOUBLING, aliases=("prospect-enrichment",)
    ),
    "health-scores": TypePolicy(queue="health-scores", attempts=4, backoff=_DOUBLING),
    "index-ingestion": TypePolicy(queue="ingestion", attempts=3, backoff=_FIVEFOLD, aliases=("ingestion",)),
    "calculation": TypePolicy(queue="calculation", attempts=3, backoff=_FIVEFOLD, aliases=("calculations",)),
    "webhook": TypePolicy(queue="webhooks", attempts=3, backoff=_FIVEFOLD, aliases=("webhooks",)),
    "sector-research": TypePolicy(queue="sector-research", attempts=2, backoff=_FIVE_DOUBLING, estimate_seconds=450),
    "stock-ranking": TypePolicy(queue="stock-ranking", attempts=3, backoff=_FIVE_DOUBLING),
    "stock-analysis": TypePolicy(queue="stock-analysis", attempts=1, backoff=_FIVE_DOUBLING, estimate_seconds=510),
    "judge-review": TypePolicy(queue="judge-review", attempts=3, backoff=_FIVE_DOUBLING),
    "format-insights": TypePolicy(queue="format-insights", attempts=3, backoff=_FIVE_DOUBLING),
}

QUEUE_ALIASES = {
    "buying-signals": "signals",
    "webhook": "webhooks",
    "report": "reports",
    "calculations": "calculation",
}
#: Queues that are started and scaled together: `manage.py workers --group ai`.
WORKER_GROUPS: Mapping[str, tuple[str, ...]] = {
    "ai": ("research", "sector-research", "stock-ranking", "stock-analysis", "judge-review", "format-insights"),
    "data": ("enrichment", "signals", "scoring", "ucc-ingestion", "data-enrichment", "health-scores", "ingestion"),
    "output": ("reports", "calculation", "webhooks", "default"),
}
HOUSEKEEPING = TypePolicy(queue="default", attempts=3, backoff=_FIVE_DOUBLING)


@cache
def policies() -> Mapping[str, QueuePolicy]:
    """All queues by name, business queues first, with the environment's overrides applied."""
    return {policy.name: _overridden(policy) for policy in _QUEUES}


def _overridden(policy: QueuePolicy) -> QueuePolicy:
    change = settings.QUEUE_OVERRIDES[policy.name]
    limit = policy.start_limit
    if change.rate_limit is None:
        limit = None
    elif change.rate_limit.count:
        limit = StartLimit(count=change.rate_limit.count, window_ms=change.rate_limit.window_ms)
    return replace(
        policy,
        worker_enabled=change.worker_enabled,
        concurrency=change.concurrency or policy.concurrency,
        max_concurrency=change.max_concurrency,
        start_limit=limit,
        timeout_ms=change.timeout_ms or policy.timeout_ms,
        isolation=change.isolation or policy.isolation,
        keep_completed=_with_count(policy.keep_completed, change.keep_completed),
        keep_failed=_with_count(policy.keep_failed, change.keep_failed),
    )


def _with_count(keep: Keep, count: int | None) -> Keep:
    """A count set by the operator decides alone where the policy's age would keep more."""
    if count is None:
        return keep
    return replace(keep, count=count, rule="and")


def policy_of(queue: str) -> QueuePolicy:
    """Raises KeyError for a queue that does not exist; see `canonical_queue` for input."""
    return policies()[queue]


def canonical_queue(word: str) -> str | None:
    """The queue a caller means by `word` (alias, snake_case or name), or None."""
    name = word.strip().lower().replace("_", "-")
    name = QUEUE_ALIASES.get(name, name)
    return name if name in policies() else None


def business_queues() -> list[QueuePolicy]:
    return [policy for policy in policies().values() if not policy.internal]


def effective(type_policy: TypePolicy) -> TypePolicy:
    """A type's policy after `<QUEUE>_ATTEMPTS` and `<QUEUE>_BACKOFF`."""
    change = settings.QUEUE_OVERRIDES[type_policy.queue]
    backoff = type_policy.backoff
    if change.backoff:
        backoff = Backoff(base_ms=change.backoff[0], factor=change.backoff[1])
    return replace(type_policy, attempts=change.attempts or type_policy.attempts, backoff=backoff)


def queue_default(queue: str) -> TypePolicy:
    """What holds for a type that visits a queue not its own: the rules of the queue's first type."""
    first = next((rules for rules in TYPE_POLICIES.values() if rules.queue == queue), HOUSEKEEPING)
    return effective(first)


def jittered_ms(wait_ms: int, draw: float) -> int:
    """Spread retries that failed together: up to a tenth more, at most half a second.

    draw: a random number from 0 to 1, given by the caller so that this stays pure.
    """
    return wait_ms + round(min(wait_ms / 10, 500) * draw)


def earliest_starts(
    *, limit: StartLimit, starts: list[datetime], granted: int, now: datetime, waiting: int
) -> list[datetime]:
    """When each of the next `waiting` held-back jobs may start at the earliest, in order.

    starts: start times inside the window. granted: permits handed out and not yet started, which
    count as starting now.
    """
    window = timedelta(milliseconds=limit.window_ms)
    free = max(0, limit.count - len(starts) - granted)
    taken = [*sorted(starts), *([now] * granted), *([now] * free)][-limit.count :]
    return [taken[k % limit.count] + window * (1 + k // limit.count) for k in range(waiting)]


def ready_score(*, priority: int, job_id: int) -> int:
    """Position in the ready set: lower runs first; priority decides, then enqueue order.

    Exact as a double: 1,101 priorities of 2**42 ids each stay below 2**53.
    """
    return (1000 - priority) * 2**42 + job_id
