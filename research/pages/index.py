"""The organisation's research, newest first, and asking for more."""

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST
from accounts.quotas import QuotaExceeded
from jobs import reads
from jobs.limits import TooManyWaiting
from jobs.payloads import InvalidPayload
from jobs.states import TERMINAL
from jobs.submission import Refused
from prospects.models import Company
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import JobLine, line_of

from .. import quota
from ..models import Research
from ..requesting import request_research

PAGE = 50
#: Companies that a search offers to research.
MOST_OFFERED = 10


def show(request: HttpRequest) -> HttpResponse:
    """`q` is how a company's name or id begins: its research, and companies that have none yet."""
    desk = desk_of(request)
    text = request.GET.get("q", "").strip()[:200]
    done = Research.objects.filter(tenant_id=desk.tenant_id, status=Research.Status.COMPLETE)
    if text:
        done = done.filter(Q(company__name__icontains=text) | Q(company__key=text))
    before = request.GET.get("before", "")
    older = done.filter(pk__lt=int(before)) if before.isascii() and before.isdigit() and len(before) < 19 else done
    newest = older.select_related("company").annotate(source_count=Count("sources")).order_by("-pk")
    rows = list(newest[: PAGE + 1])
    return render(
        request,
        "research/index.html",
        {
            "rows": rows[:PAGE],
            "older": rows[PAGE - 1].pk if len(rows) > PAGE else None,
            "text": text,
            "running": (running := _running(desk)),
            "begun": _begun(desk, running),
            "offered": _offered(desk, text) if desk.writes else [],
            "quota": quota.state_of(desk.caller),
        },
    )


def _running(desk: Desk) -> list[JobLine]:
    mine = reads.visible(desk.caller).filter(tenant_id=desk.caller.tenant_id, type="research")
    open_jobs = mine.exclude(status__in=[str(status) for status in TERMINAL]).order_by("-id")[:10]
    return [line_of(job, desk) for job in open_jobs]


def _begun(desk: Desk, running: list[JobLine]) -> list[Research]:
    """Reports of which something can be read already."""
    mine = Research.objects.filter(tenant_id=desk.tenant_id, status=Research.Status.RUNNING)
    return list(mine.filter(job_id__in=[job.id for job in running]).select_related("company"))


def _offered(desk: Desk, text: str) -> list[Company]:
    """Companies to research: those that are asked for, else the best leads that have no research."""
    known = Company.objects.filter(tenant_id=desk.tenant_id).exclude(name="")
    wanted = Q(name__icontains=text) | Q(key=text) if text else Q(researches=None, lead_score__isnull=False)
    return list(known.filter(wanted).order_by(F("lead_score").desc(nulls_last=True), "-pk")[:MOST_OFFERED])


def start(request: HttpRequest, company_id: str) -> HttpResponse:
    """Ask for a research of a company and go where it can be followed."""
    desk = desk_of(request)
    company = Company.objects.filter(tenant_id=desk.tenant_id, pk=int(company_id)).first()
    if company is None or request.method != "POST":
        raise Http404
    try:
        request_research(company=company, by=desk.caller, force=request.POST.get("force") == "1")
    except QuotaExceeded as error:
        messages.error(request, f"The month's research is used up: {error}")
    except InvalidPayload as error:
        messages.error(request, "; ".join(f"{name} {text}" for name, text in error.fields.items()))
    except (Refused, TooManyWaiting) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Research of {company} was asked for.")
    return HttpResponseRedirect(reverse("research:index"))


urls = [
    page("", show, name="index"),
    page(r"companies/(?P<company_id>\d{1,18})", start, name="start", methods=GET_AND_POST),
]
