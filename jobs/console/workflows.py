"""Workflows and batches in the console: the list, and one of them drawn as a graph."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.methods import POST

from ..links import job_url
from ..models import Job
from ..workflows import actions, graph, reads
from ..workflows.models import Workflow
from ..workflows.reads import Node
from ..workflows.resource import ended, progress_of
from ..workflows.words import Kind, WorkflowStatus
from .access import console_of
from .routing import page

WORKFLOW = r"(?P<workflow_id>[A-Za-z0-9_.:\-]{1,200})"
ON_A_PAGE = 50
#: Steps in the list of one page; a batch may have a thousand, of which the counts tell enough.
MOST_LISTED = 200
#: A drawing up to this width shrinks to the page; a wider one scrolls.
WIDEST_THAT_FITS = 1360
LONGEST_LABEL = 18
KINDS = (("", "All"), (str(Kind.WORKFLOW), "Workflows"), (str(Kind.BATCH), "Batches"))
#: What differs each time it is rendered: form tokens, and ages, which the browser keeps current.
_CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|(?<=>)[^<]*(?=</time>)')
#: Steps that want a look come first where not all are listed.
_URGENT = ("failed", "dead", "active", "cancelled", "removed")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A workflow in the list. active: jobs that run at this moment."""

    workflow: Workflow
    active: int

    @property
    def ended(self) -> int:
        return ended(self.workflow)

    @property
    def progress(self) -> int:
        return progress_of(self.workflow)

    @property
    def stretches(self) -> list[tuple[str, int, int]]:
        """The bar, from left to right: state, where it begins, how many jobs; the rest have not ended."""
        flow = self.workflow
        found, at = [], 0
        for state, number in (
            ("completed", flow.completed),
            ("failed", flow.failed),
            ("cancelled", flow.cancelled + flow.removed),
        ):
            if number:
                found.append((state, at, number))
            at += number
        return found


@dataclass(frozen=True, kw_only=True)
class Chip:
    text: str
    url: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class Box:
    """A step as drawn. label: its name, shortened to fit."""

    node: Node
    place: graph.Place
    label: str
    url: str | None

    @property
    def title(self) -> str:
        waits = f", waits for {', '.join(self.node.needs)}" if self.node.needs else ""
        return f"{self.node.step.name}: {self.node.status}, {self.node.step.type}{waits}"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A step as listed."""

    node: Node
    url: str | None
    seconds: float | None


# --- The list -------------------------------------------------------------------------------------
def index(request: HttpRequest) -> HttpResponse:
    chosen = {key: request.GET.get(key, "").strip()[:200] for key in ("kind", "status", "name")}
    wanted = reads.Search(
        kind=Kind(chosen["kind"]) if chosen["kind"] in set(Kind) else None,
        status=chosen["status"] if chosen["status"] in set(WorkflowStatus) else None,
        name=chosen["name"] or None,
    )
    number = request.GET.get("page", "1")
    at = min(int(number), 10_000) if number.isascii() and number.isdigit() and int(number) else 1
    found = reads.search(console_of(request).caller, wanted)
    rows = list(found[(at - 1) * ON_A_PAGE : at * ON_A_PAGE + 1])
    active = reads.active_counts(rows)
    context = {
        "rows": [Row(workflow=row, active=active.get(row.pk, 0)) for row in rows[:ON_A_PAGE]],
        "previous": _link(chosen, page=str(at - 1)) if at > 1 else None,
        "next": _link(chosen, page=str(at + 1)) if len(rows) > ON_A_PAGE else None,
    }
    here = _link(chosen, page=str(at))
    if request.headers.get("HX-Request"):
        return _live(request, "jobs/console/_workflow_rows.html", context, here, over=False)
    live = _wrapped(request, "jobs/console/_workflow_rows.html", context, here, over=False)
    return render(request, "jobs/console/workflows.html", {"live": live[0], "chosen": chosen, **_chips(chosen)})


def _chips(chosen: dict[str, str]) -> dict[str, list[Chip]]:
    states = [("", "Any state"), *((str(status), str(status).capitalize()) for status in WorkflowStatus)]
    return {
        "kinds": [Chip(text=t, url=_link(chosen, kind=k), current=chosen["kind"] == k) for k, t in KINDS],
        "states": [Chip(text=t, url=_link(chosen, status=s), current=chosen["status"] == s) for s, t in states],
    }


def _link(chosen: dict[str, str], **changes: str) -> str:
    values = {key: value for key, value in (chosen | changes).items() if value and (key, value) != ("page", "1")}
    return reverse("console:workflows") + (f"?{urlencode(values)}" if values else "")


# --- One of them ----------------------------------------------------------------------------------
def show(request: HttpRequest, workflow_id: str) -> HttpResponse:
    row = _found(request, workflow_id)
    context = _context(request, row)
    here, over = reverse("console:workflow", args=[row.public_id]), row.finished_at is not None
    if request.headers.get("HX-Request"):
        return _live(request, "jobs/console/_workflow_live.html", context, here, over=over)
    live = _wrapped(request, "jobs/console/_workflow_live.html", context, here, over=over)
    return render(request, "jobs/console/workflow.html", {"workflow": row, "live": live[0]})


def _context(request: HttpRequest, row: Workflow) -> dict[str, Any]:
    nodes = reads.nodes(row)
    listed = nodes
    if len(nodes) > MOST_LISTED:
        listed = sorted(nodes, key=lambda node: node.status not in _URGENT)[:MOST_LISTED]
    callback = Job.objects.filter(pk=row.callback_id).first() if row.callback_id else None
    active = sum(node.status == "active" for node in nodes)
    return {
        "row": Row(workflow=row, active=active),
        "workflow": row,
        "waiting": row.total - ended(row) - active,
        "drawing": _drawing(nodes) if row.kind == Kind.WORKFLOW and len(nodes) <= graph.MOST_DRAWN else None,
        "items": [Item(node=node, url=_url_of(node), seconds=_seconds(node.job)) for node in listed],
        "unlisted": len(nodes) - len(listed),
        "callback": callback,
        "callback_url": job_url(callback.public_id) if callback else None,
        "may_cancel": row.status == WorkflowStatus.RUNNING and row.cancel_requested_at is None,
        "may_retry": bool(row.failed + row.cancelled),
    }


def _drawing(nodes: list[Node]) -> dict[str, Any]:
    by_name = {node.step.name: node for node in nodes}
    drawn = graph.draw({node.step.name: node.needs for node in nodes})
    return {
        "width": drawn.width,
        "height": drawn.height,
        "fits": drawn.width <= WIDEST_THAT_FITS,
        "node_width": graph.NODE_WIDTH,
        "node_height": graph.NODE_HEIGHT,
        "boxes": [
            Box(node=by_name[p.name], place=p, label=_shortened(p.name), url=_url_of(by_name[p.name]))
            for p in sorted(drawn.places, key=lambda place: by_name[place.name].step.place)
        ],
        "lines": [(line, by_name[line.before].status) for line in drawn.lines],
    }


def _url_of(node: Node) -> str | None:
    return job_url(node.step.public_id) if node.job else None


def _seconds(job: Job | None) -> float | None:
    return job.duration_ms / 1000 if job is not None and job.duration_ms is not None else None


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _found(request: HttpRequest, workflow_id: str) -> Workflow:
    row = reads.find(console_of(request).caller, workflow_id)
    if row is None:
        raise Http404("There is no such workflow.")
    return row


# --- What refreshes itself ------------------------------------------------------------------------
def _wrapped(request: HttpRequest, template: str, context: dict[str, Any], here: str, *, over: bool) -> tuple[str, str]:
    """The fragment in an element that asks for it again, and its version."""
    body = render_to_string(template, context, request)
    version = hashlib.sha256(_CHANGING.sub("", body).encode()).hexdigest()[:16]
    poll = here + ("&" if "?" in here else "?") + urlencode({"seen": version})
    return render_to_string("jobs/console/_workflow_poll.html", {"body": body, "poll": "" if over else poll}), version


def _live(request: HttpRequest, template: str, context: dict[str, Any], here: str, *, over: bool) -> HttpResponse:
    """The fragment for a poll; 204 where the page shows it already."""
    html, version = _wrapped(request, template, context, here, over=over)
    if request.GET.get("seen") == version:
        return HttpResponse(status=204)
    return HttpResponse(html)


# --- What an operator does ------------------------------------------------------------------------
def cancel(request: HttpRequest, workflow_id: str) -> HttpResponseBase:
    row = _found(request, workflow_id)
    changed = actions.cancel(workflow=row, by=console_of(request).caller, request_id=_request_id(request))
    _say(request, len(changed), "cancelled or being stopped", "Nothing was left to cancel.")
    return redirect("console:workflow", workflow_id)


def retry(request: HttpRequest, workflow_id: str) -> HttpResponseBase:
    row = _found(request, workflow_id)
    changed = actions.retry(workflow=row, by=console_of(request).caller, request_id=_request_id(request))
    _say(request, len(changed), "to run again, in order", "Nothing has failed, or its data is no longer kept.")
    return redirect("console:workflow", workflow_id)


def _say(request: HttpRequest, number: int, done: str, nothing: str) -> None:
    if number:
        messages.success(request, f"{number} job{'' if number == 1 else 's'} {done}.")
    else:
        messages.warning(request, nothing)


def _request_id(request: HttpRequest) -> str | None:
    return getattr(request, "request_id", None)


def job_workflow(job: Job) -> dict[str, Any]:
    """For the page of a job: context of `jobs/console/_job_workflow.html`. Empty where it is part of none."""
    found = reads.workflow_of(job)
    if found is None:
        return {}
    row, step = found
    return {
        "job_workflow": row,
        "job_step": step,
        "job_workflow_url": reverse("console:workflow", args=[row.public_id]),
    }


urls = [
    page("workflows", index, name="workflows"),
    page(rf"workflows/{WORKFLOW}/cancel", cancel, name="workflow-cancel", methods=POST),
    page(rf"workflows/{WORKFLOW}/retry", retry, name="workflow-retry", methods=POST),
    page(rf"workflows/{WORKFLOW}", show, name="workflow"),
]
