"""The organisation's reports, the newest first, with those that are being made."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from jobs import reads
from jobs.states import TERMINAL, Status
from prospects.lists.keyset import count_text
from prospects.models import Company
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import JobLine, line_of, offered

from ..access import visible
from ..models import Report
from ..models.reports import Kind
from . import asking

PAGE = 50
#: Job types whose jobs make what this page lists.
MAKERS = ("report", "batch-report", "research-document")
MOST_RUNNING = 20
FAILED_SHOWN = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Query:
    """q: part of a title. company: a primary key. who: `me` or nothing. Each empty: any."""

    kind: str = ""
    q: str = ""
    company: str = ""
    who: str = ""

    def address(self, **changes: str) -> str:
        chosen = replace(self, **changes)
        words = {name: value for name, value in vars(chosen).items() if value}
        return f"{reverse('reports:index')}?{urlencode(words)}" if words else reverse("reports:index")

    @property
    def is_empty(self) -> bool:
        return self == Query()


@dataclass(frozen=True, kw_only=True)
class Chip:
    text: str
    url: str
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    report: Report
    #: Who asked for it, as people call them; empty for jobs of nobody.
    who: str


def show(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    query = _query(request)
    found = _found(desk, query)
    before = _whole(request.GET.get("before", ""))
    older = found.filter(pk__lt=before) if before else found
    reports = list(older.select_related("company").defer("content").order_by("-pk")[: PAGE + 1])
    return render(
        request,
        "reports/library.html",
        {
            "rows": _rows(reports[:PAGE]),
            "total": count_text(found),
            "query": query,
            "kinds": _kinds(query),
            "whose": _whose(query),
            "company": _company(desk, query),
            "without_company_url": query.address(company=""),
            "clear_url": reverse("reports:index"),
            "next_url": _with_cursor(query, reports[PAGE - 1].pk) if len(reports) > PAGE else None,
            "first_url": query.address() if before else None,
            "running": running(desk),
            "empty": query.is_empty and not reports and not before,
            "form": asking.choices(desk, first=_company(desk, query)) if desk.writes and offered("report") else None,
        },
    )


def running(desk: Desk) -> list[JobLine]:
    """What is being made, and what has failed within FAILED_SHOWN: whoever waits for it must see that."""
    mine = reads.visible(desk.caller).filter(tenant_id=desk.caller.tenant_id, type__in=MAKERS)
    failed = Q(status__in=[Status.FAILED, Status.DEAD], finished_at__gt=timezone.now() - FAILED_SHOWN)
    shown = mine.filter(failed | ~Q(status__in=[str(status) for status in TERMINAL])).order_by("-id")
    return [line_of(job, desk) for job in shown.defer("data", "result")[:MOST_RUNNING]]


def _query(request: HttpRequest) -> Query:
    given = request.GET
    return Query(
        kind=given.get("kind", "") if given.get("kind") in Kind.values else "",
        q=given.get("q", "").strip()[:200],
        company=str(_whole(given.get("company", "")) or ""),
        who="me" if given.get("who") == "me" else "",
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _found(desk: Desk, query: Query) -> QuerySet[Report]:
    found = visible(desk.caller).filter(tenant_id=desk.tenant_id)
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.company:
        found = found.filter(company_id=int(query.company))
    if query.q:
        found = found.filter(Q(title__icontains=query.q) | Q(subject_id=query.q))
    if query.who:
        found = found.filter(user_id=desk.user.public_id)
    return found


def _rows(reports: list[Report]) -> list[Row]:
    users = User.objects.filter(public_id__in={one.user_id for one in reports if one.user_id})
    names = {user.public_id: user.get_full_name() for user in users}
    return [Row(report=one, who=names.get(one.user_id, one.user_id)) for one in reports]


def _company(desk: Desk, query: Query) -> Any:
    return Company.objects.filter(tenant_id=desk.tenant_id, pk=int(query.company)).first() if query.company else None


def _kinds(query: Query) -> list[Chip]:
    listed = [("", "All"), *Kind.choices]
    return [Chip(text=str(text), url=query.address(kind=kind), current=query.kind == kind) for kind, text in listed]


def _whose(query: Query) -> list[Chip]:
    listed = [("", "Everybody's"), ("me", "Mine")]
    return [Chip(text=text, url=query.address(who=who), current=query.who == who) for who, text in listed]


def _with_cursor(query: Query, last: int) -> str:
    address = query.address()
    return f"{address}{'&' if '?' in address else '?'}before={last}"


urls = [page("", show, name="index")]
