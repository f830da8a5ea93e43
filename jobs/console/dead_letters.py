"""Dead letters: what failed for good, by the reason, with what may be done about it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Max, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from .. import policy
from ..dead_letters import Filter, dead_letters
from ..errors import ErrorClass
from ..models import Job
from ..states import Status
from .access import console_of
from .job_rows import table_of
from .routing import page

#: Failures grouped at most: the latest.
MOST_GROUPED = 1000
AGES = {"1h": "Last hour", "24h": "Last day", "7d": "Last week"}


@dataclass(frozen=True, kw_only=True)
class Group:
    error_class: str
    number: int
    queues: int
    latest: object
    url: str
    current: bool


def show(request: HttpRequest) -> HttpResponse:
    given = {name: request.GET.get(name, "") for name in ("queue", "type", "errorClass", "status", "age")}
    given["queue"] = policy.canonical_queue(given["queue"]) or ""
    if given["errorClass"] not in list(ErrorClass):
        given["errorClass"] = ""
    if given["status"] not in {"failed", "dead"}:
        given["status"] = ""
    if given["age"] not in AGES:
        given["age"] = ""
    groups, more = _groups(request, given)
    return render(
        request,
        "jobs/console/dead_letters.html",
        {
            "table": table_of(request, _text(given)),
            "groups": groups,
            "more": more,
            "given": given,
            "queues": list(policy.policies()),
            "ages": AGES,
            "filtered": any(given.values()),
        },
    )


def _text(given: dict[str, str]) -> str:
    """The same selection as a search, which bulk actions take."""
    parts = [f"status:{given['status'] or 'failed,dead'}"]
    parts += [f"{name}:{given[name]}" for name in ("queue", "type", "errorClass") if given[name]]
    return " ".join([*parts, *([f"finished:>{given['age']}"] if given["age"] else [])])


def _groups(request: HttpRequest, given: dict[str, str]) -> tuple[list[Group], bool]:
    status = Status(given["status"]) if given["status"] else None
    latest = dead_letters(
        console_of(request).caller, given["queue"] or None, Filter(type=given["type"] or None, status=status)
    ).values("id")[:MOST_GROUPED]
    found = (
        Job.objects.filter(id__in=latest)
        .values(name=Coalesce("error_type", Value(str(ErrorClass.UNKNOWN))))
        .annotate(number=Count("id"), queues=Count("queue", distinct=True), latest=Max("finished_at"))
        .order_by("-number", "name")
    )
    kept = {name: value for name, value in given.items() if value and name != "errorClass"}
    groups = [
        Group(
            error_class=row["name"],
            number=row["number"],
            queues=row["queues"],
            latest=row["latest"],
            url=f"{reverse('console:dead-letters')}?{urlencode({**kept, 'errorClass': row['name']})}",
            current=given["errorClass"] == row["name"],
        )
        for row in found
    ]
    return groups, sum(group.number for group in groups) >= MOST_GROUPED


urls = [page("dead-letters", show, name="dead-letters")]
