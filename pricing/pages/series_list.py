"""The list of series with their newest values."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from prospects.pages.access import desk_of, page

from ..models import Series
from ..reads.overview import Overview, overviews
from .asking import words

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Row:
    series: Series
    overview: Overview


def show(request: HttpRequest) -> HttpResponse:
    desk, text = desk_of(request), words(request)
    mine = Series.objects.filter(tenant_id=desk.tenant_id)
    found = mine.filter(Q(code__icontains=text) | Q(name__icontains=text)) if text else mine
    after = words(request, "after")
    listed = list(
        (found.filter(code__gt=after) if after else found).select_related("feed").order_by("code")[: PAGE + 1]
    )
    told = overviews(listed[:PAGE])
    return render(
        request,
        "pricing/series_list.html",
        {
            "rows": [Row(series=one, overview=told[one.pk]) for one in listed[:PAGE]],
            "next": listed[PAGE - 1].code if len(listed) > PAGE else None,
            "after": after,
            "text": text,
            "total": found.count(),
            "empty": not text and not after and not listed,
        },
    )


urls = [page("", show, name="index")]
