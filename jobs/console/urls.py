"""The console's addresses, below /api/admin/bull-board/. Each subject's module lists its own in `urls`."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import re_path

from . import (
    alerts,
    audit,
    bulk,
    charts,
    dead_letters,
    job,
    overview,
    queues,
    rerun,
    schedules,
    search,
    webhooks,
    workers,
    workflows,
)
from .access import console_view
from .routing import page

app_name = "console"


def index(request: HttpRequest) -> HttpResponseBase:
    return redirect("console:overview")


@console_view
def unknown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    raise Http404("The console has no such page.")


urlpatterns = [
    page("", index, name="index"),
    *overview.urls,
    *charts.urls,
    *queues.urls,
    *workers.urls,
    *schedules.urls,
    *workflows.urls,
    *search.urls,
    *rerun.urls,
    *job.urls,
    *bulk.urls,
    *dead_letters.urls,
    *audit.urls,
    *alerts.urls,
    *webhooks.urls,
    # Last: nothing under the console falls through to the API.
    re_path(r"", unknown, name="unknown"),
]
