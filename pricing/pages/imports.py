"""Importing files of values: upload, preview, then a job whose end the page shows."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST
from jobs import reads
from jobs.limits import TooManyWaiting
from jobs.submission import Refused
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import JobLine, line_of
from prospects.transfers.writing import csv_download

from ..ingestion import uploading
from ..ingestion.csv_file import COLUMNS, WrongFile
from ..ingestion.importing import MOST_PROBLEMS
from ..models import UploadStatus, ValueImport, ValueUpload
from .asking import UUID

LISTED = 30
#: Rejected rows that the page itself shows.
MOST_SHOWN = 100


def show_all(request: HttpRequest) -> HttpResponse:
    """The imports so far and the form for the next; POST takes a file in."""
    desk, problem = desk_of(request), ""
    if request.method == "POST":
        given = request.FILES.get("file")
        problem = _problem_with(given)
        if given is not None and not problem:
            upload = uploading.take_in(
                pieces=given.chunks(), file_name=str(given.name or "values.csv"), caller=desk.caller, user=desk.user
            )
            return HttpResponseRedirect(_address(upload))
    context = {
        "uploads": ValueUpload.objects.filter(tenant_id=desk.tenant_id).exclude(status=UploadStatus.DONE)[:LISTED],
        "rows": ValueImport.objects.filter(tenant_id=desk.tenant_id).order_by("-id")[:LISTED],
        "problem": problem,
        "most_bytes": settings.MAX_IMPORT_BYTES,
        "columns": ",".join(COLUMNS),
    }
    return render(request, "pricing/imports.html", context, status=422 if problem else 200)


def _problem_with(given: Any) -> str:
    if given is None:
        return "Choose a file first."
    if not given.size:
        return "The file is empty."
    if given.size > settings.MAX_IMPORT_BYTES:
        most = settings.MAX_IMPORT_BYTES // 2**20
        return (
            f"The file has more than {most} MiB. Split it, raise MAX_IMPORT_BYTES, "
            "or use manage.py import_index_values."
        )
    return ""


def show(request: HttpRequest, upload_id: str) -> HttpResponse:
    """A draft with its first rows, or how far a started import is."""
    desk = desk_of(request)
    upload = _found(desk, upload_id)
    if request.method == "POST":
        return _act(request, desk, upload)
    if upload.status == UploadStatus.DONE and upload.value_import:
        return _done(request, upload.value_import, upload)
    if upload.status == UploadStatus.DRAFT:
        return _draft(request, upload)
    return render(
        request, "pricing/import.html", {"upload": upload, "name": upload.file_name, "job": _job(desk, upload)}
    )


def show_import(request: HttpRequest, import_id: str) -> HttpResponse:
    """What one file brought, whichever way it came."""
    return _done(request, _import(desk_of(request), import_id), None)


def _done(request: HttpRequest, record: ValueImport, upload: ValueUpload | None) -> HttpResponse:
    context = {
        "upload": upload,
        "record": record,
        "name": record.file_name,
        "problems": record.problems[:MOST_SHOWN],
        "unlisted": max(record.rejected - min(len(record.problems), MOST_SHOWN), 0),
        "most_kept": MOST_PROBLEMS,
    }
    return render(request, "pricing/import.html", context)


def _draft(request: HttpRequest, upload: ValueUpload) -> HttpResponse:
    context: dict[str, Any] = {"upload": upload, "columns": ",".join(COLUMNS)}
    try:
        context["preview"] = uploading.preview(upload)
    except WrongFile as error:
        context["wrong"] = str(error)
    same = ValueImport.objects.filter(tenant_id=upload.tenant_id, sha256=upload.sha256, rejected=0)
    context["before"] = same.first()
    return render(request, "pricing/import_draft.html", context, status=422 if "wrong" in context else 200)


def _act(request: HttpRequest, desk: Desk, upload: ValueUpload) -> HttpResponse:
    if request.POST.get("action") == "drop":
        if uploading.drop(upload=upload, caller=desk.caller):
            messages.success(request, f"{upload.file_name} is dropped. Nothing of it was stored.")
            return HttpResponseRedirect(reverse("pricing:imports"))
    else:
        try:
            if uploading.start(upload=upload, caller=desk.caller, request_id=getattr(request, "request_id", None)):
                return HttpResponseRedirect(_address(upload))
        except (Refused, TooManyWaiting) as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(_address(upload))
    messages.warning(request, "This import has been started already.")
    return HttpResponseRedirect(_address(upload))


def _job(desk: Desk, upload: ValueUpload) -> JobLine | None:
    job = reads.find(desk.caller, upload.job_id) if upload.job_id else None
    return line_of(job, desk) if job else None


def problems(request: HttpRequest, import_id: str) -> HttpResponseBase:
    """Lines that were left out and why, as a file."""
    record = _import(desk_of(request), import_id)

    def lines() -> Iterator[list[Any]]:
        for one in record.problems:
            yield [one["line"], one["reason"]]

    return csv_download("rejected-lines.csv", ["line", "reason"], lines())


def _found(desk: Desk, upload_id: str) -> ValueUpload:
    mine = ValueUpload.objects.filter(tenant_id=desk.tenant_id).select_related("value_import")
    upload = mine.filter(public_id=upload_id).first()
    if upload is None:
        raise Http404("There is no such upload.")
    return upload


def _import(desk: Desk, import_id: str) -> ValueImport:
    record = ValueImport.objects.filter(tenant_id=desk.tenant_id, public_id=import_id).first()
    if record is None:
        raise Http404("There is no such import.")
    return record


def _address(upload: ValueUpload) -> str:
    return reverse("pricing:upload", args=[upload.public_id])


urls = [
    page("imports", show_all, name="imports", methods=GET_AND_POST),
    page(rf"imports/(?P<import_id>{UUID})/rejected\.csv", problems, name="import-problems"),
    page(rf"imports/(?P<import_id>{UUID})", show_import, name="import"),
    page(rf"imports/uploads/(?P<upload_id>{UUID})", show, name="upload", methods=GET_AND_POST),
]
