"""The editor that runs a job again with another payload: checked against the type's own schema."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST

from .. import reads, registry
from ..actions import JobIdInUse
from ..api.parsing import strict_object
from ..api.problems import BadJson
from ..limits import TooManyWaiting
from ..masking import masked, restored
from ..models import Job
from ..payloads import InvalidPayload
from ..rerun import fields_of, rerun
from ..submission import PRIORITY_NAMES, Refused, Unmet
from .access import console_of
from .job import JOB, priority_of
from .routing import page


def edit(request: HttpRequest, job_id: str) -> HttpResponse:
    job = reads.find(console_of(request).caller, job_id)
    if job is None:
        raise Http404("There is no such job: it was removed, or its record has run out.")
    try:
        kind = registry.get(job.type)
    except registry.UnknownType:
        kind = None
    if kind is None or kind.internal or job.archived:
        messages.warning(request, "This job cannot be repeated: its payload or the code of its type is gone.")
        return HttpResponseRedirect(reverse("console:job", args=[job_id]))
    text = json.dumps(masked(job.data), indent=2, ensure_ascii=False)
    problems: dict[str, str] = {}
    if request.method == "POST":
        text = request.POST.get("data", "")
        handle, problems = _run(request, job, text)
        if handle:
            messages.success(request, "The new job is enqueued. The old one stays as it is.")
            return HttpResponseRedirect(reverse("console:job", args=[handle]))
    return render(
        request,
        "jobs/console/rerun.html",
        _context(job, kind, text, problems, request),
        status=422 if problems else 200,
    )


def _context(
    job: Job, kind: registry.JobType, text: str, problems: dict[str, str], request: HttpRequest
) -> dict[str, Any]:
    fields = fields_of(kind.payload)
    heads = {field.name for field in fields}
    rows = [(field, [text for name, text in problems.items() if name.split(".")[0] == field.name]) for field in fields]
    return {
        "job": job,
        "text": text,
        "lines": min(30, max(8, text.count("\n") + 2)),
        "fields": rows,
        "problems": [(name, text) for name, text in problems.items() if name.split(".")[0] not in heads],
        "failed": bool(problems),
        "priorities": PRIORITY_NAMES,
        "priority": request.POST.get("priority", str(job.priority)),
    }


def _run(request: HttpRequest, job: Job, text: str) -> tuple[str | None, dict[str, str]]:
    """The new job's id, or the problems by field."""
    try:
        # As strictly as the API: a second spelling of JSON would let in what cannot be stored.
        edited = strict_object(text.encode())
    except BadJson as error:
        return None, {"payload": str(error).removeprefix("The body ")}
    try:
        word = request.POST.get("priority", "")
        priority = job.priority if word == str(job.priority) else priority_of(word)
    except ValueError as error:
        return None, {"priority": str(error)}
    try:
        handle = rerun(
            job=job,
            data=restored(edited, job.data),
            by=console_of(request).caller,
            priority=priority,
            request_id=getattr(request, "request_id", None),
        )
    except InvalidPayload as error:
        return None, error.fields
    except (Refused, Unmet, TooManyWaiting, JobIdInUse) as error:
        return None, {"job": str(error)}
    return handle.id, {}


urls = [page(f"jobs/{JOB}/rerun", edit, name="job-rerun", methods=GET_AND_POST)]
