"""The jobs of a pipeline that are not over, as its pages follow them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from jobs import explain, reads
from jobs.models import Job
from jobs.states import TERMINAL, Status
from jobs.views_of_state import shown_status


@dataclass(frozen=True, kw_only=True)
class Running:
    """A job that is not over. progress is 0 to 100; note says why it does not run, where it does not,
    and due_at until when."""

    id: str
    type: str
    related_id: str
    status: str
    progress: int
    stage: str
    note: str
    due_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.status == Status.ACTIVE


def running_about(tenant_id: str, related: Iterable[str]) -> dict[str, Running]:
    """By the id of what they are about; of several, the newest. The whole organisation sees its pipelines."""
    mine = Job.objects.filter(tenant_id=tenant_id or None, related_id__in=list(related))
    return {job.related_id: job for job in running_jobs(mine)}


def running_jobs(jobs: QuerySet[Job]) -> list[Running]:
    """Those that are not over, the oldest first."""
    open_jobs = jobs.exclude(status__in=[str(status) for status in TERMINAL])
    found = list(open_jobs.defer("data", "result").order_by("id"))
    around = reads.facts_of(job.queue for job in found) if found else {}
    return [_running(job, around[job.queue]) for job in found]


def _running(job: Job, facts: reads.Facts) -> Running:
    paused = frozenset({job.queue}) if facts.paused else frozenset()
    reason = explain.explain(job, facts, waits_for=())
    return Running(
        id=job.public_id,
        type=job.type,
        related_id=job.related_id or "",
        status=str(shown_status(job, paused)),
        progress=job.progress,
        stage=job.stage or "",
        note=(reason.lead or reason.message) if reason else "",
        due_at=reason.at if reason else None,
    )
