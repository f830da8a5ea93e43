"""What people decide on the pages of a pipeline. With htmx the board answers at once, else the page is shown anew."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.callers import Caller
from accounts.methods import GET_AND_POST
from jobs.limits import TooManyWaiting
from jobs.submission import Refused
from prospects.pages.access import desk_of, page

from ..models import SectorAnalysis, StockAnalysis, SubSector
from ..sectors import decisions
from ..sectors.decisions import NotAllowed, NotPossible
from .board import SECTOR, board_context, sector_of
from .stock import STOCK, stock_of

SUB_SECTOR = r"sub-sectors/(?P<sub_sector_id>[A-Za-z0-9_\-]{1,40})"
#: What a decision raises that the person who decided is to read; with the status of the answer.
_REASONS: tuple[tuple[type[Exception], int], ...] = (
    (NotAllowed, 403),
    (NotPossible, 409),
    (Refused, 403),
    (TooManyWaiting, 429),
)


def decide(request: HttpRequest, sub_sector_id: str) -> HttpResponse:
    """`verdict` is approve, reject, or force: approve what was rejected."""
    desk = desk_of(request)
    mine = SubSector.objects.select_related("sector").filter(tenant_id=desk.tenant_id)
    sub_sector = mine.filter(public_id=sub_sector_id).first()
    verdict = request.POST.get("verdict")
    if sub_sector is None or request.method != "POST" or verdict not in {"approve", "reject", "force"}:
        raise Http404
    given: dict[str, Any] = {"sub_sector": sub_sector, "by": desk.caller, "request_id": _request_id(request)}
    if verdict == "reject":
        return _on_board(request, sub_sector.sector, lambda: _rejected(given))
    return _on_board(request, sub_sector.sector, lambda: _approved(given, force=verdict == "force"))


def _approved(given: dict[str, Any], *, force: bool) -> str:
    done = decisions.approve(**given, force=force)
    if done.repeated:
        return f"{done.sub_sector} had been approved already."
    return f"{done.sub_sector} was approved; its shares are being ranked."


def _rejected(given: dict[str, Any]) -> str:
    return f"{decisions.reject(**given)} was rejected."


def cancel(request: HttpRequest, sector_id: str) -> HttpResponse:
    desk = desk_of(request)
    sector = sector_of(desk, sector_id)
    if request.method != "POST":
        raise Http404
    return _on_board(request, sector, lambda: _cancelled(sector, desk.caller, _request_id(request)))


def _cancelled(sector: SectorAnalysis, by: Caller, request_id: str | None) -> str:
    return f"{decisions.cancel(sector=sector, by=by, request_id=request_id)} was cancelled."


def retry(request: HttpRequest, stock_id: str) -> HttpResponse:
    """One more attempt of the stock."""
    desk = desk_of(request)
    stock = stock_of(desk, stock_id)
    analysis = StockAnalysis.objects.filter(stock=stock).select_related("stock__sub_sector").last()
    if analysis is None or request.method != "POST":
        raise Http404
    done, problem, _ = _attempted(lambda: _retried(analysis, desk.caller, _request_id(request)))
    messages.error(request, problem) if problem else messages.success(request, done)
    return HttpResponseRedirect(reverse("research:stock", args=[stock.public_id]))


def _retried(analysis: StockAnalysis, by: Caller, request_id: str | None) -> str:
    decisions.retry_analysis(analysis=analysis, by=by, request_id=request_id)
    return f"{analysis.stock.symbol} is analysed once more."


def _on_board(request: HttpRequest, sector: SectorAnalysis, act: Callable[[], str]) -> HttpResponse:
    """act decides and returns what was done, as a sentence."""
    done, problem, status = _attempted(act)
    if "HX-Request" not in request.headers:
        messages.error(request, problem) if problem else messages.success(request, done)
        return HttpResponseRedirect(reverse("research:sector", args=[sector.public_id]))
    if problem:
        return HttpResponse(problem, status=status, headers={"X-Problem": _in_header(problem)})
    desk = desk_of(request)
    answer = render(request, "research/_board.html", board_context(desk, sector_of(desk, sector.public_id)))
    answer["HX-Trigger"] = json.dumps({"toast": {"level": "success", "text": done}})
    return answer


def _attempted(act: Callable[[], str]) -> tuple[str, str, int]:
    """(what was done, what forbids it, status of the answer): one of the two sentences is empty."""
    try:
        return act(), "", 200
    except tuple(kind for kind, _ in _REASONS) as error:
        return "", str(error), next(status for kind, status in _REASONS if isinstance(error, kind))


def _in_header(text: str) -> str:
    """Headers hold Latin letters in one line."""
    return " ".join(text.encode("latin-1", "replace").decode("latin-1").split())


def _request_id(request: HttpRequest) -> str | None:
    return getattr(request, "request_id", None)


urls = [
    page(f"{SUB_SECTOR}/decide", decide, name="sub-sector-decide", methods=GET_AND_POST),
    page(f"{SECTOR}/cancel", cancel, name="sector-cancel", methods=GET_AND_POST),
    page(f"{STOCK}/retry", retry, name="stock-retry", methods=GET_AND_POST),
]
