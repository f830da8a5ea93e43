"""The content of a periodic report as a file for programs and spreadsheets."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse

from prospects.pages.access import desk_of, page
from prospects.transfers.writing import csv_download

from ..models import Report
from ..periodic import tables
from .report import REPORT, found


def as_json(request: HttpRequest, report_id: str) -> HttpResponse:
    report = _with_content(request, report_id)
    answer = JsonResponse(report.content, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{report.public_id}.json"'
    return answer


def as_csv(request: HttpRequest, report_id: str) -> StreamingHttpResponse:
    report = _with_content(request, report_id)
    return csv_download(f"{report.public_id}.csv", tables.HEADER, tables.lines_of(report.content))


def _with_content(request: HttpRequest, report_id: str) -> Report:
    report = found(desk_of(request), report_id)
    if not report.content:
        raise Http404("This report is a file; download it as it is.")
    return report


urls = [page(rf"{REPORT}\.json", as_json, name="json"), page(rf"{REPORT}\.csv", as_csv, name="csv")]
