"""Writing priced items and their steps by COPY, a chunk at a time, in the caller's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.db import connection

from ..calculation import Step
from ..models import Calculation
from .loading import Key
from .pricing_items import Priced

_IDS = "SELECT nextval('pricing_calculationitem_id_seq') FROM generate_series(1, %s)"
_COPY_ITEMS = """
COPY pricing_calculationitem (id, tenant_id, calculation_id, position, version_id, line_id, contract_code, line_code,
    quantity, price_before, before_item_id, factor, price, amount, currency, provisional, previous_amount, delta,
    digest) FROM STDIN
"""
_COPY_STEPS = """
COPY pricing_calculationstep (tenant_id, calculation_id, version_id, item_id, "order", rule, subject, detail, inputs,
    expression, unrounded, rounded, rounding) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """A priced item beside its amount in the calculation before; None where there is none to settle against."""

    priced: Priced
    previous_amount: Decimal | None

    @property
    def delta(self) -> Decimal | None:
        return None if self.previous_amount is None else self.priced.derivation.amount - self.previous_amount


def settled(priced: Priced, previous: Mapping[Key, tuple[Decimal, str]]) -> Settled:
    """previous: amounts and currencies of the calculation before. Amounts of another currency settle nothing."""
    before, currency = previous.get((priced.item.contract, priced.item.line), (None, ""))
    return Settled(priced, before if currency == priced.derivation.currency else None)


def digest_of(items: Iterable[Settled]) -> str:
    return sha256("\n".join(one.priced.derivation.digest for one in items).encode()).hexdigest()


def totals_of(items: Iterable[Settled]) -> dict[str, dict[str, str | None]]:
    """By currency, as texts: the amount, and the delta where any item has one."""
    amounts: dict[str, Decimal] = {}
    deltas: dict[str, Decimal] = {}
    for one in items:
        currency = one.priced.derivation.currency
        amounts[currency] = amounts.get(currency, Decimal(0)) + one.priced.derivation.amount
        if one.delta is not None:
            deltas[currency] = deltas.get(currency, Decimal(0)) + one.delta
    return {
        currency: {
            "amount": format(amount, "f"),
            "delta": format(deltas[currency], "f") if currency in deltas else None,
        }
        for currency, amount in sorted(amounts.items())
    }


class Writer:
    """Writes the items of one calculation, whose row is there."""

    def __init__(self, calculation: Calculation) -> None:
        self.calculation = calculation
        self._shared: set[int] = set()

    def write(self, chunk: Sequence[Settled]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_IDS, [len(chunk)])
            ids = [number for (number,) in cursor.fetchall()]
            with cursor.copy(_COPY_ITEMS) as copy:
                for number, one in zip(ids, chunk, strict=True):
                    copy.write_row(self._item_row(number, one))
            with cursor.copy(_COPY_STEPS) as copy:
                for number, one in zip(ids, chunk, strict=True):
                    for row in self._step_rows(number, one):
                        copy.write_row(row)

    def _item_row(self, number: int, one: Settled) -> tuple[object, ...]:
        priced = one.priced
        done, item = priced.derivation, priced.item
        return (
            number,
            self.calculation.tenant_id,
            self.calculation.pk,
            item.position,
            item.version_id,
            item.line_id,
            item.contract,
            item.line,
            item.quantity,
            priced.before.price if priced.before else None,
            priced.before.item_id if priced.before else None,
            done.factor,
            done.price,
            done.amount,
            done.currency,
            done.provisional,
            one.previous_amount,
            one.delta,
            done.digest,
        )

    def _step_rows(self, number: int, one: Settled) -> list[tuple[object, ...]]:
        priced = one.priced
        shared = len(priced.prepared.trail.steps)
        version = priced.item.version_id or 0
        rows = []
        if version not in self._shared:
            self._shared.add(version)
            rows += [self._step_row(step, version, None) for step in priced.derivation.steps[:shared]]
        rows += [self._step_row(step, version, number) for step in priced.derivation.steps[shared:]]
        if one.previous_amount is not None:
            rows.append(self._step_row(_true_up(priced, one.previous_amount), version, number))
        return rows

    def _step_row(self, step: Step, version: int, item: int | None) -> tuple[object, ...]:
        return (
            self.calculation.tenant_id,
            self.calculation.pk,
            version,
            item,
            step.order,
            step.rule,
            step.subject,
            step.detail,
            json.dumps(step.inputs, ensure_ascii=False),
            step.expression,
            step.unrounded,
            step.rounded,
            str(step.rounding) if step.rounding else "",
        )


def _true_up(priced: Priced, before: Decimal) -> Step:
    """What is still to be settled. No part of the digest: the price is the same without it."""
    done = priced.derivation
    return Step(
        order=len(done.steps) + 1,
        rule="true-up",
        subject="",
        detail="Amount less the amount of the calculation before.",
        inputs=(
            {"step": len(done.steps), "value": format(done.amount, "f")},
            {"before": "amount", "value": format(before, "f")},
        ),
        expression=f"{done.amount:f} - {before:f}",
        unrounded=done.amount - before,
        rounded=done.amount - before,
        rounding=None,
    )
