"""The job layer for Python callers: enqueue, ask, act.

Every type has a function of its own, named after it: `enqueue_calculation({"tenantId": …})`,
`enqueue_ucc_ingestion({"state": "NY"})`. They exist for every registered type without being
written down here.

Calls act as the system unless `by` names a caller, and belong to the surrounding transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from pydantic.alias_generators import to_snake

from accounts.callers import Caller, system_caller

from . import actions, performance, reads, registry
from .actions import Submission
from .background import get_worker_status, start_workers, stop_workers
from .events.listening import QueueEvents, get_queue_events
from .handle import JobHandle
from .models import Job
from .policy import policy_of
from .queues import Queue, UnknownQueue, get_queue
from .reads import Search
from .submission import parse_options
from .views_of_state import shown_status
from .workflows.library import chain, enqueue_batch_then, enqueue_workflow, group, join, step

__all__ = [
    "JobNotFound",
    "Queue",
    "QueueEvents",
    "UnknownQueue",
    "add_batch_enrichment_jobs",
    "cancel_job",
    "chain",
    "create_job_status",
    "enqueue",
    "enqueue_batch",
    "enqueue_batch_then",
    "enqueue_workflow",
    "get_all_queue_metrics",
    "get_job",
    "get_job_status",
    "get_jobs_by_related_id",
    "get_queue",
    "get_queue_events",
    "get_queue_metrics",
    "get_worker_status",
    "group",
    "join",
    "remove_job",
    "retry_job",
    "start_workers",
    "step",
    "stop_workers",
]


class JobNotFound(LookupError):
    """No job has this id, or the caller may not see it."""


# --- Enqueue --------------------------------------------------------------------------------------
def enqueue(
    type: str,  # noqa: A002  the API's word
    data: Mapping[str, Any],
    *,
    by: Caller | None = None,
    correlation_id: str | None = None,
    **options: Any,
) -> JobHandle:
    """Store one job. options: job_id, priority, delay and timeout (milliseconds), attempts, queue, depends_on,
    on_dependency_failure, webhook_url.

    The handle's `id`, `data` and `status` are there at once; workers see the job after the commit.
    Raises what actions.enqueue raises, and InvalidPayload for a wrong option.
    """
    return actions.enqueue(type=type, data=data, options=parse_options(options), by=by, correlation_id=correlation_id)


def enqueue_batch(
    type: str,  # noqa: A002
    items: Iterable[Mapping[str, Any]],
    *,
    by: Caller | None = None,
    correlation_id: str | None = None,
    **options: Any,
) -> list[JobHandle]:
    """One job per item, all or none, in the given order."""
    chosen = parse_options(options)
    submissions = [Submission(type=type, data=item, options=chosen) for item in items]
    return actions.enqueue_many(submissions, by=by, correlation_id=correlation_id)


def add_batch_enrichment_jobs(
    companies: Iterable[Mapping[str, Any]], *, by: Caller | None = None, **options: Any
) -> list[JobHandle]:
    """One `business-enrichment` job per company: `businessId`, `businessName`, optional `sources`."""
    return enqueue_batch("business-enrichment", companies, by=by, **options)


def __getattr__(name: str) -> Callable[..., JobHandle]:
    """`enqueue_<type>(data, **options)` for every registered type."""
    if name.startswith("enqueue_"):
        try:
            kind = registry.get(name.removeprefix("enqueue_"))
        except registry.UnknownType:
            pass
        else:
            return partial(enqueue, kind.name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    typed = [f"enqueue_{to_snake(kind.name)}" for kind in registry.all_types()]
    return sorted([*__all__, *typed])


# --- Ask ------------------------------------------------------------------------------------------
def get_job(job_id: str, *, by: Caller | None = None) -> Job:
    """The job's row as it is now. Raises JobNotFound."""
    job = reads.find(by or system_caller(), job_id)
    if job is None:
        raise JobNotFound(f"there is no job {job_id!r}")
    return job


def get_job_status(*words: str, by: Caller | None = None) -> dict[str, Any]:
    """`get_job_status(job_id)` or `get_job_status(queue, job_id)`: status, progress, stage, result, error.

    Raises JobNotFound, also where the job is on another queue than the one given.
    """
    *queue, job_id = words
    job = get_job(job_id, by=by)
    if queue and get_queue(queue[0]).name != job.queue:
        raise JobNotFound(f"there is no job {job_id!r} on the queue {queue[0]!r}")
    return {
        "id": job.public_id,
        "status": str(shown_status(job)),
        "progress": job.progress,
        "stage": job.stage or None,
        "result": job.result,
        "error": job.error,
    }


def get_jobs_by_related_id(related_id: str, *, limit: int = 500, by: Caller | None = None) -> list[Job]:
    """Jobs about one entity, newest first, archived ones included."""
    return list(reads.search(by or system_caller(), Search(related_id=related_id))[:limit])


def create_job_status(job_id: str, type: str, related_id: str | None = None, *, by: Caller | None = None) -> Job:  # noqa: A002
    """The job's record. Enqueueing has made it; this only adds a related id where there is none.

    Safe to repeat. Raises JobNotFound for an id that was never enqueued, since a record is a job
    here, and JobIdInUse where the id belongs to a job of another type.
    """
    job = get_job(job_id, by=by)
    if job.type != registry.get(type).name:
        raise actions.JobIdInUse(f"The job id {job_id} belongs to a job of another type.")
    if related_id is not None and job.related_id is None:
        Job.objects.filter(pk=job.pk, related_id=None).update(related_id=related_id)
        job.refresh_from_db(fields=["related_id"])
    return job


def get_queue_metrics(name: str, *, by: Caller | None = None) -> dict[str, Any]:
    """Counts per state and `performance` of one queue, as GET /api/jobs/metrics has them."""
    return get_all_queue_metrics(by=by, internal=True)[get_queue(name).name]


def get_all_queue_metrics(*, by: Caller | None = None, internal: bool = False) -> dict[str, dict[str, Any]]:
    metrics = performance.queue_metrics(by or system_caller())
    return {name: value for name, value in metrics.items() if internal or not policy_of(name).internal}


# --- Act ------------------------------------------------------------------------------------------
def retry_job(job_id: str, *, force: bool = False, by: Caller | None = None) -> bool:
    """Run a failed or cancelled job again, a dead one with `force`. False where its state forbids it."""
    caller = by or system_caller()
    return bool(actions.retry(jobs=[get_job(job_id, by=caller)], by=caller, force=force))


def cancel_job(job_id: str, *, by: Caller | None = None) -> bool:
    """Cancel; a running job is stopped soon after. False where the job has ended already."""
    caller = by or system_caller()
    return bool(actions.cancel(jobs=[get_job(job_id, by=caller)], by=caller))


def remove_job(job_id: str, *, force: bool = False, by: Caller | None = None) -> bool:
    """Delete the job and its record. False where it is running and `force` is not given."""
    caller = by or system_caller()
    return bool(actions.remove(jobs=[get_job(job_id, by=caller)], by=caller, force=force))
