"""The policies that hold now: the table, what the environment changes of it, what operators changed since.

A lookup asks no database. `apply_live` is told what operators changed (jobs/overrides reads it), and
from then on every entry point of this process sees it.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from django.conf import settings

from .table import HOUSEKEEPING, QUEUE_ALIASES, QUEUES, TYPE_POLICIES
from .values import Keep, QueuePolicy, StartLimit, TypePolicy

#: What operators changed of a queue: fields of QueuePolicy, those that are not mentioned stay.
LiveValues = Mapping[str, int | StartLimit | None]

_live: Mapping[str, LiveValues] = {}
_current: Mapping[str, QueuePolicy] | None = None


def policies() -> Mapping[str, QueuePolicy]:
    """All queues by name, business queues first, with every change applied."""
    global _current  # noqa: PLW0603  what this process knows
    if _current is None:
        _current = {name: replace(own, **_live.get(name, {})) for name, own in configured().items()}  # type: ignore[arg-type]
    return _current


@cache
def configured() -> Mapping[str, QueuePolicy]:
    """As `policies`, without what operators changed at run time."""
    return {policy.name: _from_environment(policy) for policy in QUEUES}


def apply_live(live: Mapping[str, LiveValues]) -> bool:
    """Let these changes of operators hold in this process, and no others. False where they did already."""
    global _current, _live
    if live == _live:
        return False
    _live, _current = live, None
    return True


def reread() -> None:
    """Forget what was derived from the environment and from operators; for tests that change either."""
    global _current, _live
    _live, _current = {}, None
    configured.cache_clear()


def _from_environment(policy: QueuePolicy) -> QueuePolicy:
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
        backoff = replace(backoff, base_ms=change.backoff[0], factor=change.backoff[1])
    return replace(type_policy, attempts=change.attempts or type_policy.attempts, backoff=backoff)


def queue_default(queue: str) -> TypePolicy:
    """What holds for a type that visits a queue not its own: the rules of the queue's first type."""
    first = next((rules for rules in TYPE_POLICIES.values() if rules.queue == queue), HOUSEKEEPING)
    return effective(first)
