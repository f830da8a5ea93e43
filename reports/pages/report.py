"""One report, to read and to print."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from prospects.pages.access import Desk, desk_of, page

from .. import files
from ..access import visible
from ..models import Report
from ..periodic import showing
from ..periodic.periods import PeriodKind
from ..periodic.pictures import pictures_of

REPORT = r"(?P<report_id>rep_[a-z2-7]{16})"


def show(request: HttpRequest, report_id: str) -> HttpResponse:
    report = found(desk_of(request), report_id)
    if report.kind in list(PeriodKind):
        return _periodic(request, report)
    return render(request, "reports/file.html", {"report": report, "pdf": files.download_url(report)})


def found(desk: Desk, report_id: str) -> Report:
    """Raises Http404, also for a report of another organisation."""
    mine = visible(desk.caller).filter(tenant_id=desk.tenant_id)
    report = mine.filter(public_id=report_id).select_related("company").first()
    if report is None:
        raise Http404("There is no such report.")
    return report


def _periodic(request: HttpRequest, report: Report) -> HttpResponse:
    content = report.content
    return render(
        request,
        "reports/periodic.html",
        {
            "report": report,
            "pdf": files.download_url(report),
            "content": content,
            "metrics": showing.metrics_of(content),
            "scores": showing.scores_of(content),
            "pictures": pictures_of(content),
            "others": _others(report),
        },
    )


def _others(report: Report) -> list[Report]:
    if report.company is None:
        return []
    same = Report.objects.filter(tenant_id=report.tenant_id, company=report.company, kind__in=list(PeriodKind))
    return list(same.exclude(pk=report.pk).defer("content").order_by("-pk")[:8])


urls = [page(REPORT, show, name="report")]
