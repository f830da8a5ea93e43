"""Where a series is fetched from: subscribing it, fetching it now, ending that."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.methods import GET_AND_POST
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import about, start
from providers import eia
from providers.readiness import problem_with

from ..ingestion.fetching import FIRST_DAY, Wanted, WrongFeed, subscribe, unsubscribe
from ..models import Provider, Series, SeriesFeed
from .asking import CODE, series_of


def feed_context(desk: Desk, series: Series) -> dict[str, Any]:
    feed = SeriesFeed.objects.filter(series=series).first()
    return {
        "feed": feed,
        # Whether the source may be asked at all, and what to do if not.
        "feed_off": problem_with(feed.provider) if feed else None,
        "providers": [(value, label, problem_with(value)) for value, label in Provider.choices],
        "periods": eia.FREQUENCIES,
        "first_day": feed.first_day if feed else FIRST_DAY,
        "jobs": [job for job in about(desk, series.code) if job.title == "Fetch of values"][:3] if feed else [],
    }


def act(request: HttpRequest, code: str) -> HttpResponse:
    """POST action: subscribe with provider, id, period, start and daily; fetch; unsubscribe."""
    desk = desk_of(request)
    series = series_of(desk, code)
    match request.POST.get("action", ""):
        case "subscribe":
            _subscribe(request, desk, series)
        case "fetch":
            start(request, "index-fetch", {"tenantId": desk.tenant_id, "seriesCode": series.code})
        case "unsubscribe":
            if unsubscribe(series=series, by=desk.caller):
                messages.success(request, f"{series.code} is fetched no more. Its values stay.")
    return HttpResponseRedirect(reverse("pricing:series", args=[series.code]) + "#feed")


def _subscribe(request: HttpRequest, desk: Desk, series: Series) -> None:
    try:
        subscribe(series=series, wanted=_wanted(request), is_daily=bool(request.POST.get("daily")), by=desk.caller)
    except WrongFeed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{series.code} is subscribed.")


def _wanted(request: HttpRequest) -> Wanted:
    provider = request.POST.get("provider", "")
    if provider not in Provider.values:
        raise WrongFeed("Source: choose one of the list.")
    try:
        first = date.fromisoformat(request.POST.get("start", "") or FIRST_DAY.isoformat())
    except ValueError:
        raise WrongFeed("From: an ISO date such as 2000-01-31.") from None
    return Wanted(
        provider=Provider(provider),
        external_id=request.POST.get("id", "").strip(),
        period=request.POST.get("period", ""),
        first_day=first,
    )


urls = [page(rf"series/{CODE}/feed", act, name="series-feed", methods=GET_AND_POST)]
