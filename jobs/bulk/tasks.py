"""The job behind a bulk action: chunk by chunk from the newest match to the oldest, each chunk once.

A chunk's changes, its counts and the new position commit together, so a killed worker loses the
chunk under way and nothing else, and the next run goes on below the last one that committed.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from .. import actions, dispatch
from ..errors import ClaimLost, InvalidInput
from ..ledger.change import Changed
from ..models import Job
from ..payloads import Payload
from ..registry import job_type
from ..running import RunningJob
from ..search import engine, indexing
from ..search.language import parse
from .models import BulkAction
from .start import caller_of

logger = logging.getLogger("quarry.jobs")

#: Jobs of one transaction: what a killed worker does again, and how long the rows are locked.
CHUNK = 200
#: How long to wait for the index to know everything that was there when the action was asked for.
INDEX_SECONDS = 60.0


class Bulk(Payload):
    bulk_id: int


@job_type("bulk-action", payload=Bulk, queue="default", attempts=20, role="admin", internal=True, estimate_seconds=20)
def bulk_action(payload: Bulk, job: RunningJob) -> dict[str, int]:
    bulk = _take_over(payload.bulk_id, job)
    _await_index(bulk, job)
    while ids := _next(bulk):
        job.check()
        _chunk(bulk, ids)
        job.progress(_share(bulk), f"{bulk.done} done, {bulk.skipped} skipped, {bulk.failed} failed")
    result = {"done": bulk.done, "skipped": bulk.skipped, "failed": bulk.failed}
    with job.completes(result):
        BulkAction.objects.filter(pk=bulk.pk).update(finished_at=timezone.now())
    return result


def _take_over(bulk_id: int, job: RunningJob) -> BulkAction:
    """Shut earlier runs of the job out. Raises ClaimLost where a later one has done so to this."""
    if not BulkAction.objects.filter(pk=bulk_id, run__lte=job.run).update(run=job.run):
        if BulkAction.objects.filter(pk=bulk_id).exists():
            raise ClaimLost("a later run goes on with this bulk action")
        raise InvalidInput(f"there is no bulk action {bulk_id}")
    return BulkAction.objects.get(pk=bulk_id)


def _await_index(bulk: BulkAction, job: RunningJob) -> None:
    """Search follows the ledger by a moment; what was there at the click must be found."""
    end = timezone.now() + timedelta(seconds=INDEX_SECONDS)
    while not indexing.knows_all_until(bulk.created_at):
        if timezone.now() > end:
            raise InvalidInput("search is too far behind to find all jobs; try again when it has caught up")
        indexing.catch_up()
        job.sleep(0.1)


def _share(bulk: BulkAction) -> float:
    """Per cent: of the matches where they were counted, else of the way to the oldest job."""
    if bulk.expected:
        return (bulk.done + bulk.skipped + bulk.failed) * 100 / bulk.expected
    return (bulk.newest_id - bulk.position) * 100 / max(bulk.newest_id, 1)


def _next(bulk: BulkAction) -> list[int]:
    return engine.matches(caller_of(bulk), parse(bulk.query), before=bulk.position, limit=CHUNK)


def _chunk(bulk: BulkAction, ids: Sequence[int]) -> None:
    try:
        with transaction.atomic():
            changed = _apply(bulk, ids)
            _record(bulk, ids[-1], done=len(changed), skipped=len(ids) - len(changed))
    except (OperationalError, InterfaceError):
        # The database itself: the next attempt goes on from the last chunk that committed.
        raise
    except DatabaseError:
        logger.exception("A chunk of bulk action %s failed; its jobs are tried one by one", bulk.pk)
        changed = _one_by_one(bulk, ids)
    _tell_redis(bulk, changed)


def _one_by_one(bulk: BulkAction, ids: Sequence[int]) -> list[Changed]:
    """So that one job that cannot be changed does not keep its neighbours from it."""
    changed: list[Changed] = []
    for job_id in ids:
        try:
            with transaction.atomic():
                found = _apply(bulk, [job_id])
                _record(bulk, job_id, done=len(found), skipped=1 - len(found))
            changed += found
        except (OperationalError, InterfaceError):
            raise
        except DatabaseError:
            logger.exception("Bulk action %s failed on job %s", bulk.pk, job_id)
            _record(bulk, job_id, failed=1)
    return changed


def _apply(bulk: BulkAction, ids: Sequence[int]) -> list[Changed]:
    by = caller_of(bulk)
    jobs = list(Job.objects.filter(id__in=list(ids)).only("id"))
    if bulk.action == "retry":
        return actions.retry(jobs=jobs, by=by, force=bulk.force, audited=False)
    if bulk.action == "cancel":
        return actions.cancel(jobs=jobs, by=by, audited=False)
    if bulk.action == "run-now":
        return actions.run_now(jobs=jobs, by=by, audited=False)
    if bulk.action == "priority":
        return actions.reprioritise(jobs=jobs, priority=bulk.priority or 0, by=by, audited=False)
    if bulk.action == "bury":
        return actions.bury(jobs=jobs, by=by, audited=False)
    return actions.remove(jobs=jobs, by=by, audited=False)


def _record(bulk: BulkAction, position: int, *, done: int = 0, skipped: int = 0, failed: int = 0) -> None:
    """Raises ClaimLost, which rolls the chunk back, where a later run has taken over."""
    won = BulkAction.objects.filter(pk=bulk.pk, run=bulk.run).update(
        position=position, done=F("done") + done, skipped=F("skipped") + skipped, failed=F("failed") + failed
    )
    if not won:
        raise ClaimLost("a later run goes on with this bulk action")
    bulk.position = position
    bulk.done, bulk.skipped, bulk.failed = bulk.done + done, bulk.skipped + skipped, bulk.failed + failed


def _tell_redis(bulk: BulkAction, changed: Sequence[Changed]) -> None:
    """The verbs did so inside the chunk's transaction, when nobody could see its changes yet."""
    if bulk.action not in {"cancel", "remove", "priority"}:
        return
    for queue in {item.queue for item in changed}:
        dispatch.recall(queue, [item.id for item in changed if item.queue == queue])
        if bulk.action == "priority":
            dispatch.refill(queue)
