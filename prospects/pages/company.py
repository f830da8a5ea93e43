"""One company: who it is, how it scores and why, what happened to it, and what to do next."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts import audit
from accounts.methods import GET_AND_POST

from ..enrichment.enricher import enrichers_for
from ..enrichment.subjects import Kind
from ..lists.prospects import SETTLED
from ..models import (
    BuyingSignal,
    Company,
    Fact,
    HealthAlert,
    HealthScore,
    LeadScore,
    Lookup,
    Match,
    Prospect,
    Signal,
)
from .access import Desk, desk_of, page
from .breakdown import breakdown
from .jobs import about, offered, start
from .prospect import MOST_FACTS, liens_of, sources_of
from .rows import tone_of

COMPANY = r"companies/(?P<company_id>\d{1,18})"
MOST_MOMENTS = 40
MOST_CONTACTS = 50
MOST_FIGURES = 40
MOST_ALERTS = 5
#: Scores that the history draws.
MOST_POINTS = 400


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that happened to a company, for its time line."""

    at: datetime
    tone: str
    title: str
    note: str = ""
    url: str = ""


def show(request: HttpRequest, company_id: str) -> HttpResponse:
    desk = desk_of(request)
    company = found(desk, company_id)
    prospects = settled_prospects(company)
    lead, health = company.lead_scores.first(), company.health_scores.first()
    return render(
        request,
        "prospects/company.html",
        {
            "company": company,
            "lead_tone": tone_of(company.lead_score),
            "lead": lead,
            "lead_breakdown": breakdown(lead.factors, lead.score) if lead else None,
            "health": health,
            "health_breakdown": breakdown(health.factors, health.score) if health else None,
            "history": history(company),
            "alerts": HealthAlert.objects.filter(company=company).select_related("acknowledged_by")[:MOST_ALERTS],
            "prospects": prospects,
            "liens": liens_of(prospects),
            "moments": moments(company, prospects),
            "buying": company.buying_signals.all()[:10],
            "signal_counts": company.signal_counts.all()[:10],
            "sources": sources_of(
                Fact.objects.filter(company=company)[:MOST_FACTS], Lookup.objects.filter(company=company)
            ),
            "contacts": company.contacts.order_by("name", "pk")[:MOST_CONTACTS],
            "figures": company.figures.all()[:MOST_FIGURES],
            "jobs": about(desk, company.key, str(company.pk)),
            "buttons": [one for one in BUTTONS if desk.writes and offered(one.type)],
        },
    )


def found(desk: Desk, company_id: str) -> Company:
    """Raises Http404, also for a company of another organisation."""
    company = Company.objects.filter(tenant_id=desk.tenant_id, pk=int(company_id)).select_related("owner").first()
    if company is None:
        raise Http404("There is no such company.")
    return company


def settled_prospects(company: Company) -> list[Prospect]:
    matches = Match.objects.filter(company=company, status__in=SETTLED).select_related("prospect")
    return [match.prospect for match in matches]


def moments(company: Company, prospects: list[Prospect]) -> list[Moment]:
    """Filings, signals, buying signals and changed grades, newest first."""
    told: list[Moment] = []
    for lien in liens_of(prospects).lines:
        for line in lien.filings:
            if line.filing.filed_on:
                who = ", ".join(party.name for party in line.secured)
                told.append(
                    Moment(
                        at=_noon(line.filing.filed_on), tone="busy", title=line.filing.get_action_display(), note=who
                    )
                )
    told += [
        Moment(at=signal.occurred_at, tone="idle", title=signal.signal_type)
        for signal in Signal.objects.filter(company=company)[:MOST_MOMENTS]
    ]
    for buying in BuyingSignal.objects.filter(company=company)[:MOST_MOMENTS]:
        note = f"{buying.kind}, {buying.confidence:.0%} sure"
        told.append(Moment(at=buying.occurred_at, tone="good", title=buying.title, note=note))
    told += _changed_grades(company)
    return sorted(told, key=lambda one: one.at, reverse=True)[:MOST_MOMENTS]


def _changed_grades(company: Company) -> list[Moment]:
    told, before = [], None
    for one in reversed(HealthScore.objects.filter(company=company)[:MOST_POINTS]):
        if one.grade and before and one.grade != before:
            worse = one.grade > before
            told.append(
                Moment(at=one.computed_at, tone="bad" if worse else "good", title=f"Health {before} → {one.grade}")
            )
        before = one.grade or before
    return told


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def history(company: Company) -> dict[str, Any]:
    """Columns for the chart: times in seconds since 1970, scores of 0 to 100, None where none was computed then."""
    leads = LeadScore.objects.filter(company=company).values_list("computed_at", "score")[:MOST_POINTS]
    healths = HealthScore.objects.filter(company=company).values_list("computed_at", "score")[:MOST_POINTS]
    lead = {at.timestamp(): float(score) for at, score in leads}
    health = {at.timestamp(): float(score) for at, score in healths if score is not None}
    at = sorted({*lead, *health})
    return {"at": at, "lead": [lead.get(one) for one in at], "health": [health.get(one) for one in at]}


# --- Buttons ----------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Button:
    type: str
    label: str
    icon: str


BUTTONS = (
    Button(type="business-enrichment", label="Enrich", icon="wand"),
    Button(type="scoring", label="Score", icon="gauge"),
    Button(type="health-scores", label="Health", icon="heartbeat"),
    Button(type="buying-signals", label="Find buying signals", icon="target"),
)


def act(request: HttpRequest, company_id: str) -> HttpResponse:
    """POST `type`: start a job about the company; `action=portfolio`: take it in or out."""
    desk = desk_of(request)
    company = found(desk, company_id)
    kind = request.POST.get("type", "")
    if request.method == "POST" and request.POST.get("action") == "portfolio":
        _toggle(request, desk, company)
    elif request.method == "POST" and kind in {one.type for one in BUTTONS}:
        start(request, kind, _data(kind, company))
    return HttpResponseRedirect(reverse("prospects:company", args=[company.pk]))


def _data(kind: str, company: Company) -> dict[str, Any]:
    if kind == "business-enrichment":
        # A person who asks means every source that can answer, not the type's default two.
        usable = [one.name for one in enrichers_for(Kind.COMPANY) if one.problem() is None]
        asked = {"sources": usable} if usable else {}
        return {"businessId": company.key, "businessName": company.name or company.key, **asked}
    if kind == "health-scores":
        return {"portfolioCompanyId": company.key}
    if kind == "buying-signals":
        return {"companyId": company.key, **({"companyName": company.name} if company.name else {})}
    return {"companyId": company.key, "forceRefresh": True}


def _toggle(request: HttpRequest, desk: Desk, company: Company) -> None:
    now = not company.is_portfolio
    with transaction.atomic():
        if not Company.objects.filter(pk=company.pk, is_portfolio=company.is_portfolio).update(is_portfolio=now):
            return
        record_change(request, desk, company, {"isPortfolio": [company.is_portfolio, now]})
    messages.success(request, f"{company} is {'in' if now else 'no longer in'} the portfolio.")


def record_change(request: HttpRequest, desk: Desk, company: Company, changes: dict[str, list[Any]]) -> None:
    """One audit entry with what each field was and is."""
    audit.record(
        caller=desk.caller,
        action="company.update",
        target_type="company",
        target_id=company.key,
        tenant_id=company.tenant_id or None,
        details={"changes": changes},
        request_id=getattr(request, "request_id", None),
    )


urls = [page(COMPANY, show, name="company"), page(f"{COMPANY}/start", act, name="company-start", methods=GET_AND_POST)]
