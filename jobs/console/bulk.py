"""Actions on a selection, done at once, and on all that a search finds, previewed and done as a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.methods import GET_AND_POST

from .. import actions, reads
from ..bulk.start import start
from ..ledger.change import Changed
from ..links import job_url
from ..models import Job
from ..search import engine
from ..search.language import parse
from ..submission import PRIORITY_NAMES
from .access import console_of
from .job import priority_of
from .job_rows import rows_of
from .routing import page

#: Jobs of one selection: more than a page holds, and few enough for one transaction.
MOST_SELECTED = 500
SAMPLE = 8
#: From so many jobs on, a destructive action wants its own name typed.
TYPED_FROM = 1000


@dataclass(frozen=True, kw_only=True)
class Verb:
    """An action in words. `only`: the states it changes; jobs in others are skipped."""

    name: str
    label: str
    done: str
    only: str
    destructive: bool = False
    #: Asks before it acts on a hand-made selection as well.
    asks: bool = False


VERBS = {
    verb.name: verb
    for verb in (
        Verb(name="retry", label="Retry", done="wait to run again", only="failed and cancelled jobs"),
        Verb(name="cancel", label="Cancel", done="are cancelled", only="jobs that have not ended", destructive=True),
        Verb(name="run-now", label="Run now", done="run as soon as slots are free", only="delayed jobs"),
        Verb(
            name="priority",
            label="Change priority",
            done="have their new priority",
            only="jobs that have not started",
            asks=True,
        ),
        Verb(
            name="bury",
            label="Bury",
            done="are dead: bulk retries leave them alone",
            only="failed jobs",
            destructive=True,
        ),
        Verb(
            name="remove",
            label="Remove",
            done="are removed",
            only="jobs that are not running",
            destructive=True,
            asks=True,
        ),
    )
}


def act(request: HttpRequest) -> HttpResponse:
    """POST only. Without `confirm`, what needs to be asked is asked first."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("console:jobs"))
    verb = VERBS.get(request.POST.get("action", ""))
    if verb is None:
        messages.error(request, "There is no such action.")
        return HttpResponseRedirect(_back(request))
    everything = request.POST.get("scope") == "all"
    ids = [] if everything else request.POST.getlist("id")[:MOST_SELECTED]
    if not everything and not ids:
        messages.warning(request, "Select the jobs first.")
        return HttpResponseRedirect(_back(request))
    confirmed = request.POST.get("confirm") == "yes"
    if not confirmed and (everything or verb.asks):
        return _preview(request, verb, ids)
    priority = _priority(request, verb)
    if isinstance(priority, str):
        return _preview(request, verb, ids, problem=priority)
    return _everything(request, verb, priority) if everything else _selected(request, verb, ids, priority)


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    fine = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if fine else reverse("console:jobs")


def _priority(request: HttpRequest, verb: Verb) -> int | str | None:
    """The number, None where the verb takes none, or the sentence that says what is wrong."""
    if verb.name != "priority":
        return None
    try:
        return priority_of(request.POST.get("priority", ""))
    except ValueError as error:
        return f"The priority {error}."


# --- Before -----------------------------------------------------------------------------------------
def _preview(request: HttpRequest, verb: Verb, ids: Sequence[str], *, problem: str = "") -> HttpResponse:
    caller = console_of(request).caller
    if ids:
        jobs = list(reads.visible(caller).filter(public_id__in=list(ids)).defer("data", "result").order_by("-id"))
        total, exact, sample = len(jobs), True, jobs[:SAMPLE]
        query = parse("")
    else:
        query = parse(request.POST.get("q", ""))
        found = engine.find(caller, query, limit=SAMPLE)
        total, exact, sample = found.total or 0, found.total_exact, found.jobs()
    # A search that was not understood would find too much.
    problem = problem or (query.problems[0] if query.problems else "")
    return render(
        request,
        "jobs/console/bulk.html",
        {
            "verb": verb,
            "ids": ids,
            "query": query,
            "total": total,
            "total_text": f"{total:,}{'' if exact else '+'}",
            "expected": total if exact else 0,
            "rows": rows_of(sample),
            "typed": _wants_word(verb, total, exact),
            "priorities": PRIORITY_NAMES,
            "back": _back(request),
            "problem": problem,
            "refused": bool(query.problems),
        },
        status=422 if problem else 200,
    )


def _wants_word(verb: Verb, total: int, exact: bool) -> bool:
    return verb.destructive and (total > TYPED_FROM or not exact)


# --- The deed ---------------------------------------------------------------------------------------
def _selected(request: HttpRequest, verb: Verb, ids: Sequence[str], priority: int | None) -> HttpResponse:
    caller = console_of(request).caller
    jobs = list(reads.visible(caller).filter(public_id__in=list(ids)).only("id", "public_id"))
    changed = apply(
        verb=verb.name,
        jobs=jobs,
        priority=priority,
        force=request.POST.get("force") == "true",
        by=caller,
        request_id=getattr(request, "request_id", None),
    )
    number = f"{len(changed)} of {len(ids)} jobs" if len(changed) != len(ids) else f"{len(ids)} jobs"
    number = "The job" if len(changed) == len(ids) == 1 else number
    done = verb.done if number != "The job" else _singular(verb.done)
    if len(changed) == len(ids):
        messages.success(request, f"{number} {done}.")
    else:
        messages.warning(request, f"{number} {verb.done}. Only {verb.only} can be.")
    return HttpResponseRedirect(_back(request))


def _singular(text: str) -> str:
    first, _, rest = text.partition(" ")
    return f"{ {'are': 'is', 'have': 'has', 'wait': 'waits', 'run': 'runs'}[first] } {rest}".strip()


def apply(
    *, verb: str, jobs: Sequence[Job], priority: int | None, force: bool, by: Any, request_id: str | None
) -> list[Changed]:
    common: dict[str, Any] = {"jobs": jobs, "by": by, "request_id": request_id}
    if verb == "retry":
        return actions.retry(force=force, **common)
    if verb == "priority":
        return actions.reprioritise(priority=priority or 0, **common)
    plain = {"cancel": actions.cancel, "run-now": actions.run_now, "bury": actions.bury, "remove": actions.remove}
    return plain[verb](**common)


def _everything(request: HttpRequest, verb: Verb, priority: int | None) -> HttpResponse:
    caller = console_of(request).caller
    query = parse(request.POST.get("q", ""))
    if query.problems:
        return _preview(request, verb, [])
    # Counted again: what is agreed to is what is there now.
    found = engine.find(caller, query, limit=1)
    total = found.total or 0
    if _wants_word(verb, total, found.total_exact) and request.POST.get("word", "").strip().lower() != verb.name:
        return _preview(request, verb, [], problem=f"Type {verb.name} to confirm.")
    handle = start(
        action=verb.name,
        query=query.text,
        by=caller,
        expected=total if found.total_exact else 0,
        priority=priority,
        force=request.POST.get("force") == "true",
        request_id=getattr(request, "request_id", None),
    )
    messages.success(request, f"{verb.label} has begun. This page follows it; it can be cancelled here.")
    return HttpResponseRedirect(job_url(handle.id))


urls = [page("bulk", act, name="bulk", methods=GET_AND_POST)]
