"""What a run's end means for its job: pure decisions from an error or a result to a settlement."""

import traceback
from datetime import datetime
from typing import Any

from django.conf import settings

from . import errors
from .errors import Classified, ErrorClass, JobTimeout, classify_error
from .ledger.claim import Claimed
from .ledger.settle import Settlement
from .policy import Backoff, QueuePolicy, jittered_ms
from .running import StopReason
from .states import Outcome, Status

#: A job that killed its process more often than this within 72 h is dead.
MOST_DEATHS = 3
DEATH_WINDOW_HOURS = 72
#: A job that lost its worker more often than this is dead: something outside kills its hosts.
MOST_LOSSES = 10


#: How often workers that cannot run a job hand it back before that counts as its failure, and how long it waits
#: each time: while a release is rolled out, jobs of the new one may reach a worker of the old one.
MOST_HANDED_BACK = 20
HANDED_BACK_WAIT_MS = 30_000


def completed(claimed: Claimed, result: Any) -> Settlement:
    return Settlement(
        job_id=claimed.id,
        run=claimed.run,
        status=Status.COMPLETED,
        outcome=Outcome.COMPLETED,
        result=result,
        isolate=False,
    )


def failed(
    claimed: Claimed, error: BaseException, *, rules: QueuePolicy, backoff: Backoff, draw: float, at: datetime
) -> Settlement:
    """A handler's error: retried after its wait, or failed.

    draw: a random number from 0 to 1 that spreads retries. at: shown as the error's time.
    """
    known = classify_error(error)
    text = "".join(traceback.format_exception(error))
    return _after_error(
        claimed,
        known,
        kind=errors.dotted_name(error),
        text=text,
        outcome=Outcome.FAILED,
        rules=rules,
        backoff=backoff,
        draw=draw,
        at=at,
    )


def handed_back(
    claimed: Claimed,
    error: errors.NotHandledHere | errors.NoConnection,
    *,
    rules: QueuePolicy,
    backoff: Backoff,
    draw: float,
    at: datetime,
) -> Settlement:
    """A worker without the code for a job, or without a connection: it is tried again, at no cost, for some minutes."""
    if claimed.run - claimed.attempt >= MOST_HANDED_BACK:
        return failed(claimed, error, rules=rules, backoff=backoff, draw=draw, at=at)
    return Settlement(
        job_id=claimed.id,
        run=claimed.run,
        status=Status.DELAYED,
        outcome=Outcome.INTERRUPTED,
        error=errors.as_shown(classify_error(error), kind=errors.dotted_name(error), at=at) | {"retryable": True},
        next_delay_ms=HANDED_BACK_WAIT_MS,
        run_delay_ms=jittered_ms(HANDED_BACK_WAIT_MS, draw, backoff.most_jitter_ms),
        costs_attempt=False,
    )


def process_died(
    claimed: Claimed,
    how: str,
    *,
    deaths_before: int,
    rules: QueuePolicy,
    backoff: Backoff,
    draw: float,
    at: datetime,
) -> Settlement:
    """The job's own process died under a living worker: an attempt like any failure, until it is one too many."""
    known = Classified(
        error_class=ErrorClass.UNKNOWN, code="process_died", message=f"the job's process died: {how}", retryable=True
    )
    settled = _after_error(
        claimed,
        known,
        kind="jobs.errors.ProcessDied",
        text=None,
        outcome=Outcome.PROCESS_DIED,
        rules=rules,
        backoff=backoff,
        draw=draw,
        at=at,
        isolate=True,
    )
    if deaths_before >= MOST_DEATHS:
        return _dead(settled)
    return settled


def stopped(
    claimed: Claimed, reason: StopReason, *, rules: QueuePolicy, backoff: Backoff, draw: float, at: datetime
) -> Settlement | None:
    """A run that was told to end. None where another run owns the job: there is nothing to settle."""
    if reason is StopReason.TIMEOUT:
        limit = claimed.timeout_ms / 1000
        error = JobTimeout(f"the job ran longer than its time limit of {limit:g} s")
        return failed(claimed, error, rules=rules, backoff=backoff, draw=draw, at=at)
    if reason is StopReason.CANCELLED:
        return Settlement(
            job_id=claimed.id, run=claimed.run, status=Status.CANCELLED, outcome=Outcome.CANCELLED, isolate=False
        )
    if reason is StopReason.SHUTDOWN:
        return interrupted(claimed)
    return None


def interrupted(claimed: Claimed) -> Settlement:
    """The worker shuts down: the job waits again at its old place, and the run cost nothing."""
    return Settlement(
        job_id=claimed.id,
        run=claimed.run,
        status=Status.WAITING,
        outcome=Outcome.INTERRUPTED,
        costs_attempt=False,
    )


def worker_lost(*, job_id: int, run: int, losses_before: int, worker: str, at: datetime) -> Settlement:
    """The lease ran out: the job may be innocent, so it runs again, in a process of its own."""
    error = errors.as_shown(
        Classified(
            error_class=ErrorClass.UNKNOWN,
            code="worker_lost",
            message=f"worker {worker} was lost while it ran this job",
            retryable=True,
        ),
        kind="jobs.errors.WorkerLost",
        at=at,
    )
    dead = losses_before >= MOST_LOSSES
    return Settlement(
        job_id=job_id,
        run=run,
        status=Status.DEAD if dead else Status.WAITING,
        outcome=Outcome.WORKER_LOST,
        error=error,
        costs_attempt=False,
        isolate=True,
    )


def _after_error(
    claimed: Claimed,
    known: Classified,
    *,
    kind: str,
    text: str | None,
    outcome: Outcome,
    rules: QueuePolicy,
    backoff: Backoff,
    draw: float,
    at: datetime,
    isolate: bool | None = None,
) -> Settlement:
    error = errors.as_shown(known, kind=kind, at=at)
    if known.retryable and claimed.attempt < claimed.max_attempts:
        wait = errors.wait_ms(
            known,
            base_ms=backoff.base_ms,
            factor=backoff.factor,
            n=claimed.attempt - 1,
            class_waits=rules.class_waits,
        )
        wait = backoff.bounded_ms(wait)
        return Settlement(
            job_id=claimed.id,
            run=claimed.run,
            status=Status.DELAYED,
            outcome=outcome,
            error=error,
            traceback=text,
            next_delay_ms=wait,
            run_delay_ms=jittered_ms(wait, draw, backoff.most_jitter_ms),
            isolate=isolate,
        )
    exhausted = claimed.redrives >= settings.DLQ_MAX_REDRIVES and claimed.redrives > 0
    return Settlement(
        job_id=claimed.id,
        run=claimed.run,
        status=Status.DEAD if exhausted else Status.FAILED,
        outcome=outcome,
        error=error,
        traceback=text,
        isolate=isolate,
    )


def _dead(settled: Settlement) -> Settlement:
    return Settlement(
        job_id=settled.job_id,
        run=settled.run,
        status=Status.DEAD,
        outcome=settled.outcome,
        error=settled.error,
        traceback=settled.traceback,
        isolate=True,
    )
