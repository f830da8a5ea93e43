"""Running a whole workflow in the process that declared it, where USE_QUEUE_PROCESSING is off."""

from ..direct import run_here
from ..models import Job
from ..states import Status
from .actions import members
from .models import Workflow


def run_workflow_here(workflow: Workflow) -> None:
    """Run what is released, in order, until nothing more is. What waits for a retry stays, as single jobs do."""
    tried: set[int] = set()
    while ready := _ready(workflow, tried):
        for key, queue in ready:
            tried.add(key)
            run_here(key, queue)


def _ready(workflow: Workflow, tried: set[int]) -> list[tuple[int, str]]:
    waiting: list[Job] = list(members(workflow).filter(status=Status.WAITING).only("id", "queue"))
    return [(job.id, job.queue) for job in waiting if job.id not in tried]
