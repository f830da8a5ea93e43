"""What people and programs do to jobs: keyword-only verbs, each naming who acts.

Every verb writes its rows and the audit entry in one transaction, and touches Redis only after it
has committed. Verbs that people use return what they changed; what could not be changed is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.callers import Caller, system_caller

from . import commands, dispatch, joblog, limits, reads, tracing
from .handle import JobHandle
from .ledger import change, edges
from .ledger.change import Changed
from .ledger.insert import Inserted, NewJob, insert_jobs
from .models import Job
from .states import TERMINAL
from .submission import Options, ids_to_try, prepare
from .webhooks import callbacks
from .workflows import release

#: Rows of one INSERT in a bulk enqueue.
CHUNK = 1000


class JobIdInUse(Exception):
    """The job id belongs to a job of another type, queue or tenant; choose another id."""

    code = "job_id_in_use"


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One item of a bulk enqueue."""

    type: str
    data: Mapping[str, Any]
    options: Options = field(default_factory=Options)


# --- Enqueue --------------------------------------------------------------------------------------
def enqueue(
    *,
    type: str,  # noqa: A002  the API's word
    data: Mapping[str, Any],
    options: Options | None = None,
    by: Caller | None = None,
    correlation_id: str | None = None,
) -> JobHandle:
    """Store one job in the caller's transaction; workers see it once that commits.

    Returns its handle; `handle.duplicate` is true where `options.job_id` named an existing job,
    which is left as it is. Raises registry.UnknownType, payloads.InvalidPayload,
    submission.Refused, limits.TooManyWaiting or JobIdInUse, and has written nothing then.
    """
    caller = by or system_caller()
    chosen = options or Options()
    new = prepare(type, data, chosen, caller=caller, correlation_id=correlation_id)
    limits.check_waiting(new.tenant_id, 1)
    for public_id in ids_to_try(new.public_id, chosen):
        new = replace(new, public_id=public_id)
        stored = store([new])
        if stored:
            joblog.queued(job_id=new.public_id, type_name=new.type, name=new.user_id, request_id=correlation_id)
            return JobHandle.of(stored[0], new)
    return _existing(new, caller)


def enqueue_many(
    submissions: Iterable[Submission],
    *,
    by: Caller | None = None,
    correlation_id: str | None = None,
    followed: bool = False,
    within_limits: bool = True,
) -> list[JobHandle]:
    """Store all or none; every item is checked before the first is written. Handles in given order.

    followed: whether a workflow keeps account of their ends.

    Errors name the item: `items.<index>.<field>`. Items whose job id exists already come back as
    duplicates. within_limits: False for the product's own jobs, which no tenant's limit counts.
    """
    caller = by or system_caller()
    items = [
        prepare(
            item.type,
            item.data,
            item.options,
            caller=caller,
            correlation_id=correlation_id,
            prefix=f"items.{index}.",
        )
        for index, item in enumerate(submissions)
    ]
    if followed:
        items = [replace(item, followed=True) for item in items]
    by_tenant: dict[str | None, int] = {}
    for item in items:
        by_tenant[item.tenant_id] = by_tenant.get(item.tenant_id, 0) + 1
    for tenant_id, number in by_tenant.items() if within_limits else ():
        limits.check_waiting(tenant_id, number)
    with transaction.atomic():
        found: dict[str, Inserted] = {}
        for start in range(0, len(items), CHUNK):
            found |= {row.public_id: row for row in store(items[start : start + CHUNK])}
        handles = []
        for item in items:
            row = found.pop(item.public_id, None)
            handles.append(JobHandle.of(row, item) if row else _existing(item, caller))
    return handles


def store(items: Sequence[NewJob]) -> list[Inserted]:
    """Write prepared jobs with their edges, and publish them after the commit. Ids that exist are left out."""
    # No savepoint inside a caller's transaction: two round trips saved, and the one statement here
    # fails only where the transaction is lost anyway.
    with tracing.submitting(items) as trace_parent, transaction.atomic(savepoint=False):
        if trace_parent is not None:
            items = [replace(item, trace_parent=trace_parent) for item in items]
        stored = insert_jobs(items)
        _store_edges(items, stored)
        callbacks.keep(stored, items)
        dispatch.publish_after_commit(stored)
    return stored


def _store_edges(items: Sequence[NewJob], stored: Sequence[Inserted]) -> None:
    wanted = {item.public_id: item for item in items if item.depends_on}
    if not wanted:
        return
    waiting = [(row.id, wanted[row.public_id]) for row in stored if row.public_id in wanted]
    edges.insert_edges([(job_id, edge) for job_id, item in waiting for edge in item.depends_on])
    edges.ask_for_check(job_id for job_id, item in waiting if item.waits_for_jobs)
    release.soon()


def _existing(new: NewJob, caller: Caller) -> JobHandle:
    """The job that has the id already, if it is this submission's: same kind, same tenant, and same
    owner or one the caller may see. Nobody learns of another's job by guessing its id."""
    job = Job.objects.filter(public_id=new.public_id).first()
    same = job is not None and (job.type, job.queue, job.tenant_id) == (new.type, new.queue, new.tenant_id)
    if job is None or not same or not (job.user_id == new.user_id or reads.find(caller, new.public_id)):
        raise JobIdInUse(f"The job id {new.public_id} is in use; choose another one.")
    return JobHandle.existing(job)


# --- Change ---------------------------------------------------------------------------------------
# audited: False where the caller writes the one entry of which this is a part.
def cancel(*, jobs: Sequence[Job], by: Caller, request_id: str | None = None, audited: bool = True) -> list[Changed]:
    """Cancel: jobs that have not started end at once, active ones are stopped by their workers.

    A returned job whose status is `active` is still being stopped; it ends `cancelled`.
    """
    with transaction.atomic():
        cancelled, stopping = _cancel([job.id for job in jobs])
        if audited:
            _audit("job.cancel", [*cancelled, *stopping], by, request_id)
    _recall(cancelled)
    for item in stopping:
        commands.stop(worker=item.worker, job_id=item.id)
    return [*cancelled, *stopping]


def _cancel(ids: Sequence[int]) -> tuple[list[Changed], list[Changed]]:
    """Jobs that were cancelled, and active ones that were asked to stop.

    The two are two statements, and a job may start or fail between them: those that neither met are
    asked again until they have ended.
    """
    cancelled: list[Changed] = []
    stopping: list[Changed] = []
    left = set(ids)
    while left:
        cancelled += (unstarted := change.cancel_unstarted(sorted(left)))
        left -= {item.id for item in unstarted}
        stopping += (active := change.request_cancel(sorted(left)) if left else [])
        left = _unended(left - {item.id for item in active})
    return cancelled, stopping


def _unended(ids: set[int]) -> set[int]:
    # An empty set asks the database nothing, which is the common case.
    jobs = Job.objects.filter(pk__in=ids).exclude(status__in=[str(status) for status in TERMINAL])
    return set(jobs.values_list("id", flat=True))


def retry(
    *, jobs: Sequence[Job], by: Caller, force: bool = False, request_id: str | None = None, audited: bool = True
) -> list[Changed]:
    """Run failed or cancelled jobs again, dead ones with `force`: same id, data and history, fresh budget."""
    with transaction.atomic():
        changed = change.retry([job.id for job in jobs], force=force)
        if audited:
            _audit("job.retry", changed, by, request_id)
        dispatch.publish_after_commit([_ready(item) for item in changed])
    return changed


def run_now(*, jobs: Sequence[Job], by: Caller, request_id: str | None = None, audited: bool = True) -> list[Changed]:
    """Skip the wait of jobs that are delayed or wait for a retry; limits and pauses still hold."""
    with transaction.atomic():
        changed = change.run_now([job.id for job in jobs])
        if audited:
            _audit("job.run-now", changed, by, request_id)
        dispatch.publish_after_commit([_ready(item) for item in changed])
    return changed


def bury(*, jobs: Sequence[Job], by: Caller, request_id: str | None = None, audited: bool = True) -> list[Changed]:
    """Mark failed jobs dead: bulk retries leave them alone."""
    with transaction.atomic():
        changed = change.bury([job.id for job in jobs])
        if audited:
            _audit("job.bury", changed, by, request_id)
    return changed


def remove(
    *, jobs: Sequence[Job], by: Caller, force: bool = False, request_id: str | None = None, audited: bool = True
) -> list[Changed]:
    """Delete jobs and all that is kept of them; active ones only with `force`, which stops them too."""
    with transaction.atomic():
        changed = change.remove([job.id for job in jobs], force=force)
        if audited:
            _audit("job.remove", changed, by, request_id)
    _recall(changed)
    for item in changed:
        if item.worker:
            commands.stop(worker=item.worker, job_id=item.id)
    return changed


def reprioritise(
    *, jobs: Sequence[Job], priority: int, by: Caller, request_id: str | None = None, audited: bool = True
) -> list[Changed]:
    """Change the priority of jobs that have not started; their place in the ready set moves at once."""
    with transaction.atomic():
        changed = change.reprioritise([job.id for job in jobs], priority)
        if audited:
            _audit("job.reprioritise", changed, by, request_id, priority=priority)
    for queue in {item.queue for item in changed}:
        # Taken out and offered again, so that a raised job enters a full window as well.
        dispatch.recall(queue, [item.id for item in changed if item.queue == queue])
        dispatch.refill(queue)
    return changed


def _ready(item: Changed) -> Inserted:
    return Inserted(
        id=item.id,
        public_id=item.public_id,
        type=item.type,
        queue=item.queue,
        status=item.status,
        priority=item.priority,
    )


def _recall(changed: Sequence[Changed]) -> None:
    for queue in {item.queue for item in changed}:
        dispatch.recall(queue, [item.id for item in changed if item.queue == queue])


#: Ids that the audit entry of a change to many jobs names; each job's own events tell the rest.
MOST_NAMED = 200


def _audit(action: str, changed: Sequence[Changed], by: Caller, request_id: str | None, **details: Any) -> None:
    """One entry per action, whatever number of jobs it changed."""
    if not changed:
        return
    one = changed[0] if len(changed) == 1 else None
    tenants = {item.tenant_id for item in changed}
    audit.record(
        caller=by,
        action=action,
        target_type="job" if one else "jobs",
        target_id=one.public_id if one else f"{len(changed)} jobs",
        tenant_id=tenants.pop() if len(tenants) == 1 else None,
        details={"queue": one.queue, "type": one.type, **details} if one else _many(changed) | details,
        request_id=request_id,
    )


def _many(changed: Sequence[Changed]) -> dict[str, Any]:
    return {
        "count": len(changed),
        "ids": [item.public_id for item in changed[:MOST_NAMED]],
        "queues": sorted({item.queue for item in changed}),
        "types": sorted({item.type for item in changed}),
    }
