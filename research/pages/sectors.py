"""The organisation's sector analyses, newest first, and starting one."""

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from prospects.pages.access import Desk, desk_of, page

from ..models import SectorAnalysis, Stock, SubSector
from .people import names_of

PAGE = 50


def show(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    before = request.GET.get("before", "")
    known = _with_numbers(desk)
    older = known.filter(pk__lt=int(before)) if before.isascii() and before.isdigit() and len(before) < 19 else known
    rows = list(older[: PAGE + 1])
    names = names_of(one.user_id for one in rows)
    return render(
        request,
        "research/sectors.html",
        {
            "rows": [(one, names.get(one.user_id, "")) for one in rows[:PAGE]],
            "older": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        },
    )


def _with_numbers(desk: Desk) -> QuerySet[SectorAnalysis]:
    """Each with how many sub-sectors wait for a decision, and how many of its analyses are finished."""
    over = [Stock.Status.COMPLETED, Stock.Status.FAILED, Stock.Status.CANCELLED]
    stocks = "sub_sectors__stocks"
    return (
        SectorAnalysis.objects.filter(tenant_id=desk.tenant_id)
        .defer("exchanges", "summary")
        .annotate(
            lanes=Count("sub_sectors", distinct=True),
            pending=Count(
                "sub_sectors", filter=Q(sub_sectors__status=SubSector.Status.PENDING_APPROVAL), distinct=True
            ),
            analysed=Count(stocks, filter=~Q(**{f"{stocks}__status": Stock.Status.RANKED}), distinct=True),
            finished=Count(stocks, filter=Q(**{f"{stocks}__status__in": over}), distinct=True),
            insights=Count(stocks, filter=Q(**{f"{stocks}__status": Stock.Status.COMPLETED}), distinct=True),
        )
        .order_by("-pk")
    )


urls = [page("sectors", show, name="sectors")]
