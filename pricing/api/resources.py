"""Rows as JSON: camelCase, numbers of prices as texts."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from jobs.timestamps import iso, iso_or_none

from ..calculation.numbers import plain, text
from ..models import (
    Batch,
    BatchItem,
    Calculation,
    CalculationItem,
    CalculationStep,
    Contract,
    ContractLine,
    ContractVersion,
    Observation,
    Series,
    ValueImport,
)


def series_resource(one: Series) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "unit": one.unit,
        "currency": one.currency,
        "frequency": one.frequency,
        "tenantId": one.tenant_id,
        "createdAt": iso(one.created_at),
        "updatedAt": iso(one.updated_at),
    }


def value_resource(one: Observation) -> dict[str, Any]:
    return {
        "id": one.pk,
        "date": one.as_of_date.isoformat(),
        "value": _shown(one.value),
        "versionTag": one.version_tag,
        "revision": one.revision,
        "publishedAt": iso(one.published_at),
        "recordedAt": iso(one.recorded_at),
        "source": one.source,
        "origin": one.origin,
    }


def import_resource(one: ValueImport, *, repeated: bool = False) -> dict[str, Any]:
    return {
        "id": str(one.public_id),
        "fileName": one.file_name,
        "sha256": one.sha256,
        "sizeBytes": one.size_bytes,
        "rows": one.rows,
        "inserted": one.inserted,
        "updated": one.updated,
        "unchanged": one.unchanged,
        "rejected": one.rejected,
        "problems": one.problems,
        "durationMs": one.duration_ms,
        "repeated": repeated,
        "createdAt": iso(one.created_at),
    }


def contract_resource(one: Contract) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "counterparty": one.counterparty,
        "tenantId": one.tenant_id,
        "createdAt": iso(one.created_at),
    }


def version_resource(one: ContractVersion) -> dict[str, Any]:
    return {
        "number": one.number,
        "effectiveFrom": one.effective_from.isoformat(),
        "terms": one.terms,
        "note": one.note,
        "createdAt": iso(one.created_at),
    }


def line_resource(one: ContractLine) -> dict[str, Any]:
    return {
        "code": one.code,
        "description": one.description,
        "unit": one.unit,
        "basePrice": _shown(one.base_price),
        "quantity": _shown(one.quantity),
        "content": _shown(one.content),
    }


def batch_resource(one: Batch) -> dict[str, Any]:
    return {
        "batchId": one.code,
        "name": one.name,
        "pricingDate": one.pricing_date.isoformat(),
        "asOf": iso_or_none(one.as_of),
        "tenantId": one.tenant_id,
        "createdAt": iso(one.created_at),
    }


def batch_item_resource(one: BatchItem) -> dict[str, Any]:
    return {
        "position": one.position,
        "contract": one.contract.code,
        "line": one.line_code,
        "quantity": _shown(one.quantity),
    }


def calculation_resource(one: Calculation) -> dict[str, Any]:
    return {
        "id": str(one.public_id),
        "batchId": one.batch.code,
        "number": one.number,
        "previousId": str(one.previous.public_id) if one.previous else None,
        "jobId": one.job_id,
        "pricingDate": one.pricing_date.isoformat(),
        "asOf": iso(one.as_of),
        "knownId": one.known_id,
        "itemCount": one.item_count,
        "provisional": one.provisional,
        "totals": one.totals,
        "digest": one.digest,
        "tenantId": one.tenant_id,
        "computedAt": iso(one.computed_at),
    }


def item_resource(one: CalculationItem, steps: Iterable[CalculationStep] | None = None) -> dict[str, Any]:
    shown = {
        "position": one.position,
        "contract": one.contract_code,
        "version": one.version.number,
        "line": one.line_code,
        "quantity": _shown(one.quantity),
        "priceBefore": _exact(one.price_before),
        "factor": _exact(one.factor),
        "price": _exact(one.price),
        "amount": _exact(one.amount),
        "currency": one.currency,
        "provisional": one.provisional,
        "previousAmount": _exact(one.previous_amount),
        "delta": _exact(one.delta),
        "digest": one.digest,
    }
    return shown if steps is None else shown | {"steps": [step_resource(step) for step in steps]}


def step_resource(one: CalculationStep) -> dict[str, Any]:
    return {
        "order": one.order,
        "rule": one.rule,
        "subject": one.subject,
        "detail": one.detail,
        "inputs": one.inputs,
        "expression": one.expression,
        "unrounded": _exact(one.unrounded),
        "rounded": _exact(one.rounded),
        "rounding": one.rounding,
    }


def _shown(value: Decimal | None) -> str | None:
    """Without the zeros that a column with a scale adds."""
    return None if value is None else text(plain(value))


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else text(value)
