"""The list of companies: all, or those of the portfolio, the best leads first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts import audit
from accounts.methods import GET_AND_POST

from ..companies import ensure_company
from ..lists import companies
from ..lists.companies import GRADES, TIERS, Query
from ..lists.keyset import BadCursor, Cursor, best_first, count_text
from ..models import Company, HealthScore
from . import saved_views
from .access import desk_of, page
from .breakdown import sparkline
from .prospect_list import Chip, Group

PAGE = 50
#: Health scores of a row's little line.
POINTS = 20


@dataclass(frozen=True, kw_only=True)
class Row:
    company: Company
    #: SVG path of its health scores; empty for less than two.
    line: str


def show(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    query, problems = companies.parse(request.GET.dict())
    found = companies.find(query, tenant_id=desk.tenant_id)
    cursor = _cursor(request, problems)
    listed = best_first(found.select_related("owner"), by="lead_score", after=cursor, size=PAGE)
    return render(
        request,
        "prospects/companies.html",
        {
            "rows": rows_of(listed.rows),
            "total": count_text(found),
            "query": query,
            "query_text": query.address(),
            "problems": [f"{name} {problem}" for name, problem in problems.items()],
            "groups": _groups(query),
            "chips": _chosen(query),
            "tabs": _tabs(query),
            "kept": [(name, getattr(query, name)) for name in ("portfolio", "tier", "grade") if getattr(query, name)],
            "clear_url": _url(Query(portfolio=query.portfolio).address()),
            "next_url": _url(f"{query.address()}&{urlencode({'after': listed.next})}") if listed.next else None,
            "first_url": _url(query.address()) if cursor else None,
            "empty": query.is_empty and not listed.rows and cursor is None,
            "views": saved_views.views_for(desk, "companies", query.address()),
            "page_name": "companies",
        },
    )


def rows_of(found: Sequence[Company]) -> list[Row]:
    history: dict[int, list[float]] = defaultdict(list)
    scored = HealthScore.objects.filter(company__in=found, score__isnull=False).order_by("-computed_at")
    for company_id, score in scored.values_list("company_id", "score")[: POINTS * PAGE]:
        history[company_id].insert(0, float(score or 0))
    return [Row(company=one, line=sparkline(history[one.pk][-POINTS:])) for one in found]


def _cursor(request: HttpRequest, problems: dict[str, str]) -> Cursor | None:
    word = request.GET.get("after", "")
    try:
        return Cursor.parse(word) if word else None
    except BadCursor as error:
        problems["after"] = str(error)
        return None


def _url(query: str) -> str:
    address = reverse("prospects:companies")
    return f"{address}?{query}" if query else address


def _tabs(query: Query) -> list[Chip]:
    return [
        Chip(text="All", url=_url(query.address(portfolio="")), current=not query.portfolio),
        Chip(text="Portfolio", url=_url(query.address(portfolio="yes")), current=bool(query.portfolio)),
    ]


def _groups(query: Query) -> list[Group]:
    return [_group(query, "Lead tier", "tier", TIERS), _group(query, "Health grade", "grade", GRADES)]


def _group(query: Query, title: str, name: str, values: Sequence[str]) -> Group:
    held = getattr(query, name)
    chips = [
        Chip(text=value, url=_url(query.address(**{name: "" if value == held else value})), current=value == held)
        for value in values
    ]
    return Group(title=title, chips=chips, chosen=f"{title} {held}" if held else "")


def _chosen(query: Query) -> list[Chip]:
    labels = {"q": f"name: {query.q}", "tier": f"lead tier {query.tier}", "grade": f"health grade {query.grade}"}
    return [
        Chip(text=text, url=_url(query.address(**{name: ""}))) for name, text in labels.items() if getattr(query, name)
    ]


def add(request: HttpRequest) -> HttpResponse:
    """POST key, name: a company of one's own; its page asks for the rest."""
    desk = desk_of(request)
    key, name = request.POST.get("key", "").strip()[:100], request.POST.get("name", "").strip()[:300]
    if request.method != "POST" or not (key and name):
        return HttpResponseRedirect(reverse("prospects:companies"))
    with transaction.atomic():
        is_new = not Company.objects.filter(tenant_id=desk.tenant_id, key=key).exists()
        company = ensure_company(tenant_id=desk.tenant_id, key=key, name=name)
        if is_new:
            audit.record(
                caller=desk.caller,
                action="company.add",
                target_type="company",
                target_id=company.key,
                tenant_id=company.tenant_id or None,
                details={"name": company.name},
                request_id=getattr(request, "request_id", None),
            )
    return HttpResponseRedirect(reverse("prospects:company-edit", args=[company.pk]))


urls = [page("companies", show, name="companies"), page("companies/add", add, name="company-add", methods=GET_AND_POST)]
