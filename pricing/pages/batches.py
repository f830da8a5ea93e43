"""The list of batches, making one, and one batch with its runs."""

import csv
import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.methods import GET_AND_POST
from jobs.payloads import InvalidPayload, parse
from prospects.pages.access import Desk, desk_of, page
from prospects.pages.jobs import about, start

from ..contracts.actions import CodeInUse, create_batch
from ..contracts.inputs import BatchInput
from ..models import Batch, Calculation, Contract
from .asking import CODE, number

PAGE = 50
ITEMS = 100
#: Runs that a batch shows.
RUNS = 50
#: Contracts that a page offers to choose from; any other can be typed.
OFFERED = 200
_COLUMNS = ("contract", "line", "quantity")


def show_all(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    mine = Batch.objects.filter(tenant_id=desk.tenant_id)
    before = number(request, "before")
    listed = list((mine.filter(pk__lt=before) if before else mine).order_by("-pk")[: PAGE + 1])
    rows = listed[:PAGE]
    newest = {
        one.batch_id: one
        for one in Calculation.objects.filter(batch__in=rows).order_by("batch_id", "-number").distinct("batch_id")
    }
    counts = dict(
        Batch.objects.filter(pk__in=[one.pk for one in rows])
        .order_by()
        .annotate(n=Count("items"))
        .values_list("pk", "n")
    )
    context = {
        "rows": [{"batch": one, "newest": newest.get(one.pk), "items": counts.get(one.pk, 0)} for one in rows],
        "older": rows[-1].pk if len(listed) > PAGE else None,
        "before": before,
    }
    return render(request, "pricing/batches.html", context)


def add(request: HttpRequest) -> HttpResponse:
    """POST code, name, date, asOf, and contracts or a file of contract, line, quantity."""
    desk = desk_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            given = parse(BatchInput, _given(request))
            assert isinstance(given, BatchInput)  # noqa: S101  for the type checker
            batch = create_batch(tenant_id=desk.tenant_id, given=given, by=desk.caller)
            if request.POST.get("action") == "run":
                _run(request, desk, batch)
            return HttpResponseRedirect(reverse("pricing:batch", args=[batch.code]))
        except InvalidPayload as error:
            problems = {_FIELDS.get(name, name): text for name, text in error.fields.items()}
        except CodeInUse as error:
            problems = {"code": str(error)}
    chosen = request.POST.getlist("contracts") or request.GET.getlist("contract")
    offered = list(Contract.objects.filter(tenant_id=desk.tenant_id).order_by("code")[:OFFERED])
    fields = {name: request.POST.get(name, "") for name in ("code", "name", "date", "asOf", "more")}
    fields["date"] = fields["date"] or timezone.now().date().isoformat()
    context = {
        "problems": problems,
        "fields": fields,
        "offered": offered,
        "chosen": chosen,
        "most_bytes": settings.MAX_IMPORT_BYTES,
    }
    return render(request, "pricing/batch_add.html", context, status=422 if problems else 200)


_FIELDS = {"batchId": "code", "pricingDate": "date", "body": "contracts", "items": "file"}


def _given(request: HttpRequest) -> dict[str, Any]:
    """As the API takes it. Raises InvalidPayload for a file that is none."""
    given: dict[str, Any] = {
        "batchId": request.POST.get("code", "").strip(),
        "name": request.POST.get("name", "").strip(),
        "pricingDate": request.POST.get("date", "").strip(),
    }
    if as_of := request.POST.get("asOf", "").strip():
        given["asOf"] = f"{as_of}T23:59:59Z" if len(as_of) == 10 else as_of
    file = request.FILES.get("file")
    contracts = [*request.POST.getlist("contracts"), *request.POST.get("more", "").replace(",", " ").split()]
    if file is not None and contracts:
        raise InvalidPayload({"contracts": "choose contracts or give a file, not both"})
    if file is None and not contracts:
        raise InvalidPayload({"contracts": "choose at least one, or give a file of lines"})
    if file is not None:
        if (file.size or 0) > settings.MAX_IMPORT_BYTES:
            raise InvalidPayload({"file": f"must have at most {settings.MAX_IMPORT_BYTES // 2**20} MiB"})
        given["items"] = _items(file.read())
    else:
        given["contracts"] = list(dict.fromkeys(contracts))
    return given


def _items(content: bytes) -> list[dict[str, str]]:
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise InvalidPayload({"file": "must be CSV in UTF-8"}) from None
    header = [name.strip().lower() for name in lines[0]] if lines else []
    if header[:2] != list(_COLUMNS[:2]) or header[2:] not in ([], ["quantity"]):
        raise InvalidPayload({"file": f"must begin with the line {','.join(_COLUMNS)}; quantity may be missing"})
    rows = [dict(zip(_COLUMNS, (cell.strip() for cell in line), strict=False)) for line in lines[1:] if any(line)]
    if not rows:
        raise InvalidPayload({"file": "has no lines below its header"})
    return [{name: value for name, value in row.items() if value} for row in rows]


def show(request: HttpRequest, code: str) -> HttpResponse:
    """The batch, its runs and items. POST calculates it once more."""
    desk = desk_of(request)
    batch = batch_of(desk, code)
    if request.method == "POST":
        _run(request, desk, batch)
        return HttpResponseRedirect(reverse("pricing:batch", args=[batch.code]))
    after = number(request, "after")
    items = list(batch.items.filter(position__gt=after).select_related("contract").order_by("position")[: ITEMS + 1])
    context = {
        "batch": batch,
        "runs": list(batch.calculations.order_by("-number")[:RUNS]),
        "items": items[:ITEMS],
        "item_count": batch.items.count(),
        "next": items[ITEMS - 1].position if len(items) > ITEMS else None,
        "jobs": [job for job in about(desk, batch.code) if job.title == "Calculation"][:5],
    }
    return render(request, "pricing/batch.html", context)


def _run(request: HttpRequest, desk: Desk, batch: Batch) -> None:
    if not desk.tenant_id:
        messages.error(request, "Batches belong to an organisation; choose one first.")
        return
    start(request, "calculation", {"tenantId": desk.tenant_id, "batchId": batch.code})


def batch_of(desk: Desk, code: str) -> Batch:
    found = Batch.objects.filter(tenant_id=desk.tenant_id, code=code).first()
    if found is None:
        raise Http404("There is no such batch.")
    return found


urls = [
    page("batches", show_all, name="batches"),
    page("add-batch", add, name="batch-add", methods=GET_AND_POST),
    page(rf"batches/{CODE}", show, name="batch", methods=GET_AND_POST),
]
