"""One series: its chart, its observations with every revision, what it is called and where it comes from."""

import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.methods import GET_AND_POST
from prospects.pages.access import Desk, desk_of, page

from ..models import Frequency, Series
from ..models.base import CURRENCY
from ..reads.chart import Asked, lines_of
from ..reads.observations import page_of_days
from ..reads.overview import overviews
from .asking import CODE, day, end_of, series_of
from .feed import feed_context


def show(request: HttpRequest, code: str) -> HttpResponse:
    """`known` is a day: only what was published by its end counts. `until` is where the table begins."""
    desk = desk_of(request)
    series = series_of(desk, code)
    known, until = day(request, "known"), day(request, "until")
    return render(
        request,
        "pricing/series.html",
        {
            "series": series,
            "overview": overviews([series])[series.pk],
            "page": page_of_days(series, until=until, known=end_of(known)),
            "known": known,
            "until": until,
            "today": timezone.now().date(),
            "frequencies": Frequency.choices,
            **feed_context(desk, series),
        },
    )


def chart(request: HttpRequest, code: str) -> JsonResponse:
    series = series_of(desk_of(request), code)
    asked = Asked(start=day(request, "from"), end=day(request, "to"), known=end_of(day(request, "known")))
    return JsonResponse(lines_of(series, asked))


def describe(request: HttpRequest, code: str) -> HttpResponse:
    """POST name, unit, currency, frequency."""
    desk = desk_of(request)
    series = series_of(desk, code)
    target = HttpResponseRedirect(reverse("pricing:series", args=[series.code]))
    if request.method != "POST":
        return target
    given, problem = _description(request)
    if problem:
        messages.error(request, problem)
        return target
    with transaction.atomic():
        Series.objects.filter(pk=series.pk).update(**given, updated_at=timezone.now())
        _audit(desk, series, given)
    messages.success(request, f"{series.code} is described anew. Contracts that exist keep the frequency they have.")
    return target


def _description(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """The fields, and what is wrong with them."""
    given = {name: request.POST.get(name, "").strip() for name in ("name", "unit", "currency", "frequency")}
    if len(given["name"]) > 200 or len(given["unit"]) > 40 or "\x00" in given["name"] + given["unit"]:
        return given, "Name: at most 200 characters; unit: at most 40."
    if not re.match(CURRENCY, given["currency"]):
        return given, "Currency: three capitals such as USD, or empty."
    if given["frequency"] not in Frequency.values:
        return given, "Frequency: choose one of the list."
    return given, ""


def _audit(desk: Desk, series: Series, given: dict[str, Any]) -> None:
    audit.record(
        caller=desk.caller,
        action="series.change",
        target_type="series",
        target_id=series.code,
        tenant_id=series.tenant_id,
        details=given,
    )


urls = [
    page(rf"series/{CODE}/chart\.json", chart, name="series-chart"),
    page(rf"series/{CODE}/describe", describe, name="series-describe", methods=GET_AND_POST),
    page(rf"series/{CODE}", show, name="series"),
]
