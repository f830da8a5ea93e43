"""The overview: every queue at a glance, live."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from ..overrides.live import refresh_if_possible
from . import live, queue_rows
from .access import console_of
from .charts import data_url, range_of
from .parts import parts
from .routing import page

LIVE = "jobs/console/_overview_live.html"


def show(request: HttpRequest) -> HttpResponse:
    html, version = _live(request)
    if "live" in request.GET:
        return live.respond(request, html, version)
    span = range_of(request)
    context = {"live": html, "live_version": version, "chart_url": data_url(span=span), **span.context(request)}
    return render(request, "jobs/console/overview.html", context)


def _live(request: HttpRequest) -> tuple[SafeString, str]:
    operates = console_of(request).operates
    return live.fragment(LIVE, operates, lambda: _context(operates))


def _context(operates: bool) -> dict[str, Any]:
    refresh_if_possible()
    rows = queue_rows.rows()
    return {
        "rows": rows,
        "totals": queue_rows.totals(rows),
        "parts": parts(),
        "operates": operates,
    }


urls = [page("overview", show, name="overview")]
