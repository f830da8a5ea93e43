"""What language models cost the organisation: by month, task, model and report, and what is left of the budget."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from jobs.links import job_url
from prospects.pages.access import Desk, desk_of, page
from prospects.transfers.writing import csv_download
from providers.llm import costs as accounts_of_models

from ..models import Insights, JudgeReview, Research, SectorAnalysis, StockAnalysis, SubSector

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])\Z")
#: Names of tasks as a person says them.
TASKS = {
    "company-section": "Company research",
    "lead-explanation": "Words for a lead score",
    "sector-sub-sectors": "Finding sub-sectors",
    "stock-rationales": "Words for a ranking",
    "stock-analysis": "Analyses of stocks",
    "judge-review": "Judging",
    "stock-insights": "Insights",
}
HEADER = (
    *("month", "by", "name", "calls", "failed", "inputTokens", "cachedTokens", "outputTokens"),
    *("costUsd", "reservedUsd", "callsWithoutPrice"),
)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a job was about. url: its page, or the job's where that is gone; empty without either."""

    title: str
    url: str


def show(request: HttpRequest) -> HttpResponse:
    """`month` is such as 2026-11; this month without it."""
    desk = desk_of(request)
    month = _month(request)
    found = accounts_of_models.costs(tenant_id=desk.tenant_id, month=month)
    works = _works(desk, [line.name for line in found.by_job])
    return render(
        request,
        "research/costs.html",
        {
            "costs": found,
            "tasks": [(TASKS.get(line.name, line.name), line) for line in found.by_task],
            "by_report": [
                (works.get(line.name) or Work(title=line.name or "—", url=""), line) for line in found.by_job
            ],
            "months": accounts_of_models.by_month(tenant_id=desk.tenant_id),
            "organisations": accounts_of_models.by_organisation(month=month) if desk.caller.is_admin else [],
            "is_this_month": found.month == _today().replace(day=1),
        },
    )


def export(request: HttpRequest) -> StreamingHttpResponse:
    """The month as a file: a line for each task, model and job."""
    desk = desk_of(request)
    month = _month(request)
    audit.record(
        caller=desk.caller,
        action="costs.export",
        target_type="list",
        target_id="costs",
        details={"month": f"{month:%Y-%m}"},
        request_id=getattr(request, "request_id", None),
    )
    rows = _rows(accounts_of_models.costs(tenant_id=desk.tenant_id, month=month))
    return csv_download(f"costs-{month:%Y-%m}.csv", HEADER, rows)


def _rows(found: accounts_of_models.Costs) -> Iterator[list[str]]:
    for by, lines in (("task", found.by_task), ("model", found.by_model), ("job", found.by_job)):
        for line in lines:
            numbers = (line.calls, line.failed, line.input_tokens, line.cached_tokens, line.output_tokens)
            yield [
                *(f"{found.month:%Y-%m}", by, line.name, *(str(number) for number in numbers)),
                *(f"{line.dollars:f}", f"{line.reserved:f}", str(line.unpriced)),
            ]


def _month(request: HttpRequest) -> date:
    asked = _MONTH.match(request.GET.get("month", ""))
    return date(int(asked[1]), int(asked[2]), 1) if asked else _today().replace(day=1)


def _today() -> date:
    return timezone.now().astimezone(UTC).date()


def _works(desk: Desk, job_ids: Iterable[str]) -> dict[str, Work]:
    """What the jobs wrote, by their ids."""
    wanted = [one for one in job_ids if one]
    mine = {"tenant_id": desk.tenant_id}
    found: dict[str, Work] = {}
    for job_id in wanted:
        found[job_id] = Work(title=job_id, url=job_url(job_id) if desk.user.is_staff else "")
    for research in Research.objects.filter(**mine, job_id__in=wanted).select_related("company"):
        found[research.job_id] = _work(f"Research: {research.company}", "report", research.public_id)
    for sector in SectorAnalysis.objects.filter(**mine, job_id__in=wanted).defer("exchanges"):
        found[sector.job_id] = _work(f"Sub-sectors of {sector}", "sector", sector.public_id)
    for sub in SubSector.objects.filter(**mine, ranking_job_id__in=wanted).select_related("sector"):
        found[sub.ranking_job_id] = _work(f"Ranking: {sub}", "sector", sub.sector.public_id)
    return found | _works_about_stocks(mine, wanted)


def _works_about_stocks(mine: dict[str, str], wanted: list[str]) -> dict[str, Work]:
    columns = ("job_id", "stock__symbol", "stock__public_id", "variation")
    via = ("job_id", "analysis__stock__symbol", "analysis__stock__public_id", "analysis__variation")
    sources: tuple[tuple[str, type[StockAnalysis | JudgeReview | Insights], tuple[str, ...]], ...] = (
        ("Analysis", StockAnalysis, columns),
        ("Judging", JudgeReview, via),
        ("Insights", Insights, via),
    )
    return {
        job_id: _work(f"{what}: {symbol}, attempt {variation + 1}", "stock", stock)
        for what, model, fields in sources
        for job_id, symbol, stock, variation in model.objects.filter(**mine, job_id__in=wanted).values_list(*fields)
    }


def _work(title: str, page_name: str, public_id: str) -> Work:
    return Work(title=title, url=reverse(f"research:{page_name}", args=[public_id]))


urls = [
    page("costs", show, name="costs"),
    page(r"costs/export\.csv", export, name="costs-export"),
]
