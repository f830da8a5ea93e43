"""Values out of careless JSON."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from providers.loose_json import day, flag, instant, mapping, mappings, number, text, texts, whole


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("  a \n b ", "a b"),
        ("a\x00b\ud800c", "a b c"),
        ("co\xadop", "co\xadop"),
        (7, "7"),
        ("null", ""),
        ("N/A", ""),
        (None, ""),
        (True, ""),
        (["a"], ""),
        ({}, ""),
    ],
)
def test_text(value: Any, found: str) -> None:
    assert text(value) == found


def test_a_text_is_cut_and_a_list_of_texts_holds_each_once() -> None:
    assert text("abcdef", 3) == "abc"
    assert texts(["b", None, "a", "b", "", 3, {}]) == ("b", "a", "3")
    assert texts("abc") == ()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (Decimal("4.50"), Decimal("4.50")),
        ("202.39", Decimal("202.39")),
        (" -7 ", Decimal(-7)),
        (True, None),
        ("NaN", None),
        ("Infinity", None),
        ("", None),
        (None, None),
        ([], None),
    ],
)
def test_number(value: Any, found: Decimal | None) -> None:
    assert number(value) == found


@pytest.mark.parametrize(
    ("value", "found"), [(3, 3), ("12", 12), (Decimal("5.0"), 5), ("5.5", None), ("1e999999999", None), (False, None)]
)
def test_whole(value: Any, found: int | None) -> None:
    assert whole(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01-31T10:00:00.000", date(2026, 1, 31)),
        ("31/01/2026", None),
        (7, None),
    ],
)
def test_day(value: Any, found: date | None) -> None:
    assert day(value) == found


@pytest.mark.parametrize("value", ["2026-01-31T10:00:00Z", "2026-01-31T11:00:00+01:00", "2026-01-31T10:00:00"])
def test_instant(value: str) -> None:
    assert instant(value) == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert instant(f"{value}?") is None


def test_flag_and_containers() -> None:
    assert (flag(True), flag("true"), flag(1)) == (True, None, None)
    assert (mapping({"a": 1}), mapping([]), mapping(None)) == ({"a": 1}, {}, {})
    assert mappings([{"a": 1}, None, "x"]) == [{"a": 1}]
    assert mappings({"a": 1}) == []
