"""The golden numbers of price adjustment, each computed from its published inputs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pricing.calculation import Derivation, Item, Pricing, Rounding, RoundingMode, parse_terms, prepare, price

from .market import Market, golden_market, golden_terms

AT = date(2026, 3, 4)
LINE = Item(base_price=Decimal("1000.00"), quantity=Decimal(500))


def golden(market: Market | None = None, item: Item = LINE, **changes: Any) -> Derivation:
    return price(prepare(golden_terms(**changes), Pricing(at=AT, lookup=market or golden_market())), item)


def step(derivation: Derivation, rule: str, subject: str = "") -> str:
    return str(next(one.rounded for one in derivation.steps if (one.rule, one.subject) == (rule, subject)))


def test_mean_ratios_factor_and_price() -> None:
    done = golden()

    assert step(done, "current average", "WTI") == "78.266667"
    assert [step(done, "ratio", name) for name in ("WTI", "PPI", "ECI")] == ["1.0795", "1.0500", "1.0300"]
    assert str(done.factor) == "1.052775"
    assert str(done.price) == "1052.78"
    assert done.provisional


def test_unrounded_ratios_give_another_cent() -> None:
    done = golden(rounding={"ratio": None, "factor": {"places": 7}})

    assert str(done.factor) == "1.0527931"
    assert str(done.price) == "1052.79"


@pytest.mark.parametrize(("mode", "expected"), [("excess", "1002.78"), ("full", "1052.78")])
def test_a_dead_band_of_five_percent(mode: str, expected: str) -> None:
    assert str(golden(deadBand={"percent": "5", "mode": mode}).price) == expected


def test_a_cap_of_four_percent() -> None:
    assert str(golden(collar={"cumulative": {"cap": "4"}}).price) == "1040.00"


def test_the_final_index() -> None:
    done = golden(golden_market(ppi="261.0", ppi_version="final"))

    assert step(done, "ratio", "PPI") == "1.0440"
    assert (str(done.factor), str(done.price)) == ("1.051275", "1051.28")
    assert not done.provisional


def test_the_true_up_of_500_tons() -> None:
    first, final = golden(), golden(golden_market().add("PPI", "2026-03-01", "261.0"))

    assert (str(first.amount), str(final.amount)) == ("526390.00", "525640.00")
    assert str(final.amount - first.amount) == "-750.00"


def test_an_index_in_another_currency() -> None:
    terms = parse_terms(
        {
            "family": "index",
            "currency": "USD",
            "components": [
                {
                    "name": "Steel",
                    "series": "STEEL",
                    "weight": "1",
                    "base": {"value": "120"},
                    "current": {"on": "2026-03-01"},
                    "exchange": {"series": "EURUSD", "base": {"value": "1.10"}, "current": {"on": "2026-03-01"}},
                }
            ],
        }
    )
    market = Market().add("STEEL", "2026-03-01", "126").add("EURUSD", "2026-03-01", "1.05")

    assert step(price(prepare(terms, Pricing(at=AT, lookup=market)), LINE), "ratio", "Steel") == "1.0023"


def difference(base: str, current: str, **changes: Any) -> Any:
    terms = parse_terms(
        {
            "family": "difference",
            "currency": "USD",
            "component": {"series": "X", "base": {"value": base}, "current": {"on": "2026-03-01"}},
            **changes,
        }
    )
    return prepare(terms, Pricing(at=AT, lookup=Market().add("X", "2026-03-01", current)))


def test_asphalt() -> None:
    done = price(difference("445.00", "512.50"), Item(quantity=Decimal(10000), content=Decimal("5.5")))

    assert str(done.amount) == "37125.00"


def test_fuel_beyond_a_band_of_ten_percent() -> None:
    prepared = difference("1.60", "2.10", deadBand={"percent": "10", "mode": "excess"})

    assert str(price(prepared, Item(quantity=Decimal(12000))).amount) == "4080.00"


@pytest.mark.parametrize(("mode", "expected"), [("HALF_UP", "2.67"), ("HALF_EVEN", "2.66")])
def test_a_half_cent(mode: str, expected: str) -> None:
    assert str(Rounding(places=2, mode=RoundingMode(mode)).of(Decimal("2.665"))) == expected
