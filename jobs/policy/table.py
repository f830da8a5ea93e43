"""The numbers of every queue and job type: the one place that holds them."""

from collections.abc import Mapping
from dataclasses import replace

from .values import DAY, MINUTE_MS, FairShare, Keep, QueuePolicy, StartLimit, TypePolicy, exponential, fixed

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

QUEUES: tuple[QueuePolicy, ...] = (
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
    _queue("webhooks", 2, 5, 300, (100, MINUTE_MS), _WEEK, _MONTH, fair=FairShare(per_related=2, per_tenant=3)),
    _queue("sector-research", 2, 2, 900, (5, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("stock-ranking", 2, 3, 300, (5, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("stock-analysis", 2, 5, 900, (10, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("judge-review", 1, 10, 300, (20, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("format-insights", 1, 10, 180, (20, MINUTE_MS), **_PIPELINE),  # type: ignore[arg-type]
    _queue("default", 5, 1, 300, None, class_waits=True, internal=True),
)

_DOUBLING, _FIVEFOLD = exponential(seconds=2), exponential(seconds=5, factor=5)
#: As _FIVEFOLD up to a day: ten attempts then reach over 75 hours. The jitter is wide, so that a
#: receiver that comes back does not meet its whole backlog in one second.
_DELIVERY = replace(_FIVEFOLD, most_ms=24 * 60 * MINUTE_MS, most_jitter_ms=60 * MINUTE_MS)
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
    "webhook": TypePolicy(queue="webhooks", attempts=3, backoff=_DELIVERY, aliases=("webhooks",)),
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
