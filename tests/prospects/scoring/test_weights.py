"""Weights as JSON: what is accepted, and what is said about what is not."""

from typing import Any

import pytest
from pydantic import ValidationError

from prospects.scoring.weights import (
    HealthWeights,
    InvalidWeights,
    LeadWeights,
    ProspectWeights,
    as_json,
    read_weights,
)


@pytest.mark.parametrize("weights", [ProspectWeights(), LeadWeights(), HealthWeights()])
def test_weights_survive_the_way_through_json(weights: Any) -> None:
    assert read_weights(weights.kind, as_json(weights)) == weights


def test_weights_that_are_left_out_are_the_built_in_ones() -> None:
    assert read_weights("health", {}) == HealthWeights()


def test_weights_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        LeadWeights().fit_share = 0.5


@pytest.mark.parametrize(
    ("kind", "values", "field", "says"),
    [
        ("prospect", {"demandShare": 0.5}, "values", "demandShare + refinancingShare must be 1, but is 0.8"),
        ("prospect", {"demand": {"mca": 0.9}}, "demand", "a weight is missing for tax"),
        ("prospect", {"demand": {**as_json(ProspectWeights())["demand"], "loan": 1}}, "demand", "loan: no such class"),
        ("prospect", {"refinanced": ["banks"]}, "refinanced", "banks: no such class"),
        ("prospect", {"noneAfterDays": 10}, "values", "noneAfterDays must be more than fullUntilDays"),
        ("prospect", {"mca": {"points": 1, "limit": 2}}, "mca.windowDays", "Field required"),
        ("lead", {"fitShare": 0.7}, "values", "fitShare + intentShare must be 1, but is 1.1"),
        ("lead", {"fit": {"size": 10}}, "fit", "industry, geography, technology, age: missing"),
        ("lead", {"tiers": {"A": 50, "B": 60, "C": 40}}, "tiers", "must fall from A to C"),
        ("lead", {"intentScale": 0}, "intentScale", "must be more than 0"),
        (
            "lead",
            {"signals": {"funding": {"points": -1, "halfLifeDays": 90, "perDay": 1}}},
            "signals.funding.points",
            "greater than or equal to 0",
        ),
        ("lead", {"colour": "red"}, "colour", "is not a weight; remove it"),
        ("lead", {"profile": {"employeesLeast": 9, "employeesMost": 3}}, "profile", "employeesLeast"),
        (
            "health",
            {"components": {"payment": 1.0}},
            "components",
            "revenue, sentiment, safety, ucc, engagement: missing",
        ),
        (
            "health",
            {"components": {**HealthWeights().components, "payment": 0.5}},
            "components",
            "must be 1, but is 1.25",
        ),
        ("health", {"revenueScale": "much"}, "revenueScale", "valid number"),
        ("health", [], "values", "valid dictionary"),
    ],
)
def test_a_wrong_weight_is_named_with_its_problem(kind: str, values: Any, field: str, says: str) -> None:
    with pytest.raises(InvalidWeights) as caught:
        read_weights(kind, values)

    assert says in caught.value.fields[field]


def test_all_wrong_weights_are_named_at_once() -> None:
    with pytest.raises(InvalidWeights) as caught:
        read_weights("lead", {"colour": "red", "intentScale": -5, "fitShare": 3})

    assert set(caught.value.fields) == {"colour", "intentScale", "fitShare"}
