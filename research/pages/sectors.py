"""The organisation's sector analyses, newest first, and starting one."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST
from jobs.limits import TooManyWaiting
from jobs.payloads import InvalidPayload
from jobs.submission import Refused
from prospects.pages.access import Desk, desk_of, page

from ..market import sample
from ..market.universe import sector_names
from ..models import SectorAnalysis, Stock, SubSector
from ..sectors import decisions
from .people import names_of

PAGE = 50


class SectorForm(forms.Form):
    name = forms.CharField(max_length=100)


def show(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    form = SectorForm(request.POST or None)
    if request.method == "POST":
        begun = _started(request, form, desk)
        if begun is not None:
            return HttpResponseRedirect(reverse("research:sector", args=[begun.public_id]))
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
            "form": form,
            "known": _offered(desk),
            "market_url": reverse("research:market"),
        },
        status=422 if form.errors else 200,
    )


def _started(request: HttpRequest, form: SectorForm, desk: Desk) -> SectorAnalysis | None:
    """None where the form says what is wrong."""
    if not form.is_valid():
        return None
    try:
        begun = decisions.start(
            name=form.cleaned_data["name"], by=desk.caller, request_id=getattr(request, "request_id", None)
        )
    except InvalidPayload as error:
        form.add_error("name", "; ".join(error.fields.values()))
    except (Refused, TooManyWaiting) as error:
        form.add_error("name", str(error))
    else:
        messages.success(request, f"Sub-sectors of {begun.sector} are looked for.")
        return begun.sector
    return None


def _offered(desk: Desk) -> list[str]:
    """Sectors of the known shares; before there are any, those of the sample that the first research loads."""
    known = sector_names(desk.tenant_id)
    if known or not settings.SAMPLE_SOURCES:
        return known
    return sorted({share.group.sector for share in sample.shares()})


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


urls = [page("sectors", show, name="sectors", methods=GET_AND_POST)]
