"""A queue's policy as the API shows it: the numbers of jobs/policy after the environment's changes."""

from typing import Any

from . import policy, registry
from .policy import Backoff, Keep, QueuePolicy, TypePolicy


def policy_resource(rules: QueuePolicy) -> dict[str, Any]:
    limit = rules.start_limit
    return {
        "priority": rules.priority,
        "concurrency": rules.concurrency,
        "maxConcurrency": rules.max_concurrency,
        "timeoutMs": rules.timeout_ms,
        "startLimit": {"max": limit.count, "durationMs": limit.window_ms} if limit else None,
        "keepCompleted": _keep(rules.keep_completed),
        "keepFailed": _keep(rules.keep_failed),
        "isolation": rules.isolation,
        "workerEnabled": rules.worker_enabled,
        "types": [_type(name, chosen) for name, chosen in sorted(_types(rules).items())],
    }


def _types(rules: QueuePolicy) -> dict[str, TypePolicy]:
    """Types that run on the queue: those the requirements fix, and those that apps registered."""
    found = {
        name: policy.effective(chosen) for name, chosen in policy.TYPE_POLICIES.items() if chosen.queue == rules.name
    }
    for kind in registry.all_types(internal=rules.internal):
        if kind.queue == rules.name:
            found[kind.name] = TypePolicy(
                queue=kind.queue,
                attempts=kind.attempts,
                backoff=kind.backoff,
                priority=kind.priority,
                estimate_seconds=kind.estimate_seconds,
            )
    return found


def _type(name: str, chosen: TypePolicy) -> dict[str, Any]:
    return {
        "type": name,
        "maxAttempts": chosen.attempts,
        "backoff": _backoff(chosen.backoff),
        "waitsMs": [chosen.backoff.wait_ms(n) for n in range(chosen.attempts - 1)],
        "priority": chosen.priority,
        "estimatedSeconds": chosen.estimate_seconds,
    }


def _backoff(backoff: Backoff) -> dict[str, Any]:
    return {"type": backoff.kind, "baseMs": backoff.base_ms, "factor": backoff.factor}


def _keep(keep: Keep) -> dict[str, Any]:
    """`rule` says how the two combine; null where only one is given."""
    both = keep.count is not None and keep.age is not None
    return {
        "count": keep.count,
        "ageMs": None if keep.age is None else round(keep.age.total_seconds() * 1000),
        "rule": keep.rule if both else None,
    }
