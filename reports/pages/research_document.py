"""A research as a file: made when it is first asked for, followed while that takes, then handed out."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST
from jobs import reads
from jobs.models import Job
from jobs.states import TERMINAL
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import line_of, start
from research.models import Research

from ..research_document.finding import document_of
from ..research_document.job_type import TYPE

RESEARCH = r"research/(?P<research_id>res_[a-z2-7]{16})"


def show(request: HttpRequest, research_id: str) -> HttpResponse:
    """POST starts the job unless it is under way; GET leads to the file once it is there, and follows the job until."""
    desk = desk_of(request)
    research = _found(desk, research_id)
    document = document_of(research)
    if document is not None:
        return _go(request, reverse("reports:report", args=[document.public_id]))
    job = _newest_job(desk, research)
    if request.method == "POST":
        if job is None or job.status in TERMINAL:
            start(request, TYPE, {"researchId": research.public_id})
        return HttpResponseRedirect(reverse("reports:research-document", args=[research.public_id]))
    return render(
        request,
        "reports/research_document.html",
        {
            "research": research,
            "job": line_of(job, desk) if job else None,
            "may_start": desk.writes and (job is None or job.status in TERMINAL),
        },
    )


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """To another page, whether a person or a script of this one asks."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _found(desk: Desk, research_id: str) -> Research:
    done = Research.objects.filter(tenant_id=desk.tenant_id, status=Research.Status.COMPLETE)
    research = done.select_related("company").filter(public_id=research_id).first()
    if research is None:
        raise Http404("There is no such research.")
    return research


def _newest_job(desk: Desk, research: Research) -> Job | None:
    mine = reads.visible(desk.caller).filter(tenant_id=desk.caller.tenant_id, type=TYPE)
    return mine.filter(related_id=research.public_id).defer("data", "result").order_by("-id").first()


urls = [page(RESEARCH, show, name="research-document", methods=GET_AND_POST)]
