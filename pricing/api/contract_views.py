"""/api/contracts and /api/pricing/batches."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.base import READ, WRITE, ApiView, Need
from jobs.api.openapi.declaring import TENANT, documented
from jobs.api.params import Params
from jobs.api.problems import Conflict, Invalid
from jobs.api.tenants import tenant_of
from jobs.payloads import parse

from ..contracts.actions import CodeInUse, amend_contract, create_batch, create_contract
from ..contracts.inputs import BatchInput, ContractInput, VersionInput
from ..models import Batch, Calculation, Contract, ContractVersion
from . import shapes
from .bodies import with_tenant
from .paging import FOUND, PAGED, by_position, contains, of_tenant, one, page_of
from .resources import (
    batch_item_resource,
    batch_resource,
    calculation_resource,
    contract_resource,
    line_resource,
    version_resource,
)

#: Calculations that a batch shows; the others are in GET /api/calculations?batchId=.
MOST_SHOWN = 20


class ContractsView(ApiView):
    """GET the contracts, POST a new one with its first version."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}

    @documented("The contracts", about="The newest first.", query=FOUND, answers={200: shapes.Contracts})
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        tenant_id = of_tenant(self.caller, params)
        found = Contract.objects.none() if tenant_id is None else Contract.objects.filter(tenant_id=tenant_id)
        page = page_of(found.filter(contains(params, "code", "name", "counterparty")), params)
        return Response(page.shown("contracts", [contract_resource(row) for row in page.rows]))

    @documented(
        "Make a contract with its first version",
        body=with_tenant(ContractInput),
        answers={201: shapes.WholeContract},
        conflicts=["code_in_use"],
        headers={"Location": "Of the contract."},
    )
    def post(self, request: Request) -> Response:
        body, tenant = _without_tenant(request.data)
        given = parse(ContractInput, body)
        assert isinstance(given, ContractInput)  # noqa: S101  for the type checker
        try:
            version = create_contract(
                tenant_id=tenant_of(self.caller, tenant), given=given, by=self.caller, request_id=self.request_id
            )
        except CodeInUse as error:
            raise Conflict(error.code, str(error)) from None
        return Response(_whole(version.contract), status=201, headers={"Location": f"/api/contracts/{given.code}"})


class ContractView(ApiView):
    """GET one contract with all its versions."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One contract with its versions", query=[TENANT], answers={200: shapes.WholeContract})
    def get(self, request: Request, code: str) -> Response:
        return Response(_whole(_contract(self, request, code)))


class VersionsView(ApiView):
    """POST an amendment: a further version. What was calculated before keeps its own."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": WRITE}

    @documented(
        "Amend a contract",
        about="A further version. What was calculated before keeps its own.",
        query=[TENANT],
        body=VersionInput,
        answers={201: shapes.ContractVersion},
    )
    def post(self, request: Request, code: str) -> Response:
        given = parse(VersionInput, _object(request.data))
        assert isinstance(given, VersionInput)  # noqa: S101  for the type checker
        contract = _contract(self, request, code)
        version = amend_contract(contract=contract, given=given, by=self.caller, request_id=self.request_id)
        version.refresh_from_db()
        return Response(version_resource(version), status=201)


class VersionView(ApiView):
    """GET one version with its lines, all of them: a version is whole."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One version with all its lines", query=[TENANT], answers={200: shapes.WholeVersion})
    def get(self, request: Request, code: str, number: str) -> Response:
        contract = _contract(self, request, code)
        version: ContractVersion = one(
            contract.versions.all(), contract.tenant_id, "version", number=min(int(number), 2**31 - 1)
        )
        lines = [line_resource(line) for line in version.lines.order_by("code")]
        return Response(version_resource(version) | {"lines": lines})


class BatchesView(ApiView):
    """GET the batches, POST a new one. A job of the type calculation calculates it."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}

    @documented(
        "The batches to be priced", about="The newest first.", query=FOUND, answers={200: shapes.PricingBatches}
    )
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        tenant_id = of_tenant(self.caller, params)
        found = Batch.objects.none() if tenant_id is None else Batch.objects.filter(tenant_id=tenant_id)
        page = page_of(found.filter(contains(params, "code", "name")), params)
        return Response(page.shown("batches", [batch_resource(row) for row in page.rows]))

    @documented(
        "Make a batch",
        about="A job of the type calculation calculates it.",
        body=with_tenant(BatchInput),
        answers={201: shapes.MadePricingBatch},
        conflicts=["code_in_use"],
        headers={"Location": "Of the batch."},
        examples={"all lines of a contract": {"batchId": "2026-11", "pricingDate": "2026-11-30", "contracts": ["C-1"]}},
    )
    def post(self, request: Request) -> Response:
        body, tenant = _without_tenant(request.data)
        given = parse(BatchInput, body)
        assert isinstance(given, BatchInput)  # noqa: S101  for the type checker
        try:
            batch = create_batch(
                tenant_id=tenant_of(self.caller, tenant), given=given, by=self.caller, request_id=self.request_id
            )
        except CodeInUse as error:
            raise Conflict(error.code, str(error)) from None
        batch.refresh_from_db()
        headers = {"Location": f"/api/pricing/batches/{batch.code}"}
        return Response(batch_resource(batch) | {"itemCount": batch.items.count()}, status=201, headers=headers)


class BatchView(ApiView):
    """GET one batch: its items, a page of them, and its newest calculations."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One batch with a page of its items", query=PAGED, answers={200: shapes.WholePricingBatch})
    def get(self, request: Request, code: str) -> Response:
        params = Params(request.query_params)
        batch: Batch = one(Batch.objects.all(), of_tenant(self.caller, params), "batch", code=code)
        page = by_position(batch.items.select_related("contract"), params)
        runs = Calculation.objects.filter(batch=batch).select_related("batch", "previous").order_by("-number")
        shown = page.shown("items", [batch_item_resource(row) for row in page.rows])
        return Response(
            batch_resource(batch)
            | {
                "itemCount": batch.items.count(),
                "calculations": [calculation_resource(run) for run in runs[:MOST_SHOWN]],
            }
            | shown
        )


def _contract(view: ApiView, request: Request, code: str) -> Contract:
    params = Params(request.query_params)
    tenant_id = of_tenant(view.caller, params)
    params.done()
    found: Contract = one(Contract.objects.all(), tenant_id, "contract", code=code)
    return found


def _whole(contract: Contract) -> dict[str, Any]:
    contract.refresh_from_db()
    versions = [version_resource(version) for version in contract.versions.order_by("-number")]
    return contract_resource(contract) | {"versions": versions}


def _object(data: Any) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise Invalid({"body": "must be an object"})
    return dict(data)


def _without_tenant(data: Any) -> tuple[dict[str, Any], Any]:
    body = _object(data)
    given = body.pop("tenant_id", None)
    return body, body.pop("tenantId", given)
