"""Whether what was given makes a contract, and what it would cost: asked before anything is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jobs.payloads import InvalidPayload, parse

from ..calculating.loading import prices_before
from ..calculation import CannotPrice, Derivation, Item, Prepared, Pricing, WrongTerms, parse_terms, prepare, price
from ..calculation.numbers import plain
from ..calculation.terms import IndexTerms
from ..knowledge import Knowledge, present_moment
from ..models import Calculation
from .actions import with_frequencies
from .inputs import ContractInput, LineInput, VersionInput

#: Lines that a preview prices.
MOST_PREVIEWED = 20
_PLACE = re.compile(r"(lines(?:\.\d+\.\w+)?): (.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """given: None where there are problems. problems: by place, such as `terms.components.0.weight`."""

    given: ContractInput | VersionInput | None
    problems: dict[str, str]


def check(contract: Mapping[str, Any], *, model: type[VersionInput] = ContractInput) -> Checked:
    """Every problem at once, where the terms have some beside those of the rest."""
    problems: dict[str, str] = {}
    terms = contract.get("terms")
    if isinstance(terms, Mapping):
        try:
            parse_terms(terms)
        except WrongTerms as error:
            problems = {f"terms.{name}".removesuffix(".terms"): text for name, text in error.fields.items()}
    try:
        given = parse(model, dict(contract))
    except InvalidPayload as error:
        return Checked(given=None, problems=problems | _places(error.fields, terms_told=bool(problems)))
    assert isinstance(given, VersionInput)  # noqa: S101  for the type checker
    return Checked(given=given, problems={})


def _places(fields: Mapping[str, str], *, terms_told: bool) -> dict[str, str]:
    """Problems of the whole that begin with a place belong there."""
    found: dict[str, str] = {}
    for name, text in fields.items():
        if name == "terms" and terms_told:
            continue
        place = _PLACE.fullmatch(text)
        found |= {place[1]: place[2]} if place else {name: text}
    return found


# --- What it would cost -----------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class PreviewLine:
    """problem: why there is no price. derivation: None then."""

    code: str
    quantity: Decimal
    derivation: Derivation | None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Prices on a date, of at most MOST_PREVIEWED lines, from all that is known now."""

    at: date
    lines: list[PreviewLine]
    unshown: int


def preview(*, given: VersionInput, at: date, tenant_id: str, code: str = "") -> Preview:
    """code: of the contract that is amended; its price before bounds the new one where the terms say so.

    Stores nothing. Call it outside a transaction.
    """
    terms = parse_terms(with_frequencies(given.terms, tenant_id))
    knowledge = Knowledge(tenant_id=tenant_id, moment=present_moment(tenant_id))
    shown = given.lines[:MOST_PREVIEWED]
    try:
        prepared = prepare(terms, Pricing(at=at, lookup=knowledge))
    except CannotPrice as problem:
        lines = [
            PreviewLine(code=one.code, quantity=one.quantity, derivation=None, problem=str(problem)) for one in shown
        ]
    else:
        before = _before(terms.collar is not None and terms.collar.period is not None, tenant_id, code, at)
        lines = [_line(prepared, one, before.get(one.code)) for one in shown]
    return Preview(at=at, lines=lines, unshown=len(given.lines) - len(shown))


def _before(bounded: bool, tenant_id: str, code: str, at: date) -> dict[str, Decimal]:
    if not bounded or not code:
        return {}
    last = Calculation.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    found = prices_before(tenant_id=tenant_id, contracts=[code], at=at, last=last)
    return {line: one.price for (_, line), one in found.items()}


def _line(prepared: Prepared, line: LineInput, before: Decimal | None) -> PreviewLine:
    base = plain(line.base_price) if line.base_price is not None and isinstance(prepared.terms, IndexTerms) else None
    item = Item(
        quantity=plain(line.quantity),
        base_price=base,
        content=plain(line.content) if line.content is not None else None,
        price_before=before,
    )
    try:
        return PreviewLine(code=line.code, quantity=line.quantity, derivation=price(prepared, item))
    except CannotPrice as problem:
        return PreviewLine(code=line.code, quantity=line.quantity, derivation=None, problem=str(problem))
