"""One stock of a ranking: why it stands where it stands, every attempt to describe it, what the judge said."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from accounts.roles import Role
from jobs.links import job_url
from prospects.pages.access import Desk, desk_of, page

from ..analyses.evidence import Fact
from ..models import Insights, Stock, StockAnalysis
from ..sectors.decisions import may_decide
from .attempts import Attempt, attempts_of, changes_to, chosen_of, verdict_of
from .board import costs_money
from .factor_rows import factor_rows
from .running import running_about
from .statements import Facts, Statement, number_link, shown_sections, statement

STOCK = r"stocks/(?P<stock_id>[A-Za-z0-9_\-]{1,40})"
#: Statuses in which another attempt may be asked for.
AT_REST = (Stock.Status.COMPLETED, Stock.Status.FAILED, Stock.Status.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Metric:
    label: str
    value: SafeString
    unit: str
    facts: list[str]


def show(request: HttpRequest, stock_id: str) -> HttpResponse:
    """`attempt` is the number of the attempt to show."""
    desk = desk_of(request)
    stock = stock_of(desk, stock_id)
    attempts = attempts_of(stock)
    chosen = chosen_of(attempts, request.GET.get("attempt", ""))
    jobs = running_about(stock.tenant_id, [stock.public_id, *(one.analysis.public_id for one in attempts)])
    return render(
        request,
        "research/stock.html",
        {
            "stock": stock,
            "sub_sector": stock.sub_sector,
            "factors": factor_rows(stock),
            "attempts": attempts,
            "chosen": chosen,
            "jobs": list(jobs.values()),
            "topics": " ".join(f"job:{job.id}" for job in jobs.values()),
            "may_retry": bool(attempts) and _may_retry(stock, desk),
            "costs_money": costs_money(desk),
            **(_of_attempt(chosen, attempts, desk) if chosen else {}),
        },
    )


def download(request: HttpRequest, stock_id: str) -> HttpResponse:
    """The newest insights, as their schema says."""
    stock = stock_of(desk_of(request), stock_id)
    insights = Insights.objects.filter(analysis__stock=stock).order_by("-analysis__variation").first()
    if insights is None:
        raise Http404
    answer = JsonResponse(insights.data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{insights.public_id}.json"'
    return answer


def stock_of(desk: Desk, stock_id: str) -> Stock:
    """Raises Http404 for what is not the organisation's."""
    mine = Stock.objects.filter(tenant_id=desk.tenant_id).select_related("sub_sector__sector", "security")
    stock = mine.filter(public_id=stock_id).first()
    if stock is None:
        raise Http404
    return stock


def _may_retry(stock: Stock, desk: Desk) -> bool:
    """Whether the button is shown; what forbids it beyond this is said when it is pressed."""
    sector = stock.sub_sector.sector
    return stock.status in AT_REST and sector.status != sector.Status.CANCELLED and may_decide(sector, desk.caller)


def _of_attempt(chosen: Attempt, attempts: list[Attempt], desk: Desk) -> dict[str, Any]:
    facts = Facts(chosen.analysis.facts)
    by_id = facts.by_id()
    sections = shown_sections(chosen.analysis.content, by_id)
    return {
        "sections": sections,
        "unsupported": sum(1 for section in sections for one in section.statements if one.problem),
        "facts": facts.shown,
        "verdict": verdict_of(chosen),
        "changes": changes_to(chosen, attempts),
        "insights": _insights(chosen.insights, by_id) if chosen.insights else None,
        "exchanges": _exchanges(chosen.analysis) if desk.caller.role >= Role.TENANT_ADMIN else None,
        "console_urls": _console_urls(chosen.analysis) if desk.user.is_staff else [],
    }


def _insights(insights: Insights, facts: dict[str, Fact]) -> dict[str, Any]:
    """As research/analyses/insights.v1.schema.json says, with each number a link to its fact."""
    data = insights.data

    def listed(key: str) -> list[Statement]:
        return [statement(one, facts) for one in data.get(key, ())]

    return {
        "leaning": data["verdict"]["leaning"],
        "verdict": statement(data["verdict"], facts),
        "thesis": listed("thesis"),
        "strengths": listed("strengths"),
        "risks": listed("risks"),
        "metrics": [_metric(one, facts) for one in data["metrics"]],
        "confidence": data["confidence"],
        "disclaimers": data["disclaimers"],
    }


def _metric(row: dict[str, Any], facts: dict[str, Fact]) -> Metric:
    named = [one for one in row["facts"] if one in facts]
    value = number_link(row["value"], facts[named[0]]) if named else conditional_escape(row["value"])
    return Metric(label=row["label"], value=value, unit=row["unit"], facts=named)


def _exchanges(analysis: StockAnalysis) -> list[tuple[str, dict[str, Any]]]:
    """What was asked and answered, by what it was for."""
    review, insights = getattr(analysis, "review", None), getattr(analysis, "insights", None)
    found = [("Analysis", one) for one in analysis.exchanges]
    found += [("Judge", one) for one in review.exchanges] if review else []
    return found + ([("Insights", one) for one in getattr(insights, "exchanges", [])] if insights else [])


def _console_urls(analysis: StockAnalysis) -> list[tuple[str, str]]:
    jobs = (("analysis", analysis.job_id), ("judge", analysis.judge_job_id), ("insights", analysis.format_job_id))
    return [(name, job_url(job_id)) for name, job_id in jobs if job_id]


urls = [
    page(STOCK, show, name="stock"),
    page(rf"{STOCK}\.json", download, name="stock-insights"),
]
