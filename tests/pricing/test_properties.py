"""What holds for all prices, whatever the numbers."""

from datetime import date
from decimal import ROUND_UP, Decimal, getcontext, localcontext
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.calculation import Derivation, Item, Pricing, parse_terms, prepare, price

from .market import Market

values = st.decimals(min_value="0.01", max_value="99999", places=4)
percents = st.decimals(min_value=0, max_value=50, places=2)
prices = st.decimals(min_value="0.01", max_value="99999", places=2)


def derive(base: Decimal, current: Decimal, base_price: Decimal, **terms: Any) -> Derivation:
    component = {"name": "S", "series": "S", "weight": "0.8", "base": {"value": str(base)}}
    parsed = parse_terms(
        {
            "family": "index",
            "currency": "USD",
            "fixed": "0.2",
            "components": [component | {"current": {"on": "2026-03-01"}}],
            **terms,
        }
    )
    market = Market().add("S", "2026-03-01", str(current))
    item = Item(base_price=base_price, quantity=Decimal(7), price_before=terms.get("before"))
    return price(prepare(parsed, Pricing(at=date(2026, 3, 1), lookup=market)), item)


@given(values, values, prices, percents)
@settings(max_examples=60)
def test_the_same_input_gives_the_same_digits_in_any_thread_context(
    base: Decimal, current: Decimal, base_price: Decimal, band: Decimal
) -> None:
    terms: dict[str, Any] = {"deadBand": {"percent": str(band), "mode": "excess"}, "rounding": {"ratio": None}}
    first = derive(base, current, base_price, **terms)
    with localcontext() as context:
        context.prec, context.rounding = 5, ROUND_UP
        second = derive(base, current, base_price, **terms)

    assert first == second
    assert getcontext().prec == 28


@given(values, values, st.integers(1, 1000), st.integers(2, 1000))
@settings(max_examples=60)
def test_scaling_the_base_price_scales_the_price_before_rounding(
    base: Decimal, current: Decimal, base_price: int, scale: int
) -> None:
    one, many = (derive(base, current, Decimal(base_price * by)) for by in (1, scale))

    unrounded = [next(step.unrounded for step in done.steps if step.rule == "price") for done in (one, many)]
    assert unrounded[0] * scale == unrounded[1]


@given(values, values, percents, percents)
@settings(max_examples=60)
def test_the_factor_stays_within_the_collar(base: Decimal, current: Decimal, cap: Decimal, floor: Decimal) -> None:
    done = derive(base, current, Decimal(1), collar={"cumulative": {"cap": str(cap), "floor": str(floor)}})

    assert done.factor is not None
    assert 1 - floor / 100 <= done.factor <= 1 + cap / 100


@given(values, values, st.sampled_from(["full", "excess"]), st.sampled_from(["above", "from"]))
@settings(max_examples=60)
def test_a_band_of_nothing_changes_nothing(base: Decimal, current: Decimal, mode: str, applies: str) -> None:
    plain = derive(base, current, Decimal(100))
    banded = derive(base, current, Decimal(100), deadBand={"percent": "0", "mode": mode, "applies": applies})

    assert (plain.factor, plain.price) == (banded.factor, banded.price)
    assert plain.digest != banded.digest


@given(values, values)
@settings(max_examples=60)
def test_each_step_is_its_unrounded_value_rounded_by_its_own_rule(base: Decimal, current: Decimal) -> None:
    done = derive(base, current, Decimal("123.45"))

    assert [step.order for step in done.steps] == list(range(1, len(done.steps) + 1))
    for step in done.steps:
        assert step.rounded == (step.rounding.of(step.unrounded) if step.rounding else step.unrounded)
