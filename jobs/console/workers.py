"""The worker processes: what each runs now, what it has room for, and whether it is heard of."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from accounts.methods import POST

from ..health import LiveWorker, workers
from ..links import job_url
from ..models import Job
from ..worker import orders
from . import live
from .access import console_of
from .routing import page

LIVE = "jobs/console/_workers_live.html"
WORKER = r"(?P<worker>[A-Za-z0-9_.:\-]{1,200})"
#: Jobs of one process that are listed; it says how many more there are.
MOST_JOBS = 12


@dataclass(frozen=True, kw_only=True)
class WorkerRow:
    """A worker process with the jobs that it runs."""

    live: LiveWorker
    jobs: list[dict[str, Any]]
    more_jobs: int

    @property
    def busy(self) -> int:
        return sum(self.live.row.busy.values())

    @property
    def slots(self) -> int:
        return sum(self.live.row.slots.values())

    @property
    def queues(self) -> list[dict[str, Any]]:
        row = self.live.row
        return [{"name": name, "slots": size, "busy": row.busy.get(name, 0)} for name, size in row.slots.items()]

    @property
    def state(self) -> str:
        row = self.live.row
        if not self.live.running:
            return "silent"
        if row.stopping or row.wanted == orders.Order.STOP:
            return "stopping"
        if row.wanted == orders.Order.QUIET:
            return "quiet" if row.quiet else "becoming quiet"
        return "resuming" if row.quiet else "running"

    @property
    def tone(self) -> str:
        return {"silent": "bad", "running": "good"}.get(self.state, "warn")

    @property
    def verbs(self) -> list[str]:
        """What can be told to it now."""
        row = self.live.row
        if not self.live.running or row.stopping or row.wanted == orders.Order.STOP:
            return []
        return ["resume" if row.wanted == orders.Order.QUIET else "quiet", "stop"]


def rows() -> list[WorkerRow]:
    """By host and start; those that fell silent last. They leave the list after two minutes."""
    found = workers()
    running = Job.objects.filter(status="active", worker__in=[worker.row.name for worker in found])
    by_worker: dict[str, list[Job]] = {}
    for job in running.only("public_id", "type", "queue", "worker", "started_at", "progress").order_by("started_at"):
        by_worker.setdefault(job.worker or "", []).append(job)
    shown = [_row(worker, by_worker.get(worker.row.name, [])) for worker in found]
    return sorted(shown, key=lambda item: (not item.live.running, item.live.row.host, item.live.row.started_at))


def _row(worker: LiveWorker, jobs: list[Job]) -> WorkerRow:
    listed = [{"job": job, "url": job_url(job.public_id)} for job in jobs[:MOST_JOBS]]
    return WorkerRow(live=worker, jobs=listed, more_jobs=max(0, len(jobs) - MOST_JOBS))


def _context(operates: bool) -> dict[str, Any]:
    found = rows()
    alive = [row for row in found if row.live.running]
    return {
        "rows": found,
        "operates": operates,
        "processes": len(alive),
        "hosts": len({row.live.row.host for row in alive}),
        "busy": sum(row.busy for row in alive),
        "slots": sum(row.slots for row in alive),
        "memory": sum(row.live.row.memory_mb for row in alive),
        "silent": len(found) - len(alive),
    }


def _live(request: HttpRequest) -> tuple[SafeString, str]:
    operates = console_of(request).operates
    return live.fragment(LIVE, operates, lambda: _context(operates))


def show(request: HttpRequest) -> HttpResponse:
    html, version = _live(request)
    if "live" in request.GET:
        return live.respond(request, html, version)
    return render(request, "jobs/console/workers.html", {"live": html, "live_version": version})


TOLD = {
    "quiet": "{} takes no more jobs; what runs there finishes.",
    "resume": "{} takes jobs again.",
    "stop": "{} finishes its jobs and stops; its manager starts another in its place.",
}


def tell(request: HttpRequest, worker: str) -> HttpResponseBase:
    """Quiet, resume or stop one process."""
    verb = request.POST.get("verb", "")
    live.forget()
    if verb not in orders.VERBS:
        messages.error(request, f"There is no action {verb[:30]!r}.")
        return redirect("console:workers")
    request_id = getattr(request, "request_id", None)
    try:
        changed = orders.give(worker=worker, verb=verb, by=console_of(request).caller, request_id=request_id)
    except orders.NoSuchWorker:
        messages.error(request, f"There is no worker {worker} any more.")
        return redirect("console:workers")
    if changed:
        messages.success(request, TOLD[verb].format(worker))
    else:
        messages.info(request, f"{worker} was told so already.")
    return redirect("console:workers")


urls = [
    page("workers", show, name="workers"),
    page(rf"workers/{WORKER}", tell, name="worker", methods=POST),
]
