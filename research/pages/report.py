"""One report: its statements with their sources as footnotes, to read and to print, also while it is being written."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.roles import Role
from jobs.models import Job
from jobs.states import TERMINAL
from prospects.pages.access import Desk, desk_of, page
from providers.llm.accounting import cost_of_job

from ..api.resource import research_resource
from ..company.sections import SECTIONS
from ..models import Research
from .running import Running, running_jobs

REPORT = r"(?P<research_id>res_[a-z2-7]{16})"


def show(request: HttpRequest, research_id: str) -> HttpResponse:
    desk = desk_of(request)
    research = _found(desk, research_id)
    sections = list(research.sections.all())
    statements = [one for section in sections for one in section.statements]
    running = _running(research)
    return render(
        request,
        "research/report.html",
        {
            "research": research,
            "company": research.company,
            "sections": sections,
            "missing": [] if _is_complete(research) else _missing(sections),
            "running": running,
            "abandoned": "" if running or _is_complete(research) else _why_abandoned(research),
            "sources": list(research.sources.all()),
            "unsupported": sum(1 for one in statements if one["support"] == "unsupported"),
            "others": _others(research),
            "tokens": _tokens(sections),
            "cost": cost_of_job(research.job_id),
            "exchanges": _exchanges(sections) if desk.caller.role >= Role.TENANT_ADMIN else None,
        },
    )


def download(request: HttpRequest, research_id: str) -> HttpResponse:
    research = _found(desk_of(request), research_id)
    if not _is_complete(research):
        raise Http404
    answer = JsonResponse(research_resource(research), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{research.public_id}.json"'
    return answer


def _found(desk: Desk, research_id: str) -> Research:
    mine = Research.objects.filter(tenant_id=desk.tenant_id)
    research = mine.select_related("company").filter(public_id=research_id).first()
    if research is None:
        raise Http404
    return research


def _is_complete(research: Research) -> bool:
    return research.status == Research.Status.COMPLETE


def _missing(sections: list[Any]) -> list[str]:
    """Titles of the sections that are not written yet."""
    written = {section.key for section in sections}
    return [plan.title for plan in SECTIONS if plan.key not in written]


def _running(research: Research) -> Running | None:
    """The job that writes it, if it does still."""
    if _is_complete(research):
        return None
    mine = Job.objects.filter(tenant_id=research.tenant_id or None, public_id=research.job_id)
    return next(iter(running_jobs(mine)), None)


def _why_abandoned(research: Research) -> str:
    """What became of the job of a report that nobody writes any more."""
    job = Job.objects.filter(public_id=research.job_id, status__in=[str(status) for status in TERMINAL]).first()
    if job is None:
        return "Its job is no longer known."
    return job.error_message or f"Its job has ended ({job.status})."


def _others(research: Research) -> list[Research]:
    done = Research.objects.filter(company=research.company, status=Research.Status.COMPLETE)
    return list(done.exclude(pk=research.pk).order_by("-completed_at")[:10])


def _tokens(sections: list[Any]) -> dict[str, int]:
    exchanges = [one for section in sections for one in section.exchanges]
    return {
        "input": sum(one["inputTokens"] for one in exchanges),
        "output": sum(one["outputTokens"] for one in exchanges),
    }


def _exchanges(sections: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    """What was asked and answered, by section."""
    return [(section.title, one) for section in sections for one in section.exchanges]


urls = [
    page(REPORT, show, name="report"),
    page(rf"{REPORT}\.json", download, name="download"),
]
