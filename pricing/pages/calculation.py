"""One run of a batch: totals, items, what differs from the run before, and whether every digit still holds."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Abs
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST
from jobs import reads
from jobs.models import Job
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import JobLine, line_of, offered, start

from ..models import Calculation, CalculationItem
from ..reads.derivations import steps_of
from .asking import UUID, number, words

PAGE = 100
REPEAT, REPORT = "repeat-calculation", "batch-report"
#: Reports of a run that its page lists.
REPORTS = 5


def show(request: HttpRequest, calculation_id: str) -> HttpResponse:
    """`show` is `items` or `changes`: what differs from the run before, the greatest difference first."""
    desk = desk_of(request)
    calculation = calculation_of(desk, calculation_id)
    changes = request.GET.get("show") == "changes" and calculation.previous is not None
    found = _found(calculation, words(request), changes=changes)
    skip = number(request, "skip")
    listed = list(found[skip : skip + PAGE + 1])
    context = {
        "calculation": calculation,
        "totals": sorted(calculation.totals.items()),
        "changes": changes,
        "changed": calculation.items.exclude(delta=None).exclude(delta=0).count() if calculation.previous else 0,
        "provisional": calculation.items.filter(provisional=True).count() if calculation.provisional else 0,
        "rows": listed[:PAGE],
        "next": skip + PAGE if len(listed) > PAGE else None,
        "text": words(request),
        "later": calculation.batch.calculations.filter(number__gt=calculation.number).order_by("-number").first(),
        "offers_reports": offered(REPORT),
        "reports": _reports(desk, calculation),
        **_check(desk, calculation),
    }
    return render(request, "pricing/calculation.html", context)


def _found(calculation: Calculation, text: str, *, changes: bool) -> QuerySet[CalculationItem]:
    found = calculation.items.select_related("version")
    if text:
        found = found.filter(Q(contract_code__icontains=text) | Q(line_code__icontains=text))
    if changes:
        return found.exclude(delta=None).exclude(delta=0).order_by(Abs("delta").desc(), "position")
    return found.order_by("position")


def _check(desk: Desk, calculation: Calculation) -> dict[str, Any]:
    """The last check of every digit that the viewer may see, as a line and as its result."""
    mine = reads.visible(desk.caller).filter(tenant_id=desk.caller.tenant_id, type=REPEAT)
    job: Job | None = mine.filter(related_id=str(calculation.public_id)).order_by("-id").first()
    if job is None:
        return {"check": None, "check_result": None}
    return {"check": line_of(job, desk), "check_result": job.result if job.status == "completed" else None}


def repeat(request: HttpRequest, calculation_id: str) -> HttpResponse:
    """POST: compute it once more from what was known then, and compare every digit; as a job."""
    desk = desk_of(request)
    calculation = calculation_of(desk, calculation_id)
    if request.method == "POST":
        start(request, REPEAT, {"tenantId": desk.tenant_id, "calculationId": str(calculation.public_id)})
    return HttpResponseRedirect(reverse("pricing:calculation", args=[calculation.public_id]))


def show_item(request: HttpRequest, calculation_id: str, position: str) -> HttpResponse:
    """One item with its whole derivation."""
    calculation = calculation_of(desk_of(request), calculation_id)
    items = calculation.items.select_related("version", "before_item__calculation")
    item = items.filter(position=min(int(position), 2**31 - 1)).first()
    if item is None:
        raise Http404("There is no such item.")
    context = {"calculation": calculation, "item": item, "steps": steps_of(calculation, [item])[item.pk]}
    return render(request, "pricing/item.html", context)


def calculation_of(desk: Desk, calculation_id: str) -> Calculation:
    mine = Calculation.objects.filter(tenant_id=desk.tenant_id).select_related("batch", "previous")
    found = mine.filter(public_id=calculation_id).first()
    if found is None:
        raise Http404("There is no such calculation.")
    return found


# --- Price-math reports -----------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class AskedReport:
    """url: of the finished report; None until then, and where this server shows none."""

    job: JobLine
    format: str
    url: str | None


def report(request: HttpRequest, calculation_id: str) -> HttpResponse:
    """POST format: pdf, csv or json; a job, whose report the page links to once it is there."""
    desk = desk_of(request)
    calculation = calculation_of(desk, calculation_id)
    if request.method == "POST":
        asked = {
            "tenantId": desk.tenant_id,
            "reportType": "price-math",
            "batchId": calculation.batch.code,
            "calculationNumber": calculation.number,
            "format": request.POST.get("format", ""),
        }
        start(request, REPORT, asked)
    return HttpResponseRedirect(reverse("pricing:calculation", args=[calculation.public_id]))


def _reports(desk: Desk, calculation: Calculation) -> list[AskedReport]:
    mine = reads.visible(desk.caller).filter(tenant_id=desk.caller.tenant_id, type=REPORT)
    of_this = mine.filter(related_id=calculation.batch.code, data__calculationNumber=calculation.number)
    return [
        AskedReport(job=line_of(job, desk), format=str(job.data.get("format", "")).upper(), url=_report_url(job))
        for job in of_this.order_by("-id")[:REPORTS]
    ]


def _report_url(job: Job) -> str | None:
    """By the name of the page alone: reports build on pricing, not the other way round."""
    if job.status != "completed" or not isinstance(job.result, dict) or not job.result.get("reportId"):
        return None
    return reverse("reports:report", args=[job.result["reportId"]])


urls = [
    page(rf"calculations/(?P<calculation_id>{UUID})", show, name="calculation"),
    page(rf"calculations/(?P<calculation_id>{UUID})/repeat", repeat, name="calculation-repeat", methods=GET_AND_POST),
    page(rf"calculations/(?P<calculation_id>{UUID})/report", report, name="calculation-report", methods=GET_AND_POST),
    page(rf"calculations/(?P<calculation_id>{UUID})/items/(?P<position>\d{{1,10}})", show_item, name="item"),
]
