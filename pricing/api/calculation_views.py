"""/api/calculations: what was computed, with every step."""

from collections.abc import Mapping
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.base import READ, ApiView, Need
from jobs.api.openapi.declaring import TENANT, documented, text, words
from jobs.api.params import Params

from ..models import Calculation, CalculationItem
from ..reads.derivations import steps_of
from . import shapes
from .paging import PAGED, by_position, of_tenant, one, page_of
from .resources import calculation_resource, item_resource

_ROWS = Calculation.objects.select_related("batch", "previous")


class CalculationsView(ApiView):
    """GET the calculations, the newest first; of one batch with batchId."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "The calculations",
        about="The newest first.",
        query=[text("batchId"), text("jobId"), *PAGED],
        answers={200: shapes.Calculations},
    )
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        tenant_id = of_tenant(self.caller, params)
        found = _ROWS.none() if tenant_id is None else _ROWS.filter(tenant_id=tenant_id)
        if batch := params.text("batchId"):
            found = found.filter(batch__code=batch)
        if job := params.text("jobId"):
            found = found.filter(job_id=job)
        page = page_of(found, params)
        return Response(page.shown("calculations", [calculation_resource(row) for row in page.rows]))


class CalculationView(ApiView):
    """GET one calculation and a page of its items; include=steps adds the derivation of each."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "One calculation with a page of its items",
        query=[words("include", "steps adds the derivation of each item.", known=("steps",), most=5), *PAGED],
        answers={200: shapes.WholeCalculation},
    )
    def get(self, request: Request, calculation_id: str) -> Response:
        params = Params(request.query_params)
        calculation = _find(self, params, calculation_id)
        with_steps = "steps" in params.listed("include", most=5)
        page = by_position(calculation.items.select_related("version"), params)
        steps = steps_of(calculation, page.rows) if with_steps else {}
        shown = [item_resource(row, steps[row.pk] if with_steps else None) for row in page.rows]
        return Response(calculation_resource(calculation) | page.shown("items", shown))


class ItemView(ApiView):
    """GET one item with all its steps."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("One item with all its steps", query=[TENANT], answers={200: shapes.CalculationItem})
    def get(self, request: Request, calculation_id: str, position: str) -> Response:
        params = Params(request.query_params)
        calculation = _find(self, params, calculation_id)
        params.done()
        item: CalculationItem = one(
            calculation.items.select_related("version"),
            calculation.tenant_id,
            "item",
            position=min(int(position), 2**31 - 1),
        )
        return Response(item_resource(item, steps_of(calculation, [item])[item.pk]))


def _find(view: ApiView, params: Params, calculation_id: str) -> Calculation:
    found: Calculation = one(_ROWS, of_tenant(view.caller, params), "calculation", public_id=calculation_id)
    return found
