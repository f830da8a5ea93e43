"""Claim, handler, settle: one run of one job, in whatever process or thread it happens."""

import logging
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from psycopg_pool import PoolTimeout

from . import joblog, outcomes, payloads, registry, tracing
from .errors import JobError, JobStopped, NoConnection, NotHandledHere, dotted_name
from .ledger.claim import Claimed, claim
from .ledger.jsontext import plain
from .ledger.progress import Line, Step, write_lines, write_progress
from .ledger.settle import Settlement, add_result, settle
from .policy import Backoff, policy_of, queue_default
from .running import RunningJob, StopReason

logger = logging.getLogger("quarry.jobs")

#: A run in the caller's own process has no heartbeat; this bounds how long its loss stays unnoticed.
DIRECT_LEASE_SECONDS = 1800.0


class DirectReporter:
    """Writes each report at once, in a transaction of its own where none is open."""

    def report(self, item: Step | Line) -> None:
        if isinstance(item, Step):
            write_progress([item])
        else:
            write_lines([item])


def execute(job: RunningJob, claimed: Claimed) -> Settlement | None:
    """Run the handler and decide what its end means. None: the run needs no settlement any more.

    Never raises for what a handler does. A handler that completed in its own transaction is done,
    whatever it raised afterwards; that error goes to the log. One that failed so is told of by the
    settlement that it has made: made again, it changes nothing.
    """
    with tracing.attempt(claimed) as ended:
        settlement = _run(job, claimed)
        ended(settlement, job.completed)
    return settlement


def _run(job: RunningJob, claimed: Claimed) -> Settlement | None:
    try:
        result = _call(job, claimed)
        if job.completed:
            _late_result(job, claimed, result)
            return job.failure
        return outcomes.completed(claimed, plain(result))
    except JobStopped:
        if job.completed:
            return job.failure
        reason = job.stop_reason or StopReason.LOST
        return outcomes.stopped(claimed, reason, **decision(claimed))
    except BaseException as error:  # SystemExit in a handler is the handler's failure
        if job.completed:
            logger.exception("Job %s raised after it had completed", claimed.public_id)
            return job.failure
        if job.stop_reason is not None:
            # What a handler raises on its way out is not why it ended.
            return outcomes.stopped(claimed, job.stop_reason, **decision(claimed))
        if isinstance(error.__cause__, PoolTimeout):
            logger.warning("Job %s got no database connection and is handed back: %s", claimed.public_id, error)
            return _failed(claimed, NoConnection())
        if _database_was_lost(error):
            # Perhaps its transaction committed all the same: only the ledger knows. Its lease runs out, and
            # the rescue finds the job completed or puts it back, as a lost worker's: it costs no attempt.
            logger.warning("Job %s met the end of its database connection: %s", claimed.public_id, error)
            return None
        return _failed(claimed, error)


def _failed(claimed: Claimed, error: BaseException) -> Settlement:
    terms = decision(claimed)
    try:
        if isinstance(error, NotHandledHere | NoConnection):
            return outcomes.handed_back(claimed, error, **terms)
        return outcomes.failed(claimed, error, **terms)
    except Exception:
        logger.exception("The error of job %s cannot be described", claimed.public_id)
        return outcomes.failed(claimed, JobError(f"{dotted_name(error)}, which cannot be described"), **terms)


def _call(job: RunningJob, claimed: Claimed) -> Any:
    try:
        kind = registry.get(claimed.type)
    except registry.UnknownType:
        raise NotHandledHere(
            f"no code handles type {claimed.type!r} here; deploy the app that registers it and retry",
            code="unknown_type",
        ) from None
    try:
        payload = payloads.parse(kind.payload, payloads.own(kind.payload, claimed.data))
    except payloads.InvalidPayload as error:
        raise NotHandledHere(f"the stored data do not fit type {kind.name} as this release has it: {error}") from None
    return _handled(kind.handler, payload, job)


def _handled(handler: registry.Handler, payload: payloads.Payload, job: RunningJob) -> Any:
    """What the handler returns, in the process that called it. A child it has forked ends here, and settles nothing."""
    here, status = os.getpid(), 1
    try:
        result = handler(payload, job)
        status = 0
        return result
    finally:
        if os.getpid() != here:
            os._exit(status)


def _database_was_lost(error: BaseException) -> bool:
    """Whether PostgreSQL went away or could not be reached, as opposed to refusing what it was asked."""
    if not isinstance(error, OperationalError) and not (
        isinstance(error, InterfaceError) and "connection is closed" in str(error)
    ):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    # 08: connection exceptions. 57P: shutdown, crash, start-up. None: no answer came at all.
    return state is None or state.startswith(("08", "57P"))


def _late_result(job: RunningJob, claimed: Claimed, result: Any) -> None:
    if result is None or job.completed_result is not None:
        return
    try:
        add_result(job_id=claimed.id, run=claimed.run, result=result)
    except (TypeError, ValueError):
        logger.exception("Job %s completed, but its result cannot be stored", claimed.public_id)


def decision(claimed: Claimed) -> dict[str, Any]:
    """The rules and the chance that a decision about this run's end needs."""
    return {
        "rules": policy_of(claimed.queue),
        "backoff": backoff_of(claimed.type, claimed.queue),
        "draw": random.random(),  # noqa: S311  jitter, not a secret
        "at": datetime.now(UTC),
    }


def backoff_of(type_name: str, queue: str) -> Backoff:
    """A type's own back-off; on a queue not its own, and for unknown types, the queue's."""
    try:
        kind = registry.get(type_name)
    except registry.UnknownType:
        return queue_default(queue).backoff
    return kind.backoff if kind.queue == queue else queue_default(queue).backoff


def run(job_id: int, *, worker: str = "direct", prepare: Callable[[RunningJob], None] | None = None) -> bool:
    """Claim and run one job here and now; False when it is not this caller's to run.

    The one entry point that messages name. A stock RQ worker that is handed our message runs it
    through this; our own workers claim in batches and never look at the message's data.
    """
    with transaction.atomic():
        won = claim([int(job_id)], worker=worker, lease_seconds=DIRECT_LEASE_SECONDS)
    if not won:
        return False
    claimed = won[0]
    job = RunningJob(claimed, DirectReporter())
    if prepare:
        prepare(job)
    joblog.processing(claimed)
    settlement = execute(job, claimed)
    if settlement is None:
        joblog.ended(claimed, None, job.completed_ms)
        return True
    done = settle([settlement])
    joblog.ended(claimed, settlement, done.get((claimed.id, claimed.run)))
    return True
