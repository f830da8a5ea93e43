"""Metrics, insights and recommendations as pure functions of what is known."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reports.periodic.content import RowRef, Urgency
from reports.periodic.insights import insights_of
from reports.periodic.known import Known, KnownFigure, KnownFiling, KnownLien, KnownScore, KnownSignal
from reports.periodic.measuring import metrics_of
from reports.periodic.periods import PeriodKind, last_full
from reports.periodic.recommending import recommendations_of
from reports.periodic.writing import content_of

#: September 2026.
MONTH = last_full(PeriodKind.MONTHLY, at=datetime(2026, 10, 5, tzinfo=UTC), zone=ZoneInfo("UTC"))
NOTHING = Known(
    company_id="comp_1", company_name="Beta Mills", enriched_at=None, liens=(), filings=(), signals=(), buying=(),
    lead=(), health=(), contacts=(), figures=(), research=(),
)  # fmt: skip


def ref(name: str) -> RowRef:
    return RowRef(kind="row", id=name, label=name, source="file")


def lien(number: int, **values: Any) -> KnownLien:
    given: dict[str, Any] = {
        "kind": "bank", "status": "active", "filed_on": date(2025, 1, 1), "lapses_on": date(2030, 1, 1),
        "ended_on": None, "secured": (f"Lender {number}",),
    }  # fmt: skip
    return KnownLien(ref=ref(f"L{number}"), id=number, **{**given, **values})


def score(day: date, value: str | None, rank: str) -> KnownScore:
    at = datetime.combine(day, datetime.min.time(), UTC)
    number = None if value is None else Decimal(value)
    return KnownScore(ref=ref(f"S{day}"), at=at, score=number, rank=rank, factors={})


def metric(known: Known, key: str) -> tuple[Any, Any, Any]:
    """Value, before and change."""
    found = next(one for one in metrics_of(known, MONTH) if one.key == key)
    return found.value, found.before, found.change


def rules(known: Known) -> set[str]:
    return {one.rule for one in insights_of(known, MONTH)}


@pytest.mark.parametrize(
    ("values", "active"),
    [
        ({}, True),
        ({"filed_on": date(2026, 10, 1)}, False),
        ({"filed_on": None}, False),
        ({"lapses_on": date(2026, 9, 30)}, False),
        ({"lapses_on": date(2026, 10, 1), "status": "lapsed"}, True),
        ({"ended_on": date(2026, 9, 30), "status": "terminated"}, False),
        ({"ended_on": date(2026, 10, 1), "status": "terminated"}, True),
        ({"status": "terminated"}, False),
        ({"lapses_on": None}, True),
        ({"lapses_on": None, "status": "lapsed"}, False),
    ],
)
def test_a_lien_is_active_at_the_end_of_a_day_as_its_filings_say(values: dict[str, Any], active: bool) -> None:
    assert lien(1, **values).is_active_on(date(2026, 9, 30)) is active


def test_liens_that_lapse_or_end_in_the_period_are_counted_out_and_told() -> None:
    lapsed = lien(1, lapses_on=date(2026, 9, 10), status="lapsed")
    ended = lien(2, ended_on=date(2026, 9, 12), status="terminated")
    known = replace(NOTHING, liens=(lapsed, ended, lien(3)))

    assert metric(known, "active-liens") == (1, 3, -2)
    assert rules(known) == {"lapsed", "terminations"}


def test_two_advances_at_once_are_the_most_pressing() -> None:
    known = replace(NOTHING, liens=(lien(1, kind="mca"), lien(2, kind="mca")))

    assert insights_of(known, MONTH)[0].rule == "stacked-advances"
    first = recommendations_of(known, MONTH)[0]
    assert (first.rule, first.urgency) == ("stacked-advances", Urgency.NOW)


def test_a_known_creditor_that_files_again_is_no_new_one() -> None:
    def filing(number: int, day: date, name: str) -> KnownFiling:
        return KnownFiling(ref=ref(f"F{number}"), lien=number, action="UCC1", filed_on=day, secured=(name,))

    old, again = filing(1, date(2026, 1, 5), "First Bank"), filing(2, date(2026, 9, 5), "First Bank")
    new = filing(3, date(2026, 9, 6), "County Tax Office")
    known = replace(NOTHING, filings=(old, again, new), liens=(lien(3, kind="tax", secured=("County Tax Office",)),))

    told = [one for one in insights_of(known, MONTH) if one.rule == "new-creditor"]

    assert [one.text for one in told] == ["County Tax Office, a tax authority, is a secured party for the first time."]
    assert [row.id for row in told[0].rows] == ["F3"]
    assert "new-hard-lien" in {one.rule for one in recommendations_of(known, MONTH)}


@pytest.mark.parametrize(
    ("end", "rank", "told"),
    [("61.99", "B", False), ("62.00", "B", True), ("59.50", "C", True), (None, "", True)],
)
def test_a_score_is_told_where_it_moved_two_points_or_changed_its_rank(end: str | None, rank: str, told: bool) -> None:
    known = replace(NOTHING, lead=(score(date(2026, 8, 1), "60.00", "B"), score(date(2026, 9, 15), end, rank)))

    assert bool(rules(known) & {"lead-moved", "lead-unknown"}) is told


def test_a_score_that_was_not_computed_anew_is_no_news() -> None:
    known = replace(NOTHING, lead=(score(date(2026, 8, 1), "60.00", "B"),))

    assert metric(known, "lead-score") == (60, 60, 0)
    assert rules(known) == {"nothing-happened"}


def test_a_weak_health_is_pressing_and_a_fine_one_is_not() -> None:
    weak = replace(NOTHING, health=(score(date(2026, 9, 3), "42.00", "D"),))
    fine = replace(NOTHING, health=(score(date(2026, 9, 3), "82.00", "A"),))

    assert "weak-health" in {one.rule for one in recommendations_of(weak, MONTH)}
    assert "weak-health" not in {one.rule for one in recommendations_of(fine, MONTH)}


def test_figures_of_two_currencies_are_not_subtracted() -> None:
    def revenue(day: date, currency: str) -> KnownFigure:
        return KnownFigure(ref=ref(str(day)), name="revenue", period_end=day, value=Decimal(100), currency=currency)

    known = replace(NOTHING, figures=(revenue(date(2026, 8, 31), "USD"), revenue(date(2026, 9, 30), "EUR")))

    assert metric(known, "revenue") == (100, None, None)


def test_charts_count_what_happened_within_the_period_and_before_it() -> None:
    def at(day: date) -> KnownSignal:
        moment = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=5)
        return KnownSignal(ref=ref(str(day)), kind="Demo", title="Demo", at=moment)

    # The last week of the chart, from Monday 28 September, ends with the period on the 30th.
    known = replace(NOTHING, signals=(at(date(2026, 9, 29)), at(date(2026, 10, 1)), at(date(2026, 9, 21))))

    [chart] = content_of(known, MONTH, at=MONTH.ends_at).charts

    assert (chart.x[-1], chart.series[0].values[-2:]) == ("2026-09-28", [1.0, 1.0])
