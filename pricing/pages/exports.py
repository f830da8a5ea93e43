"""Files of what these pages show, for spreadsheets and for other programs."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from accounts import audit
from prospects.pages.access import Desk, desk_of, page
from prospects.transfers.writing import csv_download

from ..api.resources import (
    batch_item_resource,
    batch_resource,
    contract_resource,
    line_resource,
    version_resource,
)
from ..calculation import parse_terms
from ..calculation.numbers import plain
from ..contracts.words import in_words
from ..ingestion.csv_file import COLUMNS
from ..models import Contract, ContractLine, Observation, Series
from .asking import CODE, UUID, series_of
from .batches import batch_of
from .calculation import calculation_of
from .contracts import contract_of

#: Rows that are held at once.
CHUNK = 2000


def series_values(request: HttpRequest, code: str) -> HttpResponseBase:
    """The newest revision of each date and version, in the layout that imports read: importing it changes nothing."""
    desk = desk_of(request)
    series = series_of(desk, code)
    return csv_answer(desk, f"series-{series.code}", COLUMNS, _value_rows(series))


def _value_rows(series: Series) -> Iterator[list[Any]]:
    same = Observation.objects.filter(
        series=series, as_of_date=OuterRef("as_of_date"), version_tag=OuterRef("version_tag")
    )
    newest = Observation.objects.filter(series=series).annotate(
        newest=Subquery(same.order_by("-revision").values("revision")[:1])
    )
    for row in newest.filter(revision=F("newest")).order_by("as_of_date", "version_tag").iterator(chunk_size=CHUNK):
        yield [
            series.code,
            row.as_of_date,
            plain(row.value),
            series.unit,
            series.currency,
            row.version_tag,
            row.published_at,
            row.source,
        ]


def contracts_csv(request: HttpRequest) -> HttpResponseBase:
    """Every line of every version of every contract."""
    desk = desk_of(request)
    lines = ContractLine.objects.filter(tenant_id=desk.tenant_id).select_related("version__contract")
    rows = (
        [
            one.version.contract.code,
            one.version.contract.name,
            one.version.contract.counterparty,
            one.version.number,
            one.version.effective_from,
            one.version.terms["currency"],
            in_words(parse_terms(one.version.terms)).formula,
            one.code,
            one.description,
            one.unit,
            None if one.base_price is None else plain(one.base_price),
            plain(one.quantity),
            None if one.content is None else plain(one.content),
        ]
        for one in lines.order_by("version__contract__code", "version__number", "code").iterator(chunk_size=CHUNK)
    )
    return csv_answer(desk, "contracts", _CONTRACT_COLUMNS, rows)


def contracts_json(request: HttpRequest) -> HttpResponseBase:
    """All contracts as the API tells them, each version with its lines."""
    desk = desk_of(request)
    found = Contract.objects.filter(tenant_id=desk.tenant_id).order_by("code")
    return _json_answer(desk, "contracts", (contract_whole(one) for one in found.iterator(chunk_size=CHUNK)))


def contract_json(request: HttpRequest, code: str) -> HttpResponseBase:
    desk = desk_of(request)
    contract = contract_of(desk, code)
    return _json_answer(desk, f"contract-{contract.code}", [contract_whole(contract)])


def contract_whole(contract: Contract) -> dict[str, Any]:
    versions = contract.versions.prefetch_related("lines").order_by("number")
    return contract_resource(contract) | {
        "versions": [
            version_resource(one) | {"lines": [line_resource(line) for line in one.lines.all()]} for one in versions
        ]
    }


def batch_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The items of a batch, as a file from which another batch can be made."""
    desk = desk_of(request)
    batch = batch_of(desk, code)
    items = batch.items.select_related("contract").order_by("position")
    rows = (
        [one.contract.code, one.line_code, None if one.quantity is None else plain(one.quantity)]
        for one in items.iterator(chunk_size=CHUNK)
    )
    return csv_answer(desk, f"batch-{batch.code}", ("contract", "line", "quantity"), rows)


def batch_json(request: HttpRequest, code: str) -> HttpResponseBase:
    desk = desk_of(request)
    batch = batch_of(desk, code)
    items = batch.items.select_related("contract").order_by("position")
    whole = batch_resource(batch) | {"items": [batch_item_resource(one) for one in items.iterator(chunk_size=CHUNK)]}
    return _json_answer(desk, f"batch-{batch.code}", [whole])


def calculation_csv(request: HttpRequest, calculation_id: str) -> HttpResponseBase:
    """The items of a run with their prices, as they were rounded."""
    desk = desk_of(request)
    calculation = calculation_of(desk, calculation_id)
    rows = (
        [
            one.position,
            one.contract_code,
            one.version.number,
            one.line_code,
            plain(one.quantity),
            one.factor,
            one.price,
            one.amount,
            one.currency,
            one.provisional,
            one.previous_amount,
            one.delta,
        ]
        for one in calculation.items.select_related("version").order_by("position").iterator(chunk_size=CHUNK)
    )
    name = f"{calculation.batch.code}-run-{calculation.number}"
    return csv_answer(desk, name, _CALCULATION_COLUMNS, rows)


_CONTRACT_COLUMNS = (
    "contract",
    "name",
    "counterparty",
    "version",
    "effective_from",
    "currency",
    "formula",
    "line",
    "description",
    "unit",
    "base_price",
    "quantity",
    "content",
)
_CALCULATION_COLUMNS = (
    "position",
    "contract",
    "version",
    "line",
    "quantity",
    "factor",
    "price",
    "amount",
    "currency",
    "provisional",
    "previous_amount",
    "delta",
)


def _json_answer(desk: Desk, name: str, rows: Iterable[dict[str, Any]]) -> StreamingHttpResponse:
    """A list, one row at a time."""
    _audit(desk, name)

    def pieces() -> Iterator[str]:
        yield "["
        for number, row in enumerate(rows):
            yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
        yield "\n]\n"

    answer = StreamingHttpResponse(pieces(), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{name.replace(":", "-")}.json"'
    return answer


def csv_answer(desk: Desk, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A file to download; who took it is audited."""
    _audit(desk, name)
    return csv_download(f"{name.replace(':', '-')}.csv", header, rows)


def _audit(desk: Desk, name: str) -> None:
    audit.record(
        caller=desk.caller,
        action="pricing.export",
        target_type="list",
        target_id=name,
        tenant_id=desk.tenant_id,
    )


urls = [
    page(rf"series/{CODE}/values\.csv", series_values, name="series-csv"),
    page(r"contracts\.csv", contracts_csv, name="contracts-csv"),
    page(r"contracts\.json", contracts_json, name="contracts-json"),
    page(rf"contracts/{CODE}/contract\.json", contract_json, name="contract-json"),
    page(rf"batches/{CODE}/items\.csv", batch_csv, name="batch-csv"),
    page(rf"batches/{CODE}/batch\.json", batch_json, name="batch-json"),
    page(rf"calculations/(?P<calculation_id>{UUID})/items\.csv", calculation_csv, name="calculation-csv"),
]
