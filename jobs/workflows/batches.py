"""Batches: many jobs of one type, and one job more once all of them have ended, however they did."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction

from accounts.callers import Caller, system_caller

from .. import actions as job_actions
from .. import joblog, registry
from ..actions import Submission
from ..handle import JobHandle
from ..ledger.edges import Edge, ask_for_check, insert_edges
from ..ledger.insert import Inserted, NewJob
from ..payloads import InvalidPayload, Payload
from ..states import Status
from ..submission import prepare
from . import release
from .actions import add_steps, insert
from .models import Workflow
from .words import CONTINUE, Kind

#: The field of a callback's data that holds how the batch ended.
FIELD = "batch"


class BatchCounts(Payload):
    """How a batch ended. A callback's payload that wants to know declares `batch: BatchCounts`."""

    id: str = ""
    total: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    removed: int = 0


@dataclass(frozen=True, kw_only=True)
class Batch:
    workflow: Workflow
    jobs: list[JobHandle]


def create(
    *,
    submissions: Sequence[Submission],
    on_complete: Submission,
    name: str = "",
    by: Caller | None = None,
    correlation_id: str | None = None,
) -> Batch:
    """Store the jobs and a callback that runs once when every one of them is over, or nothing.

    The callback's data gains `batch`: the batch's id and its counts. Raises what actions.enqueue_many
    raises; mistakes in the callback are named `onComplete.…`.
    """
    caller = by or system_caller()
    callback = _prepared(on_complete, caller, correlation_id)
    with transaction.atomic():
        handles = job_actions.enqueue_many(submissions, by=caller, correlation_id=correlation_id, followed=True)
        members = list({handle.key: handle for handle in handles}.values())
        row = _row(members, name or members[0].type, callback, correlation_id)
        stored = job_actions.store([callback])
        if not stored:
            raise job_actions.JobIdInUse("The job id of onComplete is in use; choose another one.")
        insert_edges([(stored[0].id, _edge(handle)) for handle in members])
        # By way of release even where all have ended already: that is where the counts are written.
        ask_for_check([stored[0].id])
        _notice_earlier_ends(members)
        release.soon()
        Workflow.objects.filter(pk=row.pk).update(callback_id=stored[0].id)
    joblog.queued(job_id=callback.public_id, type_name=callback.type, name=callback.user_id, request_id=correlation_id)
    row.callback_id = stored[0].id
    return Batch(workflow=row, jobs=handles)


def _prepared(on_complete: Submission, caller: Caller, correlation_id: str | None) -> NewJob:
    data = dict(on_complete.data)
    try:
        if FIELD in data:
            raise InvalidPayload({FIELD: "is filled in when the batch has ended; leave it out"})
        if FIELD in registry.get(on_complete.type).payload.model_fields:
            data[FIELD] = BatchCounts().model_dump()
        new = prepare(on_complete.type, data, on_complete.options, caller=caller, correlation_id=correlation_id)
    except registry.UnknownType:
        raise InvalidPayload({"onComplete.type": f"{on_complete.type[:60]!r} is no job type"}) from None
    except InvalidPayload as error:
        place = "onComplete." if any(name.startswith("options") for name in error.fields) else "onComplete.data."
        raise InvalidPayload({place + field: text for field, text in error.fields.items()}) from None
    return replace(new, blocked=True)


def _row(members: Sequence[JobHandle], name: str, callback: NewJob, correlation_id: str | None) -> Workflow:
    row = insert(
        Workflow(
            public_id=f"batch_{secrets.token_hex(12)}",
            kind=Kind.BATCH,
            name=name[:200],
            tenant_id=callback.tenant_id,
            user_id=callback.user_id,
            correlation_id=correlation_id,
            total=len(members),
        )
    )
    if row is None:
        raise RuntimeError("a batch id of 96 random bits is taken")
    add_steps(row, [(str(number), _inserted(handle)) for number, handle in enumerate(members)])
    return row


def _inserted(handle: JobHandle) -> Inserted:
    return Inserted(
        id=handle.key, public_id=handle.id, type=handle.type, queue=handle.queue, status=Status.WAITING, priority=0
    )


def _edge(handle: JobHandle) -> Edge:
    return Edge(depends_on_id=handle.key, depends_on=handle.id, on_failure=CONTINUE)


_NOTICE = "INSERT INTO jobs_notice (job_id) SELECT unnest(%s::bigint[])"


def _notice_earlier_ends(members: Sequence[JobHandle]) -> None:
    """Members that were stored before, under a job id of the caller's, may have ended already."""
    earlier = [handle.key for handle in members if handle.duplicate]
    if earlier:
        with connection.cursor() as cursor:
            cursor.execute(_NOTICE, [earlier])
