"""What terms are refused, and where the mistake is said to be."""

from typing import Any

import pytest

from pricing.calculation import WrongTerms, parse_terms, terms_json

from .market import golden_json, golden_terms


def wrong(**changes: Any) -> dict[str, str]:
    with pytest.raises(WrongTerms) as caught:
        parse_terms(golden_json(**changes))
    return caught.value.fields


def component(**changes: Any) -> dict[str, Any]:
    one = {"name": "A", "series": "A", "weight": "1", "base": {"value": "1"}, "current": {"on": "2026-01-01"}}
    return {"fixed": "0", "components": [one | changes]}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"fixed": "0.16"}, "terms", "add up to 1.01"),
        ({"fixed": 0.15}, "fixed", "written as a text"),
        ({"fixed": "1e-1"}, "fixed", "decimal point"),
        ({"fixed": "0.123456789"}, "fixed", "8 after the point"),
        ({"currency": "usd"}, "currency", "pattern"),
        ({"family": "guess"}, "terms", "family"),
        ({"nonsense": 1}, "nonsense", "remove it"),
        (component(weight="0"), "components.0.weight", "more than 0"),
        (component(base={}), "components.0.base", "exactly one"),
        (component(base={"value": "1", "on": "2026-01-01"}), "components.0.base", "exactly one"),
        (component(base={"value": "-1"}), "components.0.base.value", "more than 0"),
        (component(average="volume"), "components.0", "volumeSeries"),
        (component(series="a b"), "components.0.series", "pattern"),
        (component(frequency="hourly"), "components.0.frequency", "daily"),
        (
            component(current={"between": {"from": "2026-02-01", "to": "2026-01-01"}}),
            "components.0.current.between",
            "",
        ),
        ({"deadBand": {"percent": "-5", "mode": "full"}}, "deadBand.percent", "negative"),
        ({"collar": {"cumulative": {}}}, "collar.cumulative", "needs a cap"),
        ({"rounding": {"price": {"places": 13}}}, "rounding.price.places", "12"),
        ({"rounding": {"price": {"places": 2, "mode": "NEAREST"}}}, "rounding.price.mode", "HALF_UP"),
    ],
)
def test_every_mistake_is_named_at_its_place(changes: dict[str, Any], field: str, words: str) -> None:
    fields = wrong(**changes)

    assert list(fields) == [field]
    assert words in fields[field]


def test_terms_survive_their_json_with_all_defaults_written_out() -> None:
    terms = golden_terms(deadBand={"percent": "5", "mode": "full"}, collar={"period": {"floor": "2.5"}})

    written = terms_json(terms)

    assert parse_terms(written) == terms
    assert written["rounding"]["ratio"] == {"places": 4, "mode": "HALF_UP"}
    assert written["fixed"] == "0.15"
