"""Stored derivations: the steps of items in order, ready to be shown."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from ..models import Calculation, CalculationItem, CalculationStep


def steps_of(calculation: Calculation, items: Sequence[CalculationItem]) -> dict[Any, list[CalculationStep]]:
    """By key of the item, in order: those that it shares with its contract's other items, and its own."""
    versions = {item.version_id for item in items}
    keys = [item.pk for item in items]
    rows = CalculationStep.objects.filter(calculation=calculation, version_id__in=versions)
    shared: dict[int, list[CalculationStep]] = defaultdict(list)
    own: dict[int, list[CalculationStep]] = defaultdict(list)
    for row in rows.filter(Q(item=None) | Q(item__in=keys)).order_by("order"):
        if row.item_id is None:
            shared[row.version_id].append(row)
        else:
            own[row.item_id].append(row)
    return {item.pk: [*shared[item.version_id], *own[item.pk]] for item in items}


def newest_item(tenant_id: str, contract: str, line: str) -> CalculationItem | None:
    """The latest price of a line: that of the last pricing date, in its last calculation."""
    found = CalculationItem.objects.filter(tenant_id=tenant_id, contract_code=contract, line_code=line)
    newest = found.select_related("calculation__batch", "version").order_by("-calculation__pricing_date", "-id")
    return newest.first()
