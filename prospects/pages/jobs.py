"""Jobs on the pages of this app: started by a button, followed while they run, listed where they belong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jobs import library, reads, registry
from jobs.explain import explain
from jobs.handle import JobHandle
from jobs.limits import TooManyWaiting
from jobs.links import job_url
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.reads import with_facts
from jobs.states import TERMINAL, Status
from jobs.submission import Refused
from jobs.views_of_state import shown_status

from .access import Desk, desk_of, page

MOST_LISTED = 12
JOB = r"(?P<job_id>[A-Za-z0-9_.:\-]{1,200})"
#: Types as a person says them.
TITLES = {
    "data-enrichment": "Enrichment",
    "business-enrichment": "Business enrichment",
    "contact-enrichment": "Contact enrichment",
    "buying-signals": "Buying signals",
    "buying-signals-mail": "Mail about signals",
    "scoring": "Lead score",
    "health-scores": "Health score",
    "prospect-scores": "Prospect score",
    "match-companies": "Matching",
    "ucc-ingestion": "Filings",
    "import-rows": "Import",
    "research": "Research",
    "report": "Report",
    "batch-report": "Price derivation",
    "research-document": "Research as PDF",
    "index-import": "Import of values",
    "index-fetch": "Fetch of values",
    "index-ingestion": "Values",
    "calculation": "Calculation",
    "repeat-calculation": "Check of every digit",
}


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """A job as one line: what it is, how it stands, how far it is."""

    id: str
    title: str
    status: str
    is_over: bool
    progress: int
    stage: str
    #: Why it is not running, or what went wrong; empty where nothing is to be said.
    note: str
    created_at: datetime
    finished_at: datetime | None
    #: Where the job itself can be looked at; None for who may not open the console.
    console_url: str | None


def offered(type_name: str) -> bool:
    """Whether this server can run jobs of the type."""
    try:
        registry.get(type_name)
    except registry.UnknownType:
        return False
    return True


def about(desk: Desk, *related: str, job_ids: Sequence[str] = ()) -> list[JobLine]:
    """The viewer's jobs about an entity, newest first."""
    mine = reads.visible(desk.caller).filter(tenant_id=desk.caller.tenant_id)
    wanted = Q(related_id__in=list(related)) | Q(public_id__in=list(job_ids))
    return [line_of(job, desk) for job in mine.filter(wanted).defer("data", "result").order_by("-id")[:MOST_LISTED]]


def line_of(job: Job, desk: Desk, *, note: str = "") -> JobLine:
    status = shown_status(job)
    return JobLine(
        id=job.public_id,
        title=TITLES.get(job.type, job.type),
        status=str(status),
        is_over=status in TERMINAL,
        progress=job.progress,
        stage=job.stage or "",
        note=note or (job.error_message or "" if status in {Status.FAILED, Status.DEAD} else ""),
        created_at=job.created_at,
        finished_at=job.finished_at,
        console_url=job_url(job.public_id) if desk.user.is_staff else None,
    )


def start(request: HttpRequest, type_name: str, data: Mapping[str, Any]) -> JobHandle | None:
    """Enqueue a job as the viewer. None, with a message that says why, where it cannot be."""
    desk = desk_of(request)
    try:
        return library.enqueue(type_name, data, by=desk.caller, correlation_id=getattr(request, "request_id", None))
    except registry.UnknownType:
        messages.error(request, f"This server runs no {type_name} jobs.")
    except InvalidPayload as error:
        messages.error(request, "; ".join(f"{name} {text}" for name, text in error.fields.items()))
    except (Refused, TooManyWaiting) as error:
        messages.error(request, str(error))
    return None


def show(request: HttpRequest, job_id: str) -> HttpResponse:
    """The line of one job, asked for again whenever the job has changed.

    `was=open` says that the page shows it as running; if it has ended since, the page is told, so
    that what the job has brought appears.
    """
    desk = desk_of(request)
    job = reads.find(desk.caller, job_id)
    found = with_facts(job.pk) if job else None
    if found is None:
        raise Http404
    fresh, facts = found
    reason = explain(fresh, facts, redis_reachable=None)
    line = line_of(fresh, desk, note=reason.message if reason and fresh.status != Status.ACTIVE else "")
    answer = render(request, "prospects/_job.html", {"job": line})
    if line.is_over and request.GET.get("was") == "open":
        answer["HX-Trigger"] = "job-ended"
    return answer


urls = [page(f"jobs/{JOB}", show, name="job")]
