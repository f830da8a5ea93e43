"""What a statement may say: facts that exist and numbers that they contain."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from research.company.evidence import Evidence, Origin
from research.company.grounding import Statement, Support, check
from research.grounding import numbers_in

ORIGIN = Origin(label="x", provider="x", source="file", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
FACTS = {
    "F1": Evidence(text="Its revenue was 1,250,000 USD in 2025.", sections=("finances",), origin=ORIGIN),
    "F2": Evidence(text="It has 120 employees.", sections=("overview",), origin=ORIGIN),
}


def support(text: str, *facts: str, kind: Any = "fact") -> Support:
    [found] = check([Statement(text=text, kind=kind, facts=list(facts))], FACTS)
    return found.support


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Revenue was $1,234.5 million in 2025", ["1234500000", "2025"]),
        ("12,5 % of 3 liens", ["12.5", "3"]),
        ("filed on 2026-01-31", ["2026", "1", "31"]),
        ("F12 says 7", ["7"]),
        ("1.5bn and 200k", ["1500000000", "200000"]),
        ("$2.5B of 3 trillion", ["2500000000", "3000000000000"]),
        ("3 best customers", ["3"]),
        ("USD12.5 and EUR 3", ["12.5", "3"]),
        ("a margin of .5", ["0.5"]),
        ("(F1, F22)", []),
        ("fifteen percent of twenty-five million", ["15", "25000000"]),
        ("two billion, and seven times that", ["2000000000", "7"]),
        ("one of two plants", []),
        ("no number at all", []),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, numbers: list[str]) -> None:
    assert numbers_in(text) == [Decimal(number) for number in numbers]


@pytest.mark.parametrize(
    "text",
    ["It earned 1.25 million dollars.", "In 2025 revenue was about 1,251,000.", "Revenue was 1250 thousand USD."],
)
def test_a_number_may_be_rounded_and_scaled(text: str) -> None:
    assert support(text, "F1") is Support.SUPPORTED


def test_a_number_that_its_facts_lack_is_marked_with_the_number() -> None:
    [found] = check([Statement(text="It has 150 employees.", kind="fact", facts=["F2"])], FACTS)

    assert (found.support, found.problem) == (Support.UNSUPPORTED, "Its facts do not contain the number 150.")


def test_a_number_of_another_fact_does_not_count() -> None:
    assert support("It has 120 employees.", "F1") is Support.UNSUPPORTED


def test_a_statement_without_a_fact_is_marked() -> None:
    assert support("It is the market leader.") is Support.UNSUPPORTED
    assert support("It is the market leader.", kind="assessment") is Support.UNSUPPORTED


def test_an_invented_id_is_marked_and_dropped() -> None:
    [found] = check([Statement(text="It grows.", kind="assessment", facts=["F1", "F9"])], FACTS)

    assert (found.support, found.facts) == (Support.UNSUPPORTED, ("F1",))
    assert "F9" in found.problem


def test_a_gap_states_nothing_but_may_not_smuggle_numbers_in() -> None:
    assert support("Nothing is known of its debts.", kind="gap") is Support.NONE
    assert support("Its debts of 5 million are not known.", kind="gap") is Support.UNSUPPORTED
