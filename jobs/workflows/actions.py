"""What people and programs do to workflows: create, cancel, retry. Keyword-only verbs, each naming who acts."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller, system_caller

from .. import actions as job_actions
from .. import limits, registry
from ..ledger.change import Changed
from ..ledger.edges import Edge, insert_edges
from ..ledger.insert import Inserted, NewJob
from ..models import Job
from ..payloads import InvalidPayload
from ..states import Status
from ..submission import Refused, Unmet, parse_options, prepare
from . import reads
from .models import Step, Workflow
from .spec import Draft
from .words import Kind, WorkflowStatus

#: Looks at members while they move: one may end its run, and wait to be retried, between two looks.
MOST_LOOKS = 10


class WorkflowIdInUse(Exception):
    """The id belongs to another workflow, or to one the caller may not see; choose another id."""

    code = "workflow_id_in_use"


@dataclass(frozen=True, kw_only=True)
class Created:
    """duplicate: the id named an existing workflow, which is left as it is."""

    workflow: Workflow
    duplicate: bool = False


def create(
    *,
    drafts: Sequence[Draft],
    name: str = "",
    workflow_id: str | None = None,
    by: Caller | None = None,
    correlation_id: str | None = None,
    internal: bool = True,
) -> Created:
    """Store a workflow with all its jobs and edges, in the caller's transaction, or nothing.

    drafts: in order, as spec.read returns them. internal: whether the product's own types are allowed.
    Raises InvalidPayload naming each mistake by its path, submission.Refused, limits.TooManyWaiting,
    actions.JobIdInUse or WorkflowIdInUse.
    """
    caller = by or system_caller()
    items = _prepared(drafts, caller, correlation_id, internal=internal)
    tenant_id, user_id = _owner(drafts, items)
    with transaction.atomic():
        row = insert(
            Workflow(
                public_id=workflow_id or f"wf_{secrets.token_hex(12)}",
                kind=Kind.WORKFLOW,
                name=name[:200] or drafts[0].type,
                tenant_id=tenant_id,
                user_id=user_id,
                correlation_id=correlation_id,
                total=len(items),
            )
        )
        if row is None:
            return Created(workflow=_existing(str(workflow_id), caller), duplicate=True)
        limits.check_waiting(tenant_id, len(items))
        stored = job_actions.store(items)
        if len(stored) < len(items):
            raise job_actions.JobIdInUse("A jobId among the workflow's jobs is in use; choose another one.")
        _connect(row, drafts, stored)
    return Created(workflow=row)


def _prepared(drafts: Sequence[Draft], caller: Caller, correlation_id: str | None, *, internal: bool) -> list[NewJob]:
    """Every job checked against its type; all mistakes are named at once."""
    problems: dict[str, str] = {}
    items: list[NewJob] = []
    for draft in drafts:
        try:
            if registry.get(draft.type).internal and not internal:
                raise InvalidPayload({"type": f"{draft.type} jobs are the product's own; they cannot be created here"})
            options = parse_options(draft.options)
            item = prepare(draft.type, draft.data, options, caller=caller, correlation_id=correlation_id)
            items.append(replace(item, blocked=bool(draft.needs), followed=True))
        except InvalidPayload as error:
            problems |= {f"{draft.path}.{_place(field)}": text for field, text in error.fields.items()}
        except registry.UnknownType:
            problems[f"{draft.path}.type"] = f"{draft.type[:60]!r} is no job type"
        except Refused as error:
            raise Refused(f"{draft.path}: {error}") from None
        except Unmet as error:
            raise Unmet(f"{draft.path}: {error}") from None
    ids = [item.public_id for item in items]
    if len(set(ids)) < len(ids):
        twice = next(word for word in ids if ids.count(word) > 1)
        problems["options.jobId"] = f"{twice} is given to several jobs; each needs its own"
    if problems:
        raise InvalidPayload(problems)
    return items


def _place(field: str) -> str:
    return field if field in {"data", "type"} or field.startswith("options") else f"data.{field}"


def _owner(drafts: Sequence[Draft], items: Sequence[NewJob]) -> tuple[str | None, str | None]:
    """The tenant and user of all jobs: who may see one of them may see the workflow."""
    first = items[0]
    for draft, item in zip(drafts, items, strict=True):
        for name, mine, theirs in (
            ("tenantId", item.tenant_id, first.tenant_id),
            ("userId", item.user_id, first.user_id),
        ):
            if mine != theirs:
                raise InvalidPayload({f"{draft.path}.data.{name}": "must be the same for all jobs of a workflow"})
    return first.tenant_id, first.user_id


_INSERT = """
INSERT INTO jobs_workflow (public_id, kind, name, tenant_id, user_id, correlation_id, total)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (public_id) DO NOTHING RETURNING id
"""


def insert(new: Workflow) -> Workflow | None:
    """Store a workflow's row; None where its id exists. Waits for another transaction storing the same id."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                new.public_id,
                str(new.kind),
                new.name,
                new.tenant_id,
                new.user_id,
                new.correlation_id,
                new.total,
            ],
        )
        row = cursor.fetchone()
    return Workflow.objects.get(pk=row[0]) if row else None


def _existing(public_id: str, caller: Caller) -> Workflow:
    found = reads.find(caller, public_id, kind=Kind.WORKFLOW)
    if found is None:
        raise WorkflowIdInUse(f"The workflow id {public_id} is in use; choose another one.")
    return found


def _connect(row: Workflow, drafts: Sequence[Draft], stored: Sequence[Inserted]) -> None:
    of_name = {draft.name: job for draft, job in zip(drafts, stored, strict=True)}
    insert_edges(
        [
            (
                of_name[draft.name].id,
                Edge(
                    depends_on_id=of_name[other].id,
                    depends_on=of_name[other].public_id,
                    on_failure=draft.on_failure,
                    name=other,
                ),
            )
            for draft in drafts
            for other in draft.needs
        ]
    )
    add_steps(row, [(draft.name, job) for draft, job in zip(drafts, stored, strict=True)])


def add_steps(row: Workflow, named: Sequence[tuple[str, Inserted]]) -> None:
    Step.objects.bulk_create(
        [
            Step(workflow=row, name=name, place=place, job_id=job.id, public_id=job.public_id, type=job.type)
            for place, (name, job) in enumerate(named)
        ]
    )


# --- Change ---------------------------------------------------------------------------------------
def cancel(*, workflow: Workflow, by: Caller, request_id: str | None = None) -> list[Changed]:
    """Cancel all that has not ended: what waits at once, what runs is stopped. A batch's callback too.

    Returns the jobs that were cancelled or are being stopped; none where the workflow has ended.
    """
    changed: list[Changed] = []
    with transaction.atomic():
        for _ in range(MOST_LOOKS):
            jobs = list(members(workflow).filter(finished_at=None, cancel_requested_at=None).only("id", "public_id"))
            if not jobs:
                break
            changed += job_actions.cancel(jobs=jobs, by=by, request_id=request_id)
        if changed:
            running = Workflow.objects.filter(pk=workflow.pk, status=WorkflowStatus.RUNNING)
            running.update(cancel_requested_at=Now())
            _audit("workflow.cancel", workflow, by, request_id, jobs=len(changed))
    return changed


def retry(*, workflow: Workflow, by: Caller, request_id: str | None = None) -> list[Changed]:
    """Run again what failed or was cancelled, in order: what depends on it waits for it once more."""
    ended = [str(status) for status in (Status.FAILED, Status.DEAD, Status.CANCELLED)]
    with transaction.atomic():
        jobs = list(members(workflow).filter(status__in=ended, archived=False).only("id", "public_id"))
        changed = job_actions.retry(jobs=jobs, by=by, force=True, request_id=request_id)
        if changed:
            Workflow.objects.filter(pk=workflow.pk).update(cancel_requested_at=None)
            _audit("workflow.retry", workflow, by, request_id, jobs=len(changed))
    return changed


def members(workflow: Workflow) -> QuerySet[Job]:
    """The jobs that are left of it, a batch's callback included, oldest first."""
    steps = Step.objects.filter(workflow=workflow).values("job_id")
    return Job.objects.filter(Q(id__in=steps) | Q(id=workflow.callback_id)).order_by("id")


def _audit(action: str, workflow: Workflow, by: Caller, request_id: str | None, **details: int) -> None:
    audit.record(
        caller=by,
        action=action,
        target_type="workflow",
        target_id=workflow.public_id,
        tenant_id=workflow.tenant_id,
        details={"name": workflow.name, **details},
        request_id=request_id,
    )
