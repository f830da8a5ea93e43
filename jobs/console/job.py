"""One job: what it is, what became of it, why it is not running, and what may be done about it."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts import audit
from accounts.methods import GET_AND_POST
from accounts.models import AuditEntry

from .. import actions, reads, registry
from ..explain import explain
from ..health import redis_answers
from ..ledger.change import Changed
from ..masking import has_secrets, masked
from ..models import Attempt, Job, LogLine
from ..reads import Facts, with_facts
from ..resource import _expected_end, status_of
from ..states import READY, TERMINAL, Status
from ..submission import PRIORITY_NAMES, parse_priority
from .access import console_of
from .fragments import fragment
from .job_rows import rows_of
from .json_tree import json_tree
from .routing import page
from .timeline import moments, stretches
from .workflows import job_workflow

JOB = r"(?P<job_id>[A-Za-z0-9_.:\-]{1,200})"
LOG_LINES = 500
RELATED = 10


@dataclass(frozen=True, kw_only=True)
class Run:
    """An attempt with its own log lines; times in seconds."""

    attempt: Attempt
    lines: list[LogLine]
    seconds: float | None
    wait: float | None


# --- The page -------------------------------------------------------------------------------------
def show(request: HttpRequest, job_id: str) -> HttpResponse:
    job, facts = _found(request, job_id)
    context = _live(request, job, facts)
    if request.headers.get("X-Part") == "live":
        answer = fragment(request, "jobs/console/_job_live.html", context)
        answer["X-Status"] = str(context["status"])
        return answer
    return render(request, "jobs/console/job.html", context | _still(request, job))


def _found(request: HttpRequest, job_id: str) -> tuple[Job, Facts]:
    job = reads.find(console_of(request).caller, job_id)
    found = with_facts(job.id) if job else None
    if found is None:
        raise Http404("There is no such job: it was removed, or its record has run out.")
    return found


def _live(request: HttpRequest, job: Job, facts: Facts) -> dict[str, Any]:
    """What changes while the job lives."""
    status = status_of(job, facts.paused)
    over = status in TERMINAL
    attempts = list(Attempt.objects.filter(job_id=job.id).order_by("run"))
    life = moments(job, attempts, facts.now)
    reason = explain(job, facts, redis_reachable=redis_answers() if Status(job.status) in READY else None)
    return {
        "job": job,
        "status": status,
        "over": over,
        "reason": reason,
        "moments": life[::-1],
        "stretches": stretches(life, facts.now),
        "runs": _runs(job, attempts),
        "took": job.duration_ms / 1000 if job.duration_ms is not None else None,
        "expected_end": None if over else _expected_end(job, facts.now),
        "data": masked(job.data),
        "data_tree": json_tree(masked(job.data)),
        "data_text": _text(masked(job.data)),
        "data_secret": has_secrets(job.data),
        "result_tree": json_tree(masked(job.result)) if job.result is not None else "",
        "result_text": _text(masked(job.result)),
        "time_limit": job.timeout_ms / 1000,
        "may": _may(job, status),
        "priorities": PRIORITY_NAMES,
    }


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _runs(job: Job, attempts: list[Attempt]) -> list[Run]:
    """Newest first; each with the lines that it wrote."""
    lines: dict[int, list[LogLine]] = {}
    for line in reversed(LogLine.objects.filter(job_id=job.id).order_by("-id")[:LOG_LINES]):
        lines.setdefault(line.run, []).append(line)
    return [
        Run(
            attempt=item,
            lines=lines.get(item.run, []),
            seconds=None if item.duration_ms is None else item.duration_ms / 1000,
            wait=None if item.next_delay_ms is None else item.next_delay_ms / 1000,
        )
        for item in reversed(attempts)
    ]


def _may(job: Job, status: Status) -> dict[str, bool]:
    """What the job's state lets be done to it."""
    open_ = status not in TERMINAL
    known = any(kind.name == job.type for kind in registry.all_types())
    return {
        "retry": status in {Status.FAILED, Status.CANCELLED, Status.DEAD} and not job.archived,
        "force": status is Status.DEAD,
        "cancel": open_ and job.cancel_requested_at is None,
        "run_now": status is Status.DELAYED and job.delay_reason != "dependency",
        "bury": status is Status.FAILED,
        "prioritise": open_ and status is not Status.ACTIVE,
        "rerun": known and not job.archived,
    }


def _still(request: HttpRequest, job: Job) -> dict[str, Any]:
    """What is looked up once, when the page opens."""
    caller = console_of(request).caller
    seen = reads.visible(caller).defer("data", "result").order_by("-id")
    related = seen.filter(related_id=job.related_id).exclude(pk=job.pk)[:RELATED] if job.related_id else []
    original = reads.find(caller, job.rerun_of) if job.rerun_of else None
    return {
        "related": rows_of(list(related)),
        "repeats": rows_of(list(seen.filter(rerun_of=job.public_id)[:RELATED])),
        "original": rows_of([original])[0] if original else None,
        "changes": changes(masked(original.data), masked(job.data)) if original and not original.archived else [],
        "entries": AuditEntry.objects.filter(target_type="job", target_id=job.public_id).order_by("-at", "-id")[:20],
        **job_workflow(job),
    }


# --- What two payloads differ in -------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Change:
    path: str
    before: str | None
    after: str | None


def changes(before: Any, after: Any) -> list[Change]:
    old, new = dict(_leaves(before)), dict(_leaves(after))
    paths = [*old, *(path for path in new if path not in old)]
    return [
        Change(path=path, before=old.get(path), after=new.get(path)) for path in paths if old.get(path) != new.get(path)
    ]


def _leaves(value: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in _leaves(item, f"{path}.{key}".lstrip("."))]
    if isinstance(value, list) and value:
        return [leaf for number, item in enumerate(value) for leaf in _leaves(item, f"{path}[{number}]")]
    return [(path, json.dumps(value, ensure_ascii=False))]


# --- Actions --------------------------------------------------------------------------------------
def act(request: HttpRequest, job_id: str, verb: str) -> HttpResponse:
    """POST only: a GET leads back to the job and changes nothing."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("console:job", args=[job_id]))
    job, _ = _found(request, job_id)
    common: dict[str, Any] = {
        "jobs": [job],
        "by": console_of(request).caller,
        "request_id": getattr(request, "request_id", None),
    }
    changed = _do(request, verb, common)
    if changed is None:
        messages.error(request, "The priority must be a whole number from 0 to 1000, or low, normal, high, urgent.")
    elif changed:
        messages.success(request, _done(verb, changed[0]))
    else:
        messages.warning(
            request,
            f"The job is {Job.objects.filter(pk=job.pk).values_list('status', flat=True).first()}"
            " by now, which does not allow this.",
        )
    if verb == "remove" and changed:
        return HttpResponseRedirect(reverse("console:jobs"))
    return HttpResponseRedirect(reverse("console:job", args=[job_id]))


def _do(request: HttpRequest, verb: str, common: dict[str, Any]) -> list[Changed] | None:
    """What the verb changed; None for a priority that is none."""
    if verb == "retry":
        return actions.retry(force=request.POST.get("force") == "true", **common)
    if verb == "cancel":
        return actions.cancel(**common)
    if verb == "bury":
        return actions.bury(**common)
    if verb == "run-now":
        return actions.run_now(**common)
    if verb == "remove":
        return actions.remove(force=request.POST.get("force") == "true", **common)
    try:
        return actions.reprioritise(priority=priority_of(request.POST.get("priority", "")), **common)
    except ValueError:
        return None


def priority_of(word: str) -> int:
    """Raises ValueError."""
    return parse_priority(int(word) if word.strip().isascii() and word.strip().isdigit() else word.strip())


_DONE = {
    "retry": "The job waits to run again.",
    "cancel": "The job is cancelled.",
    "bury": "The job is dead: bulk retries leave it alone.",
    "run-now": "The job runs as soon as a slot is free.",
    "remove": "The job is removed.",
    "priority": "The job has its new priority.",
}


def _done(verb: str, changed: Changed) -> str:
    return "The worker is stopping the job." if verb == "cancel" and changed.status is Status.ACTIVE else _DONE[verb]


def reveal(request: HttpRequest, job_id: str) -> HttpResponse:
    """The payload and the result with their secrets, once; the audit trail remembers who looked."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("console:job", args=[job_id]))
    job, _ = _found(request, job_id)
    audit.record(
        caller=console_of(request).caller,
        action="job.reveal",
        target_type="job",
        target_id=job.public_id,
        tenant_id=job.tenant_id,
        details={"queue": job.queue, "type": job.type},
        request_id=getattr(request, "request_id", None),
    )
    context = {"job": job, "tree": json_tree(job.data), "text": _text(job.data), "id": "data-text"}
    return render(request, "jobs/console/_json.html", context)


urls = [
    page(
        f"jobs/{JOB}/(?P<verb>retry|cancel|bury|run-now|remove|priority)", act, name="job-action", methods=GET_AND_POST
    ),
    page(f"jobs/{JOB}/reveal", reveal, name="job-reveal", methods=GET_AND_POST),
    page(f"jobs/{JOB}", show, name="job"),
]
