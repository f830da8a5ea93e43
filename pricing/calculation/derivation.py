"""From terms and observations to prices, in the fixed order of operations.

Versions, lag and average, exchange, ratio, weights, dead band, collar, base price × factor, rounding.
What all items of a contract share is prepared once; an item adds its own steps.
"""

import decimal
from dataclasses import dataclass
from decimal import Decimal

from .adjustment import add_collar, add_dead_band
from .errors import CannotPrice
from .numbers import CONTEXT, HUNDRED, ONE, text
from .reading import Pricing, Reader, rounding_of
from .steps import Step, Trail, result_of
from .terms import Bounds, Component, DifferenceTerms, Exchange, Indexed, IndexTerms

#: Prices and amounts the database holds: NUMERIC(28,8).
MOST_WHOLE_DIGITS = 20


@dataclass(frozen=True, kw_only=True)
class Item:
    """What differs between the items of a contract.

    base_price: per unit; ignored by a difference. content: percent, in place of that of the terms.
    price_before: the price of the period before, where there is one; for a collar per period.
    """

    quantity: Decimal
    base_price: Decimal | None = None
    content: Decimal | None = None
    price_before: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The common part. value: the factor, or the difference per unit, as far as items share it."""

    terms: IndexTerms | DifferenceTerms
    trail: Trail
    value: Step
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """price: per unit; the adjustment per unit in a difference. factor: None in a difference.

    digest: SHA-256 over the steps. provisional: a preliminary or not yet published value took part.
    """

    steps: tuple[Step, ...]
    digest: str
    factor: Decimal | None
    price: Decimal
    amount: Decimal
    currency: str
    provisional: bool


def prepare(terms: IndexTerms | DifferenceTerms, pricing: Pricing) -> Prepared:
    """The steps that do not depend on an item. Raises CannotPrice."""
    trail = Trail()
    reader = Reader(terms, pricing, trail)
    with decimal.localcontext(CONTEXT):
        value = _factor(terms, reader) if isinstance(terms, IndexTerms) else _difference(terms, reader)
    return Prepared(terms=terms, trail=trail, value=value, provisional=reader.provisional)


def price(prepared: Prepared, item: Item) -> Derivation:
    """One item's price and amount with all steps, the prepared ones first. Raises CannotPrice."""
    trail = Trail(prepared.trail)
    terms = prepared.terms
    with decimal.localcontext(CONTEXT):
        try:
            if isinstance(terms, IndexTerms):
                factor, unit = _item_price(terms, prepared.value, item, trail)
                amount = _amount(terms, unit, item, trail)
            else:
                factor = None
                unit, amount = _item_difference(terms, prepared.value, item, trail)
        except decimal.DecimalException:
            raise CannotPrice("out_of_range", "The price has more digits than can be kept.") from None
    _check_size(unit.rounded, amount.rounded)
    return Derivation(
        steps=tuple(trail.steps),
        digest=trail.digest,
        factor=factor,
        price=unit.rounded,
        amount=amount.rounded,
        currency=terms.currency,
        provisional=prepared.provisional,
    )


# --- The common part --------------------------------------------------------------------------------
def _factor(terms: IndexTerms, reader: Reader) -> Step:
    ratios = [_ratio(terms, one, reader) for one in terms.components]
    parts = [f"{text(one.weight)} × {text(ratio.rounded)}" for one, ratio in zip(terms.components, ratios, strict=True)]
    factor = reader.trail.add(
        "factor",
        sum(
            (one.weight * ratio.rounded for one, ratio in zip(terms.components, ratios, strict=True)),
            terms.fixed,
        ),
        detail="The fixed part and the weighted ratios.",
        expression=" + ".join([text(terms.fixed), *parts]) if terms.fixed else " + ".join(parts),
        inputs=tuple(result_of(ratio) for ratio in ratios),
        rounding=rounding_of(terms, "factor"),
    )
    if terms.dead_band:
        factor = add_dead_band(factor, terms.dead_band, base=ONE, trail=reader.trail, around=ONE)
    return _shared_collar(terms, factor, base=ONE, around=ONE, trail=reader.trail)


def _ratio(terms: IndexTerms, one: Component, reader: Reader) -> Step:
    base, current = _values(terms, one, reader, subject=one.name)
    if base.rounded <= 0:
        raise CannotPrice("bad_base", f"The base value of {one.name} is {text(base.rounded)}; it must be more than 0.")
    return reader.trail.add(
        "ratio",
        current.rounded / base.rounded,
        subject=one.name,
        detail="Current value over base value.",
        expression=f"{text(current.rounded)} / {text(base.rounded)}",
        inputs=(result_of(current), result_of(base)),
        rounding=rounding_of(terms, "ratio"),
    )


def _difference(terms: DifferenceTerms, reader: Reader) -> Step:
    base, current = _values(terms, terms.component, reader, subject=terms.component.series)
    difference = reader.trail.add(
        "difference",
        current.rounded - base.rounded,
        detail="Current value less base value.",
        expression=f"{text(current.rounded)} - {text(base.rounded)}",
        inputs=(result_of(current), result_of(base)),
        rounding=rounding_of(terms, "difference"),
    )
    if base.rounded <= 0 and (terms.dead_band or terms.collar):
        raise CannotPrice("bad_base", f"The base value is {text(base.rounded)}; percentages of it mean nothing.")
    if terms.dead_band:
        difference = add_dead_band(
            difference, terms.dead_band, base=base.rounded, trail=reader.trail, around=Decimal(0)
        )
    return _shared_collar(terms, difference, base=base.rounded, around=Decimal(0), trail=reader.trail)


def _values(terms: IndexTerms | DifferenceTerms, one: Indexed, reader: Reader, *, subject: str) -> tuple[Step, Step]:
    base = reader.index("base", one, subject=subject)
    current = reader.index("current", one, subject=subject)
    if one.exchange is None:
        return base, current
    return (
        _exchanged(terms, "base", base, one.exchange, one.missing, reader, subject),
        _exchanged(terms, "current", current, one.exchange, one.missing, reader, subject),
    )


def _exchanged(
    terms: IndexTerms | DifferenceTerms,
    which: str,
    value: Step,
    exchange: Exchange,
    missing: str,
    reader: Reader,
    subject: str,
) -> Step:
    rate = reader.rate(which, exchange, missing=missing, subject=subject)
    if rate.rounded <= 0:
        raise CannotPrice("out_of_range", f"The exchange rate {exchange.series} is not more than 0; correct it.")
    multiply = exchange.operation == "multiply"
    return reader.trail.add(
        f"{which} exchange",
        value.rounded * rate.rounded if multiply else value.rounded / rate.rounded,
        subject=subject,
        detail=f"Converted with {exchange.series}.",
        expression=f"{text(value.rounded)} {'×' if multiply else '/'} {text(rate.rounded)}",
        inputs=(result_of(value), result_of(rate)),
        rounding=rounding_of(terms, "exchange"),
    )


def _shared_collar(
    terms: IndexTerms | DifferenceTerms, value: Step, *, base: Decimal, around: Decimal, trail: Trail
) -> Step:
    """The cumulative collar, unless one per period, which is an item's own, comes before it."""
    collar = terms.collar
    if collar is None or collar.cumulative is None or collar.period is not None:
        return value
    return add_collar("collar", value, collar.cumulative, base=base, around=around, trail=trail)


# --- An item ----------------------------------------------------------------------------------------
def _item_price(terms: IndexTerms, factor: Step, item: Item, trail: Trail) -> tuple[Decimal, Step]:
    """Returns the factor and the step of the price."""
    base_price = item.base_price
    if base_price is None or base_price <= 0:
        raise CannotPrice("bad_base", "The item has no base price of more than 0.")
    collar = terms.collar
    if collar and collar.period:
        factor = _period_collar(factor, collar.period, item, base_price, trail)
        if collar.cumulative:
            factor = add_collar("collar", factor, collar.cumulative, base=ONE, around=ONE, trail=trail)
    unit = trail.add(
        "price",
        base_price * factor.rounded,
        detail="Base price times factor.",
        expression=f"{text(base_price)} × {text(factor.rounded)}",
        inputs=({"contract": "base price", "value": text(base_price)}, result_of(factor)),
        rounding=rounding_of(terms, "price"),
    )
    return factor.rounded, unit


def _period_collar(factor: Step, bounds: Bounds, item: Item, base_price: Decimal, trail: Trail) -> Step:
    """Against the price before; in the first period, against the base price."""
    before = ONE
    if item.price_before is not None:
        before = trail.add(
            "factor before",
            item.price_before / base_price,
            detail="The price of the period before over the base price.",
            expression=f"{text(item.price_before)} / {text(base_price)}",
            inputs=({"before": "price", "value": text(item.price_before)},),
        ).rounded
    return add_collar("collar per period", factor, bounds, base=abs(before), around=before, trail=trail)


def _amount(terms: IndexTerms, unit: Step, item: Item, trail: Trail) -> Step:
    return trail.add(
        "amount",
        item.quantity * unit.rounded,
        detail="Quantity times price.",
        expression=f"{text(item.quantity)} × {text(unit.rounded)}",
        inputs=({"item": "quantity", "value": text(item.quantity)}, result_of(unit)),
        rounding=rounding_of(terms, "amount"),
    )


def _item_difference(terms: DifferenceTerms, difference: Step, item: Item, trail: Trail) -> tuple[Step, Step]:
    content = item.content if item.content is not None else terms.content
    amount = trail.add(
        "amount",
        item.quantity * content / HUNDRED * difference.rounded,
        detail="Quantity times content times difference.",
        expression=f"{text(item.quantity)} × {text(content)} % × {text(difference.rounded)}",
        inputs=(
            {"item": "quantity", "value": text(item.quantity)},
            {"item": "content", "value": text(content)},
            result_of(difference),
        ),
        rounding=rounding_of(terms, "amount"),
    )
    return difference, amount


def _check_size(*values: Decimal) -> None:
    if any(value and value.adjusted() >= MOST_WHOLE_DIGITS for value in values):
        raise CannotPrice("out_of_range", f"A result has more than {MOST_WHOLE_DIGITS} digits before the point.")
