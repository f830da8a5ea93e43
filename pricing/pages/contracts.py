"""The list of contracts, and one contract: its terms in words, its lines, and how the latest price came about."""

from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from prospects.pages.access import Desk, desk_of, page

from ..calculation import parse_terms
from ..contracts.actions import effective_version
from ..contracts.words import in_words
from ..models import Contract, ContractLine, ContractVersion
from ..reads.derivations import newest_item, steps_of
from .asking import CODE, number, words

PAGE = 50
LINES = 100


def show_all(request: HttpRequest) -> HttpResponse:
    desk, text = desk_of(request), words(request)
    mine = Contract.objects.filter(tenant_id=desk.tenant_id)
    found = (
        mine.filter(Q(code__icontains=text) | Q(name__icontains=text) | Q(counterparty__icontains=text))
        if text
        else mine
    )
    after = words(request, "after")
    newest = ContractVersion.objects.filter(contract=OuterRef("pk")).order_by("-number")
    lines = (
        ContractLine.objects.filter(version__contract=OuterRef("pk"), version__number=OuterRef("version_count"))
        .order_by()
        .values("version")
        .annotate(count=Count("pk"))
        .values("count")
    )
    listed = list(
        (found.filter(code__gt=after) if after else found)
        .annotate(version_count=Max("versions__number"), since=Subquery(newest.values("effective_from")[:1]))
        .annotate(line_count=Subquery(lines))
        .order_by("code")[: PAGE + 1]
    )
    context = {
        "rows": listed[:PAGE],
        "next": listed[PAGE - 1].code if len(listed) > PAGE else None,
        "after": after,
        "text": text,
        "total": found.count(),
        "empty": not text and not after and not listed,
    }
    return render(request, "pricing/contracts.html", context)


def show(request: HttpRequest, code: str) -> HttpResponse:
    """`version` is a number; without it, the version that holds today, else the first. `line` is a line's code."""
    desk = desk_of(request)
    contract = contract_of(desk, code)
    versions = list(contract.versions.select_related("created_by").order_by("-number"))
    version = _version(request, contract, versions)
    lines = version.lines.order_by("code")
    start = words(request, "from")
    shown = list((lines.filter(code__gt=start) if start else lines)[: LINES + 1])
    line = words(request, "line") or (shown[0].code if shown else "")
    return render(
        request,
        "pricing/contract.html",
        {
            "contract": contract,
            "versions": versions,
            "version": version,
            "holding": effective_version(contract, timezone.now().date()),
            "said": in_words(parse_terms(version.terms)),
            "lines": shown[:LINES],
            "line_count": lines.count(),
            "next_line": shown[LINES - 1].code if len(shown) > LINES else None,
            "line": line,
            "currency": version.terms["currency"],
            **derivation_of(desk, contract.code, line),
        },
    )


def derivation_of(desk: Desk, contract: str, line: str) -> dict[str, Any]:
    """The latest price of a line with its steps."""
    item = newest_item(desk.tenant_id, contract, line) if line else None
    return {"item": item, "steps": steps_of(item.calculation, [item])[item.pk] if item else []}


def contract_of(desk: Desk, code: str) -> Contract:
    found = Contract.objects.filter(tenant_id=desk.tenant_id, code=code).first()
    if found is None:
        raise Http404("There is no such contract.")
    return found


def _version(request: HttpRequest, contract: Contract, versions: list[ContractVersion]) -> ContractVersion:
    wanted = number(request, "version")
    if wanted:
        found = next((one for one in versions if one.number == wanted), None)
    else:
        found = effective_version(contract, timezone.now().date()) or (versions[-1] if versions else None)
    if found is None:
        raise Http404("There is no such version.")
    return found


urls = [
    page("contracts", show_all, name="contracts"),
    page(rf"contracts/{CODE}", show, name="contract"),
]
