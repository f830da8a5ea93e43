"""The worker's log lines about jobs, in the one form people grep for.

Payload contents are never among them: only ids, names, durations and error messages.
"""

import logging
from typing import Any

from .ledger.claim import Claimed
from .ledger.settle import Settlement
from .policy import policy_of
from .states import Status

logger = logging.getLogger("quarry.jobs")


def _worker(queue: str) -> str:
    return f"[{policy_of(queue).title} Worker]"


def _fields(claimed: Claimed, **more: Any) -> dict[str, Any]:
    return {
        "queue": claimed.queue,
        "jobId": claimed.public_id,
        "type": claimed.type,
        "tenantId": claimed.tenant_id,
        "userId": claimed.user_id,
        "attempt": claimed.attempt,
        "requestId": claimed.correlation_id,
        **more,
    }


def queued(*, job_id: str, type_name: str, name: str | None, request_id: str | None = None) -> None:
    logger.info(
        "→ Queued %s job %s for %s",
        type_name,
        job_id,
        name or "nobody in particular",
        extra={"jobId": job_id, "type": type_name, "requestId": request_id},
    )


def processing(claimed: Claimed) -> None:
    if logger.isEnabledFor(logging.INFO):
        logger.info("→ %s Processing: %s", _worker(claimed.queue), claimed.public_id, extra=_fields(claimed))


def progress(claimed: Claimed, percent: int, stage: str) -> None:
    logger.debug(
        "→ %s Progress: %s %d%% %s",
        _worker(claimed.queue),
        claimed.public_id,
        percent,
        stage,
        extra=_fields(claimed),
    )


def ended(claimed: Claimed, settlement: Settlement | None, duration_ms: int | None) -> None:
    """settlement None: the handler completed in its own transaction, or another run owns the job."""
    if not logger.isEnabledFor(logging.INFO):
        return
    worker, job_id = _worker(claimed.queue), claimed.public_id
    extra = _fields(claimed, durationMs=duration_ms)
    if settlement is None:
        if duration_ms is not None:
            logger.info("✓ %s Completed: %s (%.1fs)", worker, job_id, duration_ms / 1000, extra=extra)
        else:
            logger.warning("✗ %s Not this run's to end: %s", worker, job_id, extra=extra)
    elif settlement.status is Status.COMPLETED:
        logger.info("✓ %s Completed: %s (%.1fs)", worker, job_id, (duration_ms or 0) / 1000, extra=extra)
    elif settlement.status is Status.DELAYED:
        logger.info(
            "✗ %s Attempt %d of %d failed: %s: %s: %s; next in %.1fs",
            worker,
            claimed.attempt,
            claimed.max_attempts,
            job_id,
            _error(settlement, "type"),
            _error(settlement, "message"),
            (settlement.next_delay_ms or 0) / 1000,
            extra=extra,
        )
    elif settlement.status is Status.WAITING:
        logger.info("→ %s Put back: %s (%s)", worker, job_id, settlement.outcome, extra=extra)
    elif settlement.status is Status.CANCELLED:
        logger.info("✗ %s Cancelled: %s", worker, job_id, extra=extra)
    else:
        logger.error(
            "✗ %s Job %s: %s: %s: %s",
            worker,
            "failed" if settlement.status is Status.FAILED else "dead",
            job_id,
            _error(settlement, "type"),
            _error(settlement, "message"),
            extra=extra,
        )


def _error(settlement: Settlement, key: str) -> str:
    return str((settlement.error or {}).get(key, ""))
