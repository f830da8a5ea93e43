"""What outside sources there are, which may be called, and how each stands."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.http.circuits import Circuit
from providers.status import SourceStatus, status

from .access import page


@dataclass(frozen=True, kw_only=True)
class Line:
    status: SourceStatus
    word: str
    tone: str


def show(request: HttpRequest) -> HttpResponse:
    lines = [_line(one) for one in status()]
    lines.sort(key=lambda line: not line.status.on)
    return render(
        request,
        "prospects/sources.html",
        {
            "lines": lines,
            "number_on": sum(line.status.on for line in lines),
            "samples": settings.SAMPLE_SOURCES,
            "ucc_source": settings.UCC_SOURCE,
            "inbox": settings.UCC_INBOX,
        },
    )


def _line(one: SourceStatus) -> Line:
    if not one.on:
        return Line(status=one, word="off", tone="idle")
    if one.problem:
        return Line(status=one, word="cannot be asked", tone="bad")
    if one.circuit is not Circuit.CLOSED:
        return Line(status=one, word="failing", tone="bad")
    return (
        Line(status=one, word="paused", tone="warn") if one.paused_until else Line(status=one, word="on", tone="good")
    )


urls = [page("sources", show, name="sources")]
