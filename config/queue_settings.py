"""Per-queue environment overrides, read once: `<QUEUE>_TIMEOUT_MS` and its companions.

The policies themselves are in jobs/policy/table.py. What is read here are plain values keyed by queue
name, so that `jobs` stays free of the environment and `config` free of job rules.
"""

from dataclasses import dataclass
from typing import Literal, cast

from django.core.exceptions import ImproperlyConfigured

from . import env

BUSINESS_QUEUES = (
    "research",
    "enrichment",
    "signals",
    "scoring",
    "reports",
    "ucc-ingestion",
    "data-enrichment",
    "health-scores",
    "ingestion",
    "calculation",
    "webhooks",
    "sector-research",
    "stock-ranking",
    "stock-analysis",
    "judge-review",
    "format-insights",
)
INTERNAL_QUEUE = "default"
Isolation = Literal["thread", "process"]
UNSET = env.Limit(count=0, window_ms=0)


@dataclass(frozen=True, kw_only=True)
class QueueOverrides:
    """What the environment changes of one queue; None means the policy's own value."""

    worker_enabled: bool = True
    concurrency: int | None = None
    max_concurrency: int | None = None
    rate_limit: env.Limit | None = UNSET
    timeout_ms: int | None = None
    attempts: int | None = None
    backoff: tuple[int, float] | None = None
    keep_completed: int | None = None
    keep_failed: int | None = None
    isolation: Isolation | None = None


def _backoff(name: str) -> tuple[int, float] | None:
    """`BASE_MS` for a fixed wait, `BASE_MSxFACTOR` for an exponential one."""
    raw = env.text(name).strip().lower()
    if not raw:
        return None
    base, exponential, factor = raw.partition("x")
    try:
        result = int(base), float(factor if exponential else 1)
    except ValueError:
        result = (0, 0.0)
    if result[0] < 1 or not 1 <= result[1] <= 100:
        raise ImproperlyConfigured(
            f"{name} must be a wait in milliseconds, such as 5000, or wait and factor, such as 2000x2."
        )
    return result


def read_overrides() -> dict[str, QueueOverrides]:
    """The overrides of all queues. Raises ImproperlyConfigured naming the first wrong variable."""
    found = {}
    for queue in (*BUSINESS_QUEUES, INTERNAL_QUEUE):
        prefix = queue.upper().replace("-", "_")
        found[queue] = QueueOverrides(
            worker_enabled=env.flag(f"ENABLE_{prefix}_WORKER", default=True),
            concurrency=env.optional_integer(f"{prefix}_WORKER_CONCURRENCY", least=1, most=100),
            max_concurrency=env.optional_integer(f"{prefix}_MAX_CONCURRENCY", least=1),
            rate_limit=env.limit(f"{prefix}_RATE_LIMIT", UNSET),
            timeout_ms=env.optional_integer(f"{prefix}_TIMEOUT_MS", least=100),
            attempts=env.optional_integer(f"{prefix}_ATTEMPTS", least=1, most=20),
            backoff=_backoff(f"{prefix}_BACKOFF"),
            keep_completed=env.optional_integer(f"{prefix}_KEEP_COMPLETED", least=0),
            keep_failed=env.optional_integer(f"{prefix}_KEEP_FAILED", least=0),
            isolation=cast(Isolation | None, env.choice(f"{prefix}_ISOLATION", "", ("", "thread", "process")) or None),
        )
    return found
