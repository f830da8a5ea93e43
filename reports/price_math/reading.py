"""A calculation as plain data, a piece at a time: the one form that JSON, CSV and PDF are written from.

Numbers are exact texts. Nothing in it changes once the calculation is stored, so that the same calculation
gives the same file for ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from jobs.timestamps import iso
from pricing.calculation.numbers import plain, text
from pricing.models import Calculation, CalculationItem, CalculationStep, ContractVersion, Observation

#: Lines that are held in memory at a time.
CHUNK = 500
FORMAT = "quarry.price-math.1"

Content = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a document is about. contract: only the lines of this one; empty: all."""

    calculation: Calculation
    contract: str = ""

    def items(self) -> QuerySet[CalculationItem]:
        rows: QuerySet[CalculationItem] = self.calculation.items.all()
        return rows.filter(contract_code=self.contract) if self.contract else rows

    def steps(self) -> QuerySet[CalculationStep]:
        rows = CalculationStep.objects.filter(calculation=self.calculation)
        return rows.filter(version__in=self.items().values("version")) if self.contract else rows


@dataclass(frozen=True, kw_only=True)
class Section:
    """One version of a contract, with the steps that its lines share."""

    content: Content


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the section before, with its own steps."""

    content: Content


@dataclass(kw_only=True)
class Used:
    """The observations that the sections read so far have named."""

    ids: set[int] = field(default_factory=set)

    def note(self, steps: Iterable[Content]) -> None:
        for step in steps:
            for one in step["inputs"]:
                self.ids.update(ref["observation"] for ref in (one, one.get("volume") or {}) if "observation" in ref)


def head_of(scope: Scope) -> Content:
    """What the document is about: batch, calculation, totals."""
    one = scope.calculation
    return {
        "format": FORMAT,
        "batch": {"batchId": one.batch.code, "name": one.batch.name, "pricingDate": one.pricing_date.isoformat()},
        "calculation": {
            "id": str(one.public_id),
            "number": one.number,
            "asOf": iso(one.as_of),
            "knownId": one.known_id,
            "computedAt": iso(one.computed_at),
            "itemCount": one.item_count,
            "provisional": one.provisional,
            "digest": one.digest,
            "previous": None if one.previous is None else _named(one.previous),
        },
        "contract": scope.contract or None,
        "lineCount": scope.items().count(),
        "provisional": scope.items().filter(provisional=True).exists(),
        "totals": _totals(scope),
    }


def parts_of(scope: Scope, used: Used) -> Iterator[Section | Line]:
    """Each contract's version, followed by its lines; both in the order of the batch."""
    keys = _ordered_keys(scope)
    last = None
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        items = CalculationItem.objects.select_related("line").in_bulk(chunk)
        own = _own_steps(scope, chunk)
        sections = _sections(scope, {item.version_id for item in items.values()} - {last})
        for key in chunk:
            item = items[key]
            if item.version_id != last:
                last = item.version_id
                used.note(sections[last]["steps"])
                yield Section(content=sections[last])
            yield Line(content=_line(item, own[key]))


def observations_of(scope: Scope, used: Used) -> Iterator[Content]:
    """The observations, by series, date, version and revision, with where each came from."""
    rows = Observation.objects.filter(tenant_id=scope.calculation.tenant_id, pk__in=used.ids).select_related("series")
    ordered = rows.order_by("series__code", "as_of_date", "version_tag", "revision")
    for one in ordered.iterator(chunk_size=2000):
        yield {
            "observation": one.pk,
            "series": one.series.code,
            "date": one.as_of_date.isoformat(),
            "version": one.version_tag,
            "revision": one.revision,
            "value": text(plain(one.value)),
            "publishedAt": iso(one.published_at),
            "source": one.source,
            "origin": one.origin,
        }


# --- Rows as content --------------------------------------------------------------------------------
def _named(one: Calculation) -> Content:
    return {"id": str(one.public_id), "number": one.number, "asOf": iso(one.as_of), "digest": one.digest}


def _totals(scope: Scope) -> Content:
    """By currency. Of one contract they are added up here, of all they are the calculation's own."""
    if not scope.contract:
        return dict(scope.calculation.totals)
    amounts: dict[str, Decimal] = {}
    deltas: dict[str, Decimal] = {}
    for currency, amount, delta in scope.items().values_list("currency", "amount", "delta"):
        amounts[currency] = amounts.get(currency, Decimal(0)) + amount
        if delta is not None:
            deltas[currency] = deltas.get(currency, Decimal(0)) + delta
    return {
        currency: {"amount": text(amounts[currency]), "delta": _exact(deltas.get(currency))}
        for currency in sorted(amounts)
    }


def _ordered_keys(scope: Scope) -> list[int]:
    """Keys of all items, those of a version together, versions by their first position."""
    first: dict[int, int] = {}
    rows = list(scope.items().order_by("position").values_list("version_id", "position", "pk"))
    for version, position, _ in rows:
        first.setdefault(version, position)
    return [key for _, _, key in sorted((first[version], position, key) for version, position, key in rows)]


def _own_steps(scope: Scope, keys: list[int]) -> dict[int, list[Content]]:
    found: dict[int, list[Content]] = defaultdict(list)
    rows = CalculationStep.objects.filter(calculation=scope.calculation, item__in=keys)
    for row in rows.order_by("order"):
        found[row.item_id or 0].append(_step(row))
    return found


def _sections(scope: Scope, versions: set[int]) -> dict[int, Content]:
    steps: dict[int, list[Content]] = defaultdict(list)
    shared = CalculationStep.objects.filter(calculation=scope.calculation, version__in=versions, item=None)
    for row in shared.order_by("order"):
        steps[row.version_id].append(_step(row))
    found = ContractVersion.objects.filter(pk__in=versions).select_related("contract")
    return {one.pk: _section(one, steps[one.pk]) for one in found}


def _section(one: ContractVersion, steps: list[Content]) -> Content:
    return {
        "contract": one.contract.code,
        "version": one.number,
        "effectiveFrom": one.effective_from.isoformat(),
        "terms": one.terms,
        "steps": steps,
    }


def _line(item: CalculationItem, steps: list[Content]) -> Content:
    line = item.line
    return {
        "position": item.position,
        "contract": item.contract_code,
        "line": item.line_code,
        "description": line.description,
        "unit": line.unit,
        "basePrice": _short(line.base_price),
        "quantity": _short(item.quantity),
        "priceBefore": _exact(item.price_before),
        "factor": _exact(item.factor),
        "price": text(item.price),
        "amount": text(item.amount),
        "currency": item.currency,
        "provisional": item.provisional,
        "previousAmount": _exact(item.previous_amount),
        "delta": _exact(item.delta),
        "digest": item.digest,
        "steps": steps,
    }


def _step(row: CalculationStep) -> Content:
    return {
        "order": row.order,
        "rule": row.rule,
        "subject": row.subject,
        "detail": row.detail,
        "inputs": row.inputs,
        "expression": row.expression,
        "unrounded": text(row.unrounded),
        "rounded": text(row.rounded),
        "rounding": row.rounding,
    }


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else text(value)


def _short(value: Decimal | None) -> str | None:
    """Without the zeros that a column with a scale adds."""
    return None if value is None else text(plain(value))
