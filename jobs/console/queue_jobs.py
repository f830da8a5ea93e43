"""The jobs on a queue's page: a tab per state, a page of rows, live."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.callers import Caller

from .. import reads
from ..links import console_url, job_url
from ..models import Job
from ..states import COUNT_KEYS, Status
from ..views_of_state import Counts, all_counts
from . import live
from .access import Access

PER_PAGE = 25
LAST_PAGE = 400
TABLE = "jobs/console/_queue_jobs.html"
#: In the order of a job's life.
TABS = (
    Status.WAITING,
    Status.PAUSED,
    Status.RATE_LIMITED,
    Status.DELAYED,
    Status.ACTIVE,
    Status.COMPLETED,
    Status.FAILED,
    Status.DEAD,
    Status.CANCELLED,
)
VERBS = {
    Status.FAILED: ("retry", "remove"),
    Status.DEAD: ("remove",),
    Status.CANCELLED: ("retry", "remove"),
    Status.COMPLETED: ("remove",),
    Status.ACTIVE: ("cancel",),
}
VERBS_BEFORE_THE_START = ("cancel", "remove")
TITLES = {"retry": ("Retry", "refresh"), "cancel": ("Cancel", "ban"), "remove": ("Remove", "trash")}


@dataclass(frozen=True, kw_only=True)
class View:
    """Which rows of a queue are wanted."""

    queue: str
    tab: Status
    number: int = 1

    def url(self, **more: str) -> str:
        query = {"tab": str(self.tab), **({"page": str(self.number)} if self.number > 1 else {}), **more}
        return f"{reverse('console:queue', args=[self.queue])}?{urlencode(query)}"


def asked_for(request: HttpRequest, queue: str, caller: Caller) -> View:
    """What the address names; else the first tab that holds something worth a look."""
    word, number = request.GET.get("tab", ""), request.GET.get("page", "1")
    tab = Status(word) if word in TABS else _first(all_counts()[queue])
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1
    return View(queue=queue, tab=tab, number=min(max(page, 1), LAST_PAGE))


def _first(counts: Counts) -> Status:
    order = (Status.ACTIVE, Status.WAITING, Status.PAUSED, Status.RATE_LIMITED, Status.FAILED, Status.DEAD)
    return next((tab for tab in order if counts[COUNT_KEYS[tab]]), Status.COMPLETED)


def table(view: View, access: Access) -> tuple[SafeString, str]:
    """Tabs with their counts, and the rows. All who may see the console see the same jobs."""
    key = (view, access.operates)
    return live.fragment(TABLE, key, lambda: _context(view, access))


def _context(view: View, access: Access) -> dict[str, Any]:
    counts = all_counts()[view.queue]
    at = (view.number - 1) * PER_PAGE
    found = list(reads.in_queue(access.caller, view.queue, [view.tab]).defer("data", "result")[at : at + PER_PAGE + 1])
    more = len(found) > PER_PAGE
    verbs = VERBS.get(view.tab, VERBS_BEFORE_THE_START) if access.operates else ()
    return {
        "queue": view.queue,
        "tab": view.tab,
        "tabs": [_tab(view, tab, counts) for tab in TABS if tab is not Status.PAUSED or counts["paused"]],
        "rows": [_row(job, view.tab) for job in found[:PER_PAGE]],
        "verbs": [(verb, *TITLES[verb]) for verb in verbs],
        "moment": MOMENTS.get(view.tab, "Created"),
        "first": at + 1,
        "last": at + min(len(found), PER_PAGE),
        "total": counts[COUNT_KEYS[view.tab]],
        "search_url": console_url("jobs", q=f"queue:{view.queue} status:{view.tab}"),
        "before": replace(view, number=view.number - 1).url() if view.number > 1 else None,
        "after": replace(view, number=view.number + 1).url() if more and view.number < LAST_PAGE else None,
    }


def _tab(view: View, tab: Status, counts: Counts) -> dict[str, Any]:
    number = counts[COUNT_KEYS[tab]]
    return {"name": tab, "number": number, "url": View(queue=view.queue, tab=tab).url(), "current": tab is view.tab}


#: What the moment shown of a job in this state is.
MOMENTS = {
    Status.ACTIVE: "Started",
    Status.COMPLETED: "Completed",
    Status.FAILED: "Failed",
    Status.DEAD: "Dead since",
    Status.CANCELLED: "Cancelled",
    Status.DELAYED: "Due",
    Status.RATE_LIMITED: "Earliest start",
}


def _row(job: Job, tab: Status) -> dict[str, Any]:
    return {
        "job": job,
        "url": job_url(job.public_id),
        "moment": _moment(job, tab),
        "seconds": None if job.duration_ms is None else job.duration_ms / 1000,
    }


def _moment(job: Job, tab: Status) -> datetime | None:
    if tab is Status.ACTIVE:
        return job.started_at
    if tab in {Status.DELAYED, Status.RATE_LIMITED}:
        return job.run_at
    return job.finished_at or job.created_at
