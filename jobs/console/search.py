"""The list of jobs: a search box whose every state is a link."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from .. import policy, registry
from ..links import job_url
from ..models import Job
from ..search.language import FIELDS, chips, from_fields, parse, with_term
from ..search.qualifiers import QUALIFIERS
from ..states import COUNT_KEYS, Status
from ..views_of_state import all_counts
from .fragments import fragment
from .job_rows import search_url, table_of
from .routing import page


@dataclass(frozen=True, kw_only=True)
class Chip:
    text: str
    url: str
    current: bool = False
    count: int | None = None
    state: str = ""


def show(request: HttpRequest) -> HttpResponse:
    fields = {name: request.GET.get(name, "") for name in ("q", *FIELDS) if name in request.GET}
    text = from_fields(fields)
    if set(fields) - {"q"}:
        # Plain form fields become part of the text, so that the address says all there is.
        return HttpResponseRedirect(search_url(text))
    if (only := _named(text)) is not None:
        return HttpResponseRedirect(job_url(only))
    table = table_of(request, text)
    if request.headers.get("HX-Request"):
        return fragment(request, "jobs/console/_job_table.html", {"table": table})
    return render(
        request,
        "jobs/console/jobs.html",
        {
            "table": table,
            "text": text,
            "states": list(_states(text)),
            "chips": [Chip(text=typed, url=search_url(rest)) for typed, rest in chips(text)],
            "qualifiers": QUALIFIERS.values(),
            "suggestions": _suggestions(),
            "seen": "",
        },
    )


def _named(text: str) -> str | None:
    """The job whose whole id was typed or pasted: that is a wish to see it."""
    if not text or " " in text or len(text) > 200:
        return None
    return Job.objects.filter(public_id=text).values_list("public_id", flat=True).first()


def _states(text: str) -> Iterable[Chip]:
    """A link per state, with the number of its jobs in all queues."""
    counts: dict[str, int] = {}
    for numbers in all_counts().values():
        for key, number in numbers.items():
            counts[key] = counts.get(key, 0) + number
    chosen = {value for term in parse(text).named("status") if not term.negated for value in term.values}
    yield Chip(text="All", url=search_url(with_term(text, "status", None)), current=not chosen)
    for status, key in COUNT_KEYS.items():
        yield Chip(
            text=str(status),
            url=search_url(with_term(text, "status", str(status))),
            current=str(status) in chosen,
            count=counts.get(key, 0),
            state=str(status),
        )


def _suggestions() -> dict[str, list[str]]:
    """Values that the search box offers after a qualifier."""
    return {
        "status": [str(status) for status in Status],
        "queue": list(policy.policies()),
        "type": [kind.name for kind in registry.all_types(internal=True)],
        "errorClass": ["RATE_LIMIT", "NETWORK_ERROR", "JUDGE_REJECTION", "API_ERROR", "VALIDATION_ERROR", "UNKNOWN"],
        "created": [">1h", ">24h", ">7d"],
        "priority": ["urgent", "high", "normal", "low"],
    }


urls = [page("jobs", show, name="jobs")]
