"""The board of one sector. The page loads its live part anew when a job of the pipeline has moved."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.roles import Role
from jobs.links import job_url
from prospects.pages.access import Desk, desk_of, page
from providers.llm.choosing import backend_for

from ..models import SectorAnalysis
from ..sectors.decisions import may_decide
from .lanes import board_of

SECTOR = r"sectors/(?P<sector_id>[A-Za-z0-9_\-]{1,40})"


def show(request: HttpRequest, sector_id: str) -> HttpResponse:
    context = board_context(desk_of(request), sector_of(desk_of(request), sector_id))
    live = "HX-Request" in request.headers
    return render(request, "research/_board.html" if live else "research/board.html", context)


def sector_of(desk: Desk, sector_id: str) -> SectorAnalysis:
    """Raises Http404 for what is not the organisation's."""
    sector = SectorAnalysis.objects.defer("exchanges").filter(tenant_id=desk.tenant_id, public_id=sector_id).first()
    if sector is None:
        raise Http404
    return sector


def board_context(desk: Desk, sector: SectorAnalysis) -> dict[str, Any]:
    board = board_of(sector)
    return {
        "board": board,
        # A card takes about a millisecond to make: a viewer is to cost a hundredth of a core at most.
        "gap_seconds": max(2, sum(number for _, _, number in board.totals) // 10),
        "sector": sector,
        "console_url": job_url(sector.job_id) if desk.user.is_staff and sector.job_id else None,
        # Jobs of others are heard of by administrators alone: everybody else looks again more often.
        "seconds": 30 if desk.caller.role >= Role.TENANT_ADMIN or desk.caller.user_id == sector.user_id else 5,
        "may_decide": may_decide(sector, desk.caller),
        "costs_money": costs_money(desk),
    }


def costs_money(desk: Desk) -> bool:
    """Whether a language model writes what follows."""
    return not backend_for(tenant_id=desk.tenant_id, job_id="").is_rule_based


urls = [page(SECTOR, show, name="sector")]
