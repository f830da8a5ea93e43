"""One report: its statements with their sources as footnotes, to read and to print."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from prospects.pages.access import Desk, desk_of, page
from providers.llm.accounting import cost_of_job

from ..api.resource import research_resource
from ..models import Research

REPORT = r"(?P<research_id>res_[a-z2-7]{16})"


def show(request: HttpRequest, research_id: str) -> HttpResponse:
    research = _found(desk_of(request), research_id)
    sections = list(research.sections.all())
    statements = [one for section in sections for one in section.statements]
    return render(
        request,
        "research/report.html",
        {
            "research": research,
            "company": research.company,
            "sections": sections,
            "sources": list(research.sources.all()),
            "unsupported": sum(1 for one in statements if one["support"] == "unsupported"),
            "others": _others(research),
            "tokens": _tokens(sections),
            "cost": cost_of_job(research.job_id),
        },
    )


def download(request: HttpRequest, research_id: str) -> HttpResponse:
    research = _found(desk_of(request), research_id)
    answer = JsonResponse(research_resource(research), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{research.public_id}.json"'
    return answer


def _found(desk: Desk, research_id: str) -> Research:
    done = Research.objects.filter(tenant_id=desk.tenant_id, status=Research.Status.COMPLETE)
    research = done.select_related("company").filter(public_id=research_id).first()
    if research is None:
        raise Http404
    return research


def _others(research: Research) -> list[Research]:
    done = Research.objects.filter(company=research.company, status=Research.Status.COMPLETE)
    return list(done.exclude(pk=research.pk).order_by("-completed_at")[:10])


def _tokens(sections: list[Any]) -> dict[str, int]:
    exchanges = [one for section in sections for one in section.exchanges]
    return {
        "input": sum(one["inputTokens"] for one in exchanges),
        "output": sum(one["outputTokens"] for one in exchanges),
    }


urls = [
    page(REPORT, show, name="report"),
    page(rf"{REPORT}\.json", download, name="download"),
]
