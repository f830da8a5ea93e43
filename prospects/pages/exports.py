"""The file of what a list shows, under the same filters."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from accounts import audit

from ..lists import companies, prospects
from ..transfers import exporting
from ..transfers.writing import csv_download
from . import contacts
from .access import desk_of, page


def export_prospects(request: HttpRequest) -> HttpResponseBase:
    query, _ = prospects.parse(request.GET.dict())
    found = prospects.find(query, tenant_id=desk_of(request).tenant_id)
    return _file(request, "prospects", exporting.PROSPECTS, exporting.prospect_rows(found))


def export_companies(request: HttpRequest) -> HttpResponseBase:
    query, _ = companies.parse(request.GET.dict())
    found = companies.find(query, tenant_id=desk_of(request).tenant_id)
    return _file(request, "companies", exporting.COMPANIES, exporting.company_rows(found))


def export_contacts(request: HttpRequest) -> HttpResponseBase:
    found = contacts.find(desk_of(request), **contacts.asked(request))
    return _file(request, "contacts", exporting.CONTACTS, exporting.contact_rows(found))


def _file(
    request: HttpRequest, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    audit.record(
        caller=desk_of(request).caller,
        action=f"{name}.export",
        target_type="list",
        target_id=name,
        details={"query": request.META.get("QUERY_STRING", "")[:2000]},
        request_id=getattr(request, "request_id", None),
    )
    return csv_download(f"{name}-{timezone.now():%Y-%m-%d}.csv", header, rows)


urls = [
    page(r"export\.csv", export_prospects, name="export"),
    page(r"companies/export\.csv", export_companies, name="companies-export"),
    page(r"contacts/export\.csv", export_contacts, name="contacts-export"),
]
