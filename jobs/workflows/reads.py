"""Reading workflows: whose they are, and how their jobs stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from accounts.callers import Caller

from ..models import Job
from ..reads import visible_to
from ..states import Status
from ..views_of_state import paused_queues, shown_status
from .models import Dependency, Step, Workflow
from .words import REMOVED, Kind


def visible(caller: Caller) -> QuerySet[Workflow]:
    """As jobs: all, those of the caller's organisations, or their own."""
    return Workflow.objects.filter(visible_to(caller))


def find(caller: Caller, public_id: str, *, kind: Kind | None = None) -> Workflow | None:
    found = visible(caller).filter(public_id=public_id)
    return (found if kind is None else found.filter(kind=kind)).first()


@dataclass(frozen=True, kw_only=True)
class Search:
    """What to look for; None matches everything."""

    kind: Kind | None = None
    status: str | None = None
    name: str | None = None
    user_id: str | None = None
    tenant_id: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


def search(caller: Caller, wanted: Search) -> QuerySet[Workflow]:
    """Newest first. name: part of it, in any case."""
    found = visible(caller)
    for field, value in (
        ("kind", wanted.kind),
        ("status", wanted.status),
        ("name__icontains", wanted.name),
        ("user_id", wanted.user_id),
        ("tenant_id", wanted.tenant_id),
        ("created_at__gte", wanted.created_after),
        ("created_at__lt", wanted.created_before),
    ):
        if value is not None:
            found = found.filter(**{field: value})
    return found.order_by("-id")


def active_counts(workflows: Iterable[Workflow]) -> dict[int, int]:
    """Jobs that run at this moment, by workflow key."""
    running = [row.pk for row in workflows if row.finished_at is None]
    if not running:
        return {}
    unfinished = Step.objects.filter(workflow__in=running, outcome=None).values("job_id")
    active = Job.objects.filter(id__in=unfinished, status=Status.ACTIVE).values("id")
    counted = Step.objects.filter(workflow__in=running, job_id__in=active).values("workflow_id")
    return dict(counted.annotate(number=Count("id")).values_list("workflow_id", "number"))


@dataclass(frozen=True, kw_only=True)
class Node:
    """A step, its job as it is now (None once removed), and the names of the steps it waits for.

    others: public ids of jobs outside the workflow that it depends on.
    """

    step: Step
    job: Job | None
    status: str
    needs: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def nodes(workflow: Workflow) -> list[Node]:
    """The steps in order."""
    steps = list(Step.objects.filter(workflow=workflow).order_by("place"))
    jobs = Job.objects.defer("data", "result").in_bulk([step.job_id for step in steps])
    names = {step.job_id: step.name for step in steps}
    edges: dict[int, list[Dependency]] = {}
    for edge in Dependency.objects.filter(job_id__in=list(names)).order_by("id"):
        edges.setdefault(edge.job_id, []).append(edge)
    paused = paused_queues()
    return [_node(step, jobs.get(step.job_id), edges.get(step.job_id, ()), names, paused) for step in steps]


def _node(
    step: Step, job: Job | None, edges: Sequence[Dependency], names: dict[int, str], paused: frozenset[str]
) -> Node:
    return Node(
        step=step,
        job=job,
        status=str(shown_status(job, paused)) if job else (step.outcome or REMOVED),
        needs=tuple(names[edge.depends_on_id] for edge in edges if edge.depends_on_id in names),
        others=tuple(edge.depends_on for edge in edges if edge.depends_on_id not in names),
    )


def workflow_of(job: Job) -> tuple[Workflow, Step] | None:
    """The workflow or batch a job is a step of, and the step."""
    step = Step.objects.filter(job_id=job.pk).select_related("workflow").first() if job.followed else None
    return (step.workflow, step) if step else None


def results_for(job_key: int) -> dict[str, object]:
    """What the jobs it depends on returned, by their names in the workflow, else by id; None without a result."""
    edges = list(Dependency.objects.filter(job_id=job_key).order_by("id"))
    results = dict(
        Job.objects.filter(id__in=[edge.depends_on_id for edge in edges], status=Status.COMPLETED).values_list(
            "id", "result"
        )
    )
    return {edge.name or edge.depends_on: results.get(edge.depends_on_id) for edge in edges}
