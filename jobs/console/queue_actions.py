"""What an operator does to a queue in the console: POST, then back to the page with a word about it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.methods import POST

from .. import actions as verbs_on_jobs
from .. import policy, queues, reads
from ..overrides import edit, history
from ..overrides.models import SETTINGS, OverrideChange
from ..overrides.values import InvalidOverride
from ..states import Status, parse_status
from . import live
from .access import console_of
from .limits_form import LimitsForm
from .routing import page

QUEUE = r"(?P<queue>[A-Za-z0-9_\-]{1,64})"
HOUR_MS = 3_600_000
LONGEST_GRACE_HOURS = 24 * 365 * 10
MOST_SELECTED = 200


def queue_of(word: str) -> str:
    name = policy.canonical_queue(word)
    if name is None:
        raise Http404(f"There is no queue {word[:64]!r}.")
    return name


def _request_id(request: HttpRequest) -> str | None:
    return getattr(request, "request_id", None)


def back(request: HttpRequest, queue: str) -> HttpResponseBase:
    """To where the form was, if that is a page of ours."""
    live.forget()
    here = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(here, {request.get_host()}, require_https=request.is_secure()):
        return redirect(here)
    return redirect("console:queue", queue)


def pause(request: HttpRequest, queue: str) -> HttpResponseBase:
    name = queue_of(queue)
    reason = request.POST.get("reason", "").strip()
    by, request_id = console_of(request).caller, _request_id(request)
    try:
        changed = queues.pause(queue=name, by=by, reason=reason, request_id=request_id)
    except queues.ReasonTooLong as error:
        messages.error(request, f"{name} is not paused. {error}")
    else:
        messages.success(request, f"{name} is paused." if changed else f"{name} was paused already.")
    return back(request, name)


def resume(request: HttpRequest, queue: str) -> HttpResponseBase:
    name = queue_of(queue)
    changed = queues.resume(queue=name, by=console_of(request).caller, request_id=_request_id(request))
    messages.success(request, f"{name} is resumed." if changed else f"{name} was not paused.")
    return back(request, name)


def retry_failed(request: HttpRequest, queue: str) -> HttpResponseBase:
    name = queue_of(queue)
    ids = queues.retry_failed(queue=name, by=console_of(request).caller, request_id=_request_id(request))
    messages.success(request, f"{len(ids)} failed jobs of {name} run again.")
    return back(request, name)


# --- Clean ----------------------------------------------------------------------------------------
def clean_preview(request: HttpRequest, queue: str) -> HttpResponse:
    """How many jobs the form, as it is filled in, would remove."""
    name = queue_of(queue)
    try:
        status, grace_ms, limit = _clean_options(request.GET)
    except ValueError as error:
        return render(request, "jobs/console/_clean_preview.html", {"problem": str(error)})
    number = queues.cleanable_number(queue=name, status=status, grace_ms=grace_ms, limit=limit)
    context = {"number": number, "status": status, "most": number == limit}
    return render(request, "jobs/console/_clean_preview.html", context)


def clean(request: HttpRequest, queue: str) -> HttpResponseBase:
    name = queue_of(queue)
    try:
        status, grace_ms, limit = _clean_options(request.POST)
    except ValueError as error:
        messages.error(request, f"Nothing was removed: {error}")
        return back(request, name)
    ids = queues.clean(
        queue=name,
        status=status,
        grace_ms=grace_ms,
        limit=limit,
        by=console_of(request).caller,
        request_id=_request_id(request),
    )
    messages.success(request, f"{len(ids)} {status} jobs of {name} are removed.")
    return back(request, name)


def _clean_options(given: QueryDict) -> tuple[Status, int, int]:
    """Raises ValueError with a sentence for the operator."""
    try:
        status = parse_status(given.get("type", "completed"))
    except ValueError:
        status = Status.ACTIVE
    if status not in queues.CLEANABLE:
        raise ValueError(f"choose one of {', '.join(queues.CLEANABLE)}.")
    grace = _number(given.get("grace", "24"), "the age in hours", least=0, most=LONGEST_GRACE_HOURS)
    most = given.get("limit", str(queues.CLEAN_LIMIT))
    limit = _number(most, "the number of jobs", least=1, most=queues.MOST_AT_ONCE)
    return status, round(grace * HOUR_MS), int(limit)


def _number(text: str, what: str, *, least: int, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not least <= value <= most:
        raise ValueError(f"{what} must be a number from {least} to {most}.")
    return value


# --- Limits ---------------------------------------------------------------------------------------
def change_limits(request: HttpRequest, queue: str) -> HttpResponseBase:
    """Answers 422 with the form and its mistakes; else has the page load again."""
    name = queue_of(queue)
    form = LimitsForm.given(request.POST)
    try:
        changed = edit.change(
            queue=name,
            values=form.values(policy.policy_of(name)),
            reason=form.reason,
            by=console_of(request).caller,
            request_id=_request_id(request),
        )
    except InvalidOverride as error:
        context = {"form": form, "errors": error.fields, "queue": name}
        return render(request, "jobs/console/_limits_form.html", context, status=422)
    messages.success(request, _changed(name, changed))
    live.forget()
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return back(request, name)


def revert_limits(request: HttpRequest, queue: str) -> HttpResponseBase:
    name = queue_of(queue)
    settings = request.POST.getlist("setting") or list(SETTINGS)
    try:
        changed = edit.revert(
            queue=name,
            settings=settings,
            reason=request.POST.get("reason", "").strip()[:500],
            by=console_of(request).caller,
            request_id=_request_id(request),
        )
    except InvalidOverride as error:
        messages.error(request, f"Nothing was changed: {error}")
    else:
        messages.success(request, _changed(name, changed))
    return back(request, name)


def _changed(name: str, changed: list[OverrideChange]) -> str:
    if not changed:
        return f"The limits of {name} are as they were."
    return f"{name}: " + ", ".join(history.sentence(item) for item in changed) + "."


# --- Chosen jobs ----------------------------------------------------------------------------------
JOB_VERBS: dict[str, Callable[..., object]] = {
    "retry": verbs_on_jobs.retry,
    "cancel": verbs_on_jobs.cancel,
    "remove": verbs_on_jobs.remove,
}
#: For one job, and for several.
DONE = {
    "retry": ("runs again", "run again"),
    "cancel": ("is cancelled", "are cancelled"),
    "remove": ("is removed", "are removed"),
}


def on_jobs(request: HttpRequest, queue: str) -> HttpResponseBase:
    """One verb on the chosen jobs of this queue."""
    name = queue_of(queue)
    caller = console_of(request).caller
    verb = request.POST.get("verb", "")
    ids = request.POST.getlist("job")[:MOST_SELECTED]
    if verb not in JOB_VERBS:
        messages.error(request, f"There is no action {verb[:30]!r}.")
        return back(request, name)
    jobs = list(reads.visible(caller).filter(queue=name, public_id__in=ids))
    done = JOB_VERBS[verb](jobs=jobs, by=caller, request_id=_request_id(request))
    number = len(done)  # type: ignore[arg-type]
    skipped = len(ids) - number
    text = f"1 job {DONE[verb][0]}." if number == 1 else f"{number} jobs {DONE[verb][1]}."
    if skipped:
        text += f" {skipped} could not be, for their state does not allow it."
    (messages.success if number else messages.warning)(request, text)
    return back(request, name)


actions = [
    page(rf"queues/{QUEUE}/pause", pause, name="queue-pause", methods=POST),
    page(rf"queues/{QUEUE}/resume", resume, name="queue-resume", methods=POST),
    page(rf"queues/{QUEUE}/retry-failed", retry_failed, name="queue-retry-failed", methods=POST),
    page(rf"queues/{QUEUE}/clean/preview", clean_preview, name="queue-clean-preview"),
    page(rf"queues/{QUEUE}/clean", clean, name="queue-clean", methods=POST),
    page(rf"queues/{QUEUE}/limits", change_limits, name="queue-limits", methods=POST),
    page(rf"queues/{QUEUE}/limits/revert", revert_limits, name="queue-limits-revert", methods=POST),
    page(rf"queues/{QUEUE}/jobs", on_jobs, name="queue-jobs", methods=POST),
]
