"""Asking for a report: which company, which period, and to whom it is mailed."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from prospects.models import Company
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import start

from ..periodic.periods import PeriodKind

#: Companies that a search offers.
MOST_OFFERED = 8


@dataclass(frozen=True, kw_only=True)
class Choices:
    kinds: list[tuple[str, str]]
    companies: list[Company]


def choices(desk: Desk, *, first: Company | None = None) -> Choices:
    """first: the company that is offered before the best leads."""
    kinds = [(str(kind), f"Last full {kind.noun}") for kind in PeriodKind]
    others = [one for one in _offered(desk, "") if one != first]
    return Choices(kinds=kinds, companies=([first] if first else []) + others)


def companies(request: HttpRequest) -> HttpResponse:
    """The companies whose name holds `company-search`, as radio buttons: the best leads first."""
    desk = desk_of(request)
    text = request.GET.get("company-search", "").strip()[:200]
    return render(request, "reports/_companies.html", {"companies": _offered(desk, text), "text": text})


def ask(request: HttpRequest) -> HttpResponse:
    """POST company (primary key), kind, email: start the job and go where it can be followed."""
    desk = desk_of(request)
    if request.method != "POST":
        raise Http404
    given = request.POST
    company = _company(desk, given.get("company", ""))
    if company is None:
        messages.error(request, "Choose the company that the report is about.")
        return HttpResponseRedirect(reverse("reports:index"))
    data: dict[str, Any] = {"companyId": company.key, "reportType": given.get("kind", "")[:20]}
    if given.get("email", "").strip():
        data["emailTo"] = given["email"].strip()[:254]
    if start(request, "report", data):
        messages.success(request, f"The report about {company} is being made.")
    return HttpResponseRedirect(reverse("reports:index"))


def _company(desk: Desk, text: str) -> Company | None:
    key = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return Company.objects.filter(tenant_id=desk.tenant_id, pk=key).first()


def _offered(desk: Desk, text: str) -> list[Company]:
    known = Company.objects.filter(tenant_id=desk.tenant_id)
    if text:
        known = known.filter(Q(name__icontains=text) | Q(key=text))
    return list(known.order_by(F("lead_score").desc(nulls_last=True), "-pk")[:MOST_OFFERED])


urls = [page("companies", companies, name="companies"), page("ask", ask, name="ask")]
