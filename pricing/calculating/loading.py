"""What a calculation starts from: the items of a batch, and the prices and amounts before."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from ..calculation.numbers import plain
from ..models import Batch, Calculation

Key = tuple[str, str]

_ITEMS = """
SELECT item.position, contract.code, item.line_code, version.id, line.id, line.base_price,
    COALESCE(item.quantity, line.quantity), line.content
FROM pricing_batchitem item
JOIN pricing_contract contract ON contract.id = item.contract_id
LEFT JOIN LATERAL (
    SELECT held.id FROM pricing_contractversion held
    WHERE held.contract_id = item.contract_id AND held.effective_from <= %(at)s
    ORDER BY held.effective_from DESC, held.number DESC LIMIT 1
) version ON true
LEFT JOIN pricing_contractline line ON line.version_id = version.id AND line.code = item.line_code
WHERE item.batch_id = %(batch)s AND item.tenant_id = %(tenant)s
ORDER BY item.position
"""
# Of each line the newest calculation of the latest pricing date before this one.
_BEFORE = """
SELECT DISTINCT ON (item.contract_code, item.line_code) item.contract_code, item.line_code, item.id, item.price
FROM pricing_calculationitem item
JOIN pricing_calculation calculation ON calculation.id = item.calculation_id
WHERE item.tenant_id = %(tenant)s AND item.contract_code = ANY(%(contracts)s)
    AND calculation.pricing_date < %(at)s AND calculation.id <= %(last)s
ORDER BY item.contract_code, item.line_code, calculation.pricing_date DESC, calculation.id DESC
"""


@dataclass(frozen=True, slots=True)
class LoadedItem:
    position: int
    contract: str
    line: str
    version_id: int | None
    line_id: int | None
    base_price: Decimal | None
    quantity: Decimal | None
    content: Decimal | None


@dataclass(frozen=True, slots=True)
class Before:
    item_id: int
    price: Decimal


def items_of(batch: Batch) -> list[LoadedItem]:
    """In order of position. version_id or line_id is None where the contract has none for the pricing date."""
    rows = _run(_ITEMS, {"batch": batch.pk, "tenant": batch.tenant_id, "at": batch.pricing_date})
    return [
        LoadedItem(position, contract, line, version_id, line_id, _plain(base_price), _plain(quantity), _plain(content))
        for position, contract, line, version_id, line_id, base_price, quantity, content in rows
    ]


def prices_before(*, tenant_id: str, contracts: list[str], at: date, last: int) -> dict[Key, Before]:
    """Prices of earlier periods. last: calculations with a greater id do not count."""
    rows = _run(_BEFORE, {"tenant": tenant_id, "contracts": contracts, "at": at, "last": last}) if contracts else []
    return {(contract, line): Before(item_id, plain(price)) for contract, line, item_id, price in rows}


def amounts_of(calculation: Calculation | None) -> dict[Key, tuple[Decimal, str]]:
    """Amount and currency of each item of the calculation that a new one trues up."""
    if calculation is None:
        return {}
    rows = calculation.items.values_list("contract_code", "line_code", "amount", "currency")
    return {(contract, line): (amount, currency) for contract, line, amount, currency in rows}


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else plain(value)


def _run(statement: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows
