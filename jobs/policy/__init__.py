"""Queue and type policies. `policy_of(queue)` is what holds now; every entry point asks it.

`values` holds the frozen values and the arithmetic, `table` the numbers, `lookup` what the environment
and the operators made of them.
"""

from .lookup import (
    LiveValues,
    apply_live,
    business_queues,
    canonical_queue,
    configured,
    effective,
    policies,
    policy_of,
    queue_default,
    reread,
)
from .table import HOUSE_COMPLETED, HOUSE_FAILED, HOUSEKEEPING, QUEUE_ALIASES, TYPE_POLICIES, WORKER_GROUPS
from .values import (
    DAY,
    MAX_ATTEMPTS,
    MINUTE_MS,
    Backoff,
    FairShare,
    Keep,
    QueuePolicy,
    StartLimit,
    TypePolicy,
    earliest_starts,
    exponential,
    fixed,
    jittered_ms,
    ready_score,
)

__all__ = [
    "DAY",
    "HOUSEKEEPING",
    "HOUSE_COMPLETED",
    "HOUSE_FAILED",
    "MAX_ATTEMPTS",
    "MINUTE_MS",
    "QUEUE_ALIASES",
    "TYPE_POLICIES",
    "WORKER_GROUPS",
    "Backoff",
    "FairShare",
    "Keep",
    "LiveValues",
    "QueuePolicy",
    "StartLimit",
    "TypePolicy",
    "apply_live",
    "business_queues",
    "canonical_queue",
    "configured",
    "earliest_starts",
    "effective",
    "exponential",
    "fixed",
    "jittered_ms",
    "policies",
    "policy_of",
    "queue_default",
    "ready_score",
    "reread",
]
