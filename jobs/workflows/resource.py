"""The workflow resource: the one shape in which the API and the command line show workflows and batches."""

from collections.abc import Sequence
from typing import Any

from ..models import Job
from ..resource import poll_url, shown_error
from ..timestamps import iso, iso_or_none
from . import reads
from .models import Workflow
from .reads import Node
from .words import Kind


def url(workflow: Workflow) -> str:
    return f"/api/{'batches' if workflow.kind == Kind.BATCH else 'workflows'}/{workflow.public_id}"


def progress_of(workflow: Workflow) -> int:
    """How many of a hundred jobs have ended; 100 only when all have."""
    return 100 * ended(workflow) // workflow.total if workflow.total else 100


def ended(workflow: Workflow) -> int:
    return workflow.completed + workflow.failed + workflow.cancelled + workflow.removed


def summary(workflow: Workflow, active: int) -> dict[str, Any]:
    """active: jobs that run at this moment."""
    return {
        "id": workflow.public_id,
        "kind": workflow.kind,
        "name": workflow.name,
        "status": workflow.status,
        "progress": progress_of(workflow),
        "counts": {
            "total": workflow.total,
            "waiting": max(0, workflow.total - ended(workflow) - active),
            "active": active,
            "completed": workflow.completed,
            "failed": workflow.failed,
            "cancelled": workflow.cancelled,
            "removed": workflow.removed,
        },
        "tenantId": workflow.tenant_id,
        "userId": workflow.user_id,
        "correlationId": workflow.correlation_id,
        "cancelRequestedAt": iso_or_none(workflow.cancel_requested_at),
        "createdAt": iso(workflow.created_at),
        "finishedAt": iso_or_none(workflow.finished_at),
        "pollUrl": url(workflow),
    }


def summaries(workflows: Sequence[Workflow]) -> list[dict[str, Any]]:
    active = reads.active_counts(workflows)
    return [summary(row, active.get(row.pk, 0)) for row in workflows]


def workflow_resource(workflow: Workflow, *, with_jobs: bool = True) -> dict[str, Any]:
    body = summaries([workflow])[0]
    if workflow.kind == Kind.BATCH:
        body["callback"] = _callback(workflow)
    if with_jobs:
        body["jobs"] = [job_of(node) for node in reads.nodes(workflow)]
    return body


def job_of(node: Node) -> dict[str, Any]:
    job = node.job
    return {
        "name": node.step.name,
        "id": node.step.public_id,
        "type": node.step.type,
        "queue": job.queue if job else None,
        "status": node.status,
        "delayReason": job.delay_reason if job else None,
        "progress": job.progress if job else 0,
        "dependsOn": [*node.needs, *node.others],
        "error": shown_error(job.error) if job else None,
        "startedAt": iso_or_none(job.started_at) if job else None,
        "finishedAt": iso_or_none(job.finished_at) if job else None,
        "durationMs": job.duration_ms if job else None,
        "pollUrl": poll_url(node.step.public_id),
    }


def _callback(workflow: Workflow) -> dict[str, Any] | None:
    if workflow.callback_id is None:
        return None
    row = Job.objects.filter(pk=workflow.callback_id).values_list("public_id", "type", "status").first()
    return None if row is None else {"id": row[0], "type": row[1], "status": row[2], "pollUrl": poll_url(row[0])}
