"""GET and POST /api/reports; GET and DELETE /api/reports/{id}; GET /api/reports/{id}/download."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit
from jobs.api.base import READ, WRITE, WRITE_OWNED, ApiView, Need
from jobs.api.openapi import submissions
from jobs.api.openapi.declaring import Media, choice, documented, text
from jobs.api.params import Params
from jobs.api.problems import Conflict, NotFound
from jobs.api.submitting import CONFLICTS, SUBMITTED, ShortcutView
from jobs.shapes.job import SubmittedJob
from jobs.submission import Refused
from pricing.api.paging import FOUND, contains, of_tenant, page_of

from .. import files
from ..access import may_remove, visible
from ..models import Report
from ..models.reports import Format, Kind
from . import shapes
from .resources import report_resource

FILES = tuple(
    Media(type=kind, about="The file.", schema={"type": "string", "format": "binary"})
    for kind in dict.fromkeys(files.CONTENT_TYPES.values())
)


class ReportsView(ShortcutView):
    """GET the organisation's reports, the newest first. POST the data of a report, which makes its job."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}
    type_name = "report"

    @documented(
        "The reports",
        about="The newest first.",
        query=[
            choice("kind", Kind.values),
            choice("format", Format.values),
            text("companyId"),
            text("batchId"),
            text("jobId"),
            *FOUND,
        ],
        answers={200: shapes.Reports},
    )
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        tenant_id = of_tenant(self.caller, params)
        found = visible(self.caller)
        found = found.none() if tenant_id is None else found.filter(tenant_id=tenant_id)
        for name, words in (("kind", Kind.values), ("format", Format.values)):
            if value := params.parsed(name, _one_of(words), f"must be one of {', '.join(words)}"):
                found = found.filter(**{name: value})
        if company := params.text("companyId"):
            found = found.filter(subject_id=company).exclude(kind=Kind.PRICE_MATH)
        if batch := params.text("batchId"):
            found = found.filter(subject_id=batch, kind=Kind.PRICE_MATH)
        if job := params.text("jobId"):
            found = found.filter(job_id=job)
        page = page_of(found.filter(contains(params, "title")).defer("content"), params)
        return Response(page.shown("reports", [report_resource(row) for row in page.rows]))

    @documented(
        "Ask for a report",
        about="Makes a job. The body is the data of `report`, or of `batch-report` where `reportType` is `price-math`.",
        body=submissions.data_with_options,
        answers={200: SubmittedJob, 202: SubmittedJob},
        conflicts=CONFLICTS,
        headers=SUBMITTED,
        examples={"a month": {"companyId": "comp_123", "reportType": "monthly"}},
    )
    def post(self, request: Request) -> Response:
        return super().post(request)


class ReportView(ApiView):
    """GET one report with its content; DELETE it and its file, as its owner or an administrator."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "DELETE": WRITE_OWNED}

    @documented("One report with its content", answers={200: shapes.WholeReport})
    def get(self, request: Request, report_id: str) -> HttpResponseBase:
        Params(request.query_params).done()
        return Response(report_resource(self.find(report_id), whole=True))

    @documented(
        "Remove a report and its file",
        about="For who asked for it, and administrators.",
        answers={200: shapes.RemovedReport},
    )
    def delete(self, request: Request, report_id: str) -> Response:
        Params(request.query_params).done()
        report = self.find(report_id)
        if not may_remove(self.caller, report):
            raise Refused("Only who asked for a report and administrators may remove it.")
        with transaction.atomic():
            self._audit(report)
            files.remove_file(report)
            report.delete()
        return Response({"id": report_id, "removed": True})

    def find(self, report_id: str) -> Report:
        report = visible(self.caller).filter(public_id=report_id).first()
        if report is None:
            raise NotFound("report")
        return report

    def _audit(self, report: Report) -> None:
        audit.record(
            caller=self.caller,
            action="report.remove",
            target_type="report",
            target_id=report.public_id,
            tenant_id=report.tenant_id,
            details={"title": report.title, "kind": report.kind, "sha256": report.sha256},
            request_id=self.request_id,
        )


class DownloadView(ReportView):
    """GET the file. It never changes, so that a reader who has it already is told so."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "The file of a report",
        about="It never changes: with `If-None-Match` a reader who has it is told so.",
        answers={200: FILES, 304: None},
        conflicts=["no_file"],
        headers={"ETag": "Of the file."},
    )
    def get(self, request: Request, report_id: str) -> HttpResponseBase:
        Params(request.query_params).done()
        report = self.find(report_id)
        if not report.file:
            raise Conflict("no_file", "This report has no file, or it is no longer kept; make the report again.")
        etag = quote_etag(report.sha256)
        known = get_conditional_response(request._request, etag=etag)
        answer: HttpResponseBase = known or _file(report, with_body=request.method != "HEAD")
        answer["ETag"] = etag
        return answer

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.has_header("ETag"):
            # A browser may keep it for its user, and asks each time whether that one still may see it.
            response["Cache-Control"] = "private, no-cache"
        return response


def _file(report: Report, *, with_body: bool) -> HttpResponseBase:
    kind = files.content_type_of(report)
    answer: HttpResponseBase
    if with_body:
        try:
            answer = FileResponse(report.file.open("rb"), content_type=kind)
        except FileNotFoundError:
            raise NotFound("file") from None
    else:
        answer = HttpResponse(content_type=kind)
    answer["Content-Length"] = str(report.size_bytes)
    answer["Content-Disposition"] = content_disposition_header(True, files.download_name(report)) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _one_of(words: list[str]) -> Any:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(value)
        return value

    return parse
