"""Importing a list: upload, columns and preview, then a job whose end the page shows."""

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

from ..models.imports import Import, ImportContent, ImportKind, ImportStatus, RejectedRow
from ..transfers import actions
from ..transfers.errors import BadFile
from ..transfers.fields import FIELDS
from ..transfers.reading import MOST_ROWS, MOST_SHEET_ROWS, read
from ..transfers.writing import csv_download
from .access import Desk, desk_of, page
from .jobs import JobLine, line_of

UUID = r"(?P<import_id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
LISTED = 30
#: Rejected rows that the page itself shows.
MOST_REJECTS = 100


def show_all(request: HttpRequest) -> HttpResponse:
    """The imports so far and the form for the next; POST takes a file in."""
    desk, problem = desk_of(request), ""
    if request.method == "POST":
        try:
            upload = _take_in(request, desk)
            return HttpResponseRedirect(_address(upload))
        except BadFile as error:
            problem = str(error)
    rows = Import.objects.filter(tenant_id=desk.tenant_id).select_related("user")[:LISTED]
    context = {
        "rows": rows,
        "kinds": _kinds(),
        "kind": request.POST.get("kind") or request.GET.get("kind") or ImportKind.COMPANIES,
        "problem": problem,
        "most_bytes": settings.MAX_IMPORT_BYTES,
        "most_rows": MOST_ROWS,
        "most_sheet_rows": MOST_SHEET_ROWS,
    }
    return render(request, "prospects/imports.html", context, status=422 if problem else 200)


def _kinds() -> list[dict[str, Any]]:
    return [
        {
            "value": kind.value,
            "label": kind.label,
            "required": [field.label for field in FIELDS[kind] if field.required],
            "optional": [field.label for field in FIELDS[kind] if not field.required],
        }
        for kind in ImportKind
    ]


def _take_in(request: HttpRequest, desk: Desk) -> Import:
    given, kind = request.FILES.get("file"), request.POST.get("kind", "")
    if given is None:
        raise BadFile("Choose a file first.")
    if kind not in ImportKind.values:
        raise BadFile("Choose what the rows are.")
    if (given.size or 0) > settings.MAX_IMPORT_BYTES:
        raise BadFile(f"The file has more than {settings.MAX_IMPORT_BYTES // 2**20} MiB. Split it into parts.")
    name = str(given.name or "list")
    return actions.take_in(content=given.read(), file_name=name, kind=kind, caller=desk.caller, user=desk.user)


def show(request: HttpRequest, import_id: str) -> HttpResponse:
    """A draft with its columns and first rows, or how far a started import is and what it left out."""
    desk = desk_of(request)
    upload = _found(desk, import_id)
    if request.method == "POST":
        return _act(request, desk, upload)
    if upload.status == ImportStatus.DRAFT:
        return _draft(request, upload)
    context = {
        "upload": upload,
        "job": _job(desk, upload),
        "rejects": upload.rejects.all()[:MOST_REJECTS],
        "target": TARGETS[ImportKind(upload.kind)],
    }
    return render(request, "prospects/import.html", context)


TARGETS = {
    ImportKind.PROSPECTS: "prospects:index",
    ImportKind.COMPANIES: "prospects:companies",
    ImportKind.CONTACTS: "prospects:contacts",
    ImportKind.FIGURES: "prospects:companies",
}


def _draft(request: HttpRequest, upload: Import, *, status: int = 200) -> HttpResponse:
    shown = actions.preview(upload)
    fields = [
        {"field": field, "column": upload.mapping.get(field.name, -1), "known": field.name in upload.mapping}
        for field in FIELDS[upload.kind]
    ]
    same = Import.objects.filter(tenant_id=upload.tenant_id, digest=upload.digest, kind=upload.kind)
    context = {
        "upload": upload,
        "preview": shown,
        "fields": fields,
        "columns": list(enumerate(shown.header)),
        "mapped": [one["field"] for one in fields if one["known"]],
        "before": same.filter(status=ImportStatus.DONE).exclude(pk=upload.pk).first(),
    }
    return render(request, "prospects/import_draft.html", context, status=status)


def _job(desk: Desk, upload: Import) -> JobLine | None:
    job = reads.find(desk.caller, upload.job_id) if upload.job_id else None
    return line_of(job, desk) if job else None


def _act(request: HttpRequest, desk: Desk, upload: Import) -> HttpResponse:
    verb = request.POST.get("action", "")
    if upload.status != ImportStatus.DRAFT:
        messages.warning(request, "This import has been started already.")
        return HttpResponseRedirect(_address(upload))
    if verb == "drop":
        actions.drop(upload=upload, caller=desk.caller)
        messages.success(request, f"{upload.file_name} is dropped. Nothing of it was stored.")
        return HttpResponseRedirect(reverse("prospects:imports"))
    actions.remap(upload=upload, mapping=_mapping(request), caller=desk.caller)
    if verb == "start":
        try:
            actions.start(upload=upload, caller=desk.caller, request_id=getattr(request, "request_id", None))
        except (BadFile, Refused, TooManyWaiting) as error:
            messages.error(request, str(error))
            return _draft(request, upload, status=422)
    return HttpResponseRedirect(_address(upload))


def _mapping(request: HttpRequest) -> dict[str, int]:
    given = {name.removeprefix("field."): word for name, word in request.POST.items() if name.startswith("field.")}
    return {name: int(str(word)) for name, word in given.items() if str(word).isascii() and str(word).isdigit()}


def rejects(request: HttpRequest, import_id: str) -> HttpResponseBase:
    """The rows that were left out, as a file to correct and upload again: their cells, and what is wrong."""
    upload = _found(desk_of(request), import_id)
    rows = RejectedRow.objects.filter(upload=upload)
    header = [*_header(upload, rows.first()), "Row", "Problem"]

    def lines() -> Iterator[list[Any]]:
        for row in rows.iterator(chunk_size=1000):
            cells = [*row.cells, *[""] * (len(header) - 2 - len(row.cells))]
            yield [*cells, row.number, "; ".join(f"{one['column']} {one['message']}" for one in row.problems)]

    return csv_download("rejected-rows.csv", header, lines())


def _header(upload: Import, row: RejectedRow | None) -> list[str]:
    """The file's own header; from the mapping once the file is gone, so that a corrected list maps by itself."""
    content = ImportContent.objects.filter(upload=upload).first()
    if content is not None:
        return next(read(bytes(content.body), upload.file_name)).cells
    labels = {int(column): name for name, column in upload.mapping.items()}
    width = max([*(column + 1 for column in labels), len(row.cells) if row else 0])
    return [labels.get(column, f"column {column + 1}") for column in range(width)]


def _found(desk: Desk, import_id: str) -> Import:
    upload = Import.objects.filter(tenant_id=desk.tenant_id, public_id=import_id).select_related("user").first()
    if upload is None:
        raise Http404("There is no such import.")
    return upload


def _address(upload: Import) -> str:
    return reverse("prospects:import", args=[upload.public_id])


urls = [
    page("imports", show_all, name="imports", methods=GET_AND_POST),
    page(f"imports/{UUID}/rejected.csv", rejects, name="import-rejects"),
    page(f"imports/{UUID}", show, name="import", methods=GET_AND_POST),
]
