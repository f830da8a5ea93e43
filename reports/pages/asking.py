"""Asking for a report: which company, which period, and to whom it is mailed."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST
from pricing.models import Batch, Calculation
from prospects.models import Company
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import start

from ..periodic.periods import PeriodKind

#: Companies that a search offers.
MOST_OFFERED = 8


#: Batches whose prices can be chosen, the newest ones.
MOST_BATCHES = 50
FORMATS = (("pdf", "PDF"), ("csv", "CSV"), ("json", "JSON"))


@dataclass(frozen=True, kw_only=True)
class Choices:
    kinds: list[tuple[str, str]]
    companies: list[Company]
    #: Those that have been calculated.
    batches: list[Batch]
    formats: tuple[tuple[str, str], ...] = FORMATS


def choices(desk: Desk, *, first: Company | None = None) -> Choices:
    """first: the company that is offered before the best leads."""
    kinds = [(str(kind), f"Last full {kind.noun}") for kind in PeriodKind]
    others = [one for one in _offered(desk, "") if one != first]
    return Choices(kinds=kinds, companies=([first] if first else []) + others, batches=_batches(desk))


def _batches(desk: Desk) -> list[Batch]:
    calculated = Exists(Calculation.objects.filter(batch=OuterRef("pk")))
    return list(Batch.objects.filter(calculated, tenant_id=desk.tenant_id).order_by("-pk")[:MOST_BATCHES])


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


def ask_prices(request: HttpRequest) -> HttpResponse:
    """POST batch (its code), format, and contract for the lines of one: start the job of a price derivation."""
    if request.method != "POST":
        raise Http404
    given = request.POST
    data = {"reportType": "price-math", "batchId": given.get("batch", "")[:100], "format": given.get("format", "")[:10]}
    if given.get("contract", "").strip():
        data["contract"] = given["contract"].strip()[:100]
    if start(request, "batch-report", data):
        messages.success(request, f"The derivation of {data['batchId']} is being made.")
    return HttpResponseRedirect(reverse("reports:index"))


def _company(desk: Desk, text: str) -> Company | None:
    key = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return Company.objects.filter(tenant_id=desk.tenant_id, pk=key).first()


def _offered(desk: Desk, text: str) -> list[Company]:
    known = Company.objects.filter(tenant_id=desk.tenant_id)
    if text:
        known = known.filter(Q(name__icontains=text) | Q(key=text))
    return list(known.order_by(F("lead_score").desc(nulls_last=True), "-pk")[:MOST_OFFERED])


urls = [
    page("companies", companies, name="companies"),
    page("ask", ask, name="ask", methods=GET_AND_POST),
    page("ask-prices", ask_prices, name="ask-prices", methods=GET_AND_POST),
]
