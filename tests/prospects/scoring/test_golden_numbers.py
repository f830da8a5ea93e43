"""The worked examples of docs/scores.md, to the digit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from prospects.scoring.fit import Fit
from prospects.scoring.health import (
    Component,
    Components,
    Sentiment,
    health_score,
    revenue_component,
    sentiment_component,
)
from prospects.scoring.lead import Event, combined, intent_amounts
from prospects.scoring.prospect import LienFacts, prospect_score, refinancing
from prospects.scoring.safety import Violation, burden, safety_score
from prospects.scoring.secured_parties import SecuredClass
from prospects.scoring.weights import HealthWeights, LeadWeights, ProspectWeights

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

LIENS = [
    LienFacts(secured=SecuredClass.MCA, filed_on=date(2026, 9, 23), lapses_on=None),
    LienFacts(secured=SecuredClass.MCA, filed_on=date(2026, 5, 26), lapses_on=None),
    LienFacts(secured=SecuredClass.BANK, filed_on=date(2022, 2, 20), lapses_on=date(2027, 2, 20)),
    LienFacts(secured=SecuredClass.TAX, filed_on=date(2026, 1, 26), lapses_on=None),
]


def test_the_prospect_with_two_advances_a_bank_loan_and_a_tax_lien() -> None:
    result = prospect_score(LIENS, ProspectWeights(), as_of=TODAY)

    assert (result.score, result.ucc_risk) == (48.16, 50.0)
    by_name = {factor.name: factor for factor in result.factors}
    demand = sum(factor.value or 0 for name, factor in by_name.items() if name.startswith("demand."))
    assert demand == pytest.approx(1.164830, abs=1e-6)
    points = sum(factor.contribution for name, factor in by_name.items() if name.startswith("demand."))
    assert points == pytest.approx(0.7 * 68.8024, abs=0.011)
    assert by_name["refinancing"].value == 100
    assert by_name["penalty.mca"].contribution + by_name["penalty.tax"].contribution == -30
    assert result.secured_classes == ("tax", "mca", "bank")


def test_a_lien_without_a_filing_date_counts_as_filed_five_years_before_its_lapse() -> None:
    def scored(filed_on: date | None) -> tuple[float, str]:
        lien = LienFacts(secured=SecuredClass.MCA, filed_on=filed_on, lapses_on=date(2031, 9, 23))
        result = prospect_score([lien], ProspectWeights(), as_of=TODAY)
        return result.score, result.factors[0].detail

    assert scored(None)[0] == scored(date(2026, 9, 23))[0] > 0
    assert scored(None)[1].endswith("; 1 dated by the lapse")


@pytest.mark.parametrize(
    ("secured", "lapses_on", "begun_on"),
    [
        (SecuredClass.BANK, date(2028, 2, 29), date(2023, 2, 28)),
        (SecuredClass.BANK, None, None),
        (SecuredClass.TAX, date(2030, 1, 1), None),
    ],
)
def test_when_a_lien_began_where_nobody_says(
    secured: SecuredClass, lapses_on: date | None, begun_on: date | None
) -> None:
    assert LienFacts(secured=secured, filed_on=None, lapses_on=lapses_on).begun_on == begun_on


def test_refinancing_300_days_before_the_lapse() -> None:
    assert refinancing(300, ProspectWeights()) == pytest.approx(35.1351, abs=1e-4)


def test_the_safety_of_four_kinds_of_violations() -> None:
    violations = [
        *[Violation(type="S", issued_on=date(2026, 6, 1))] * 2,
        Violation(type="R", issued_on=date(2024, 11, 30)),
        *[Violation(type="O", issued_on=date(2022, 5, 1))] * 3,
        Violation(type="W", issued_on=date(2019, 3, 1)),
    ]

    assert burden(violations, as_of=TODAY) == pytest.approx(12.25)
    assert safety_score(violations, as_of=TODAY) == 54.20


def test_the_lead_with_fit_72_and_four_signals() -> None:
    days = {"funding": 45, "executive-hire": 30, "site-visit": 3, "email-open": 1}
    events = [Event(kind=kind, at=NOW - timedelta(days=age)) for kind, age in days.items()]

    amounts = intent_amounts(events, LeadWeights(), at=NOW)
    result = combined(Fit(value=72.0, coverage=1.0, factors=()), amounts, LeadWeights())

    assert amounts == pytest.approx(
        {"funding": 28.284, "executive-hire": 17.678, "site-visit": 7.430, "email-open": 2.381}, abs=5e-4
    )
    assert (result.intent, result.score, result.tier) == (67.22, 70.09, "B")


def test_the_health_of_a_company_without_news_and_visits() -> None:
    known = {"payment": 90, "revenue": 60, "safety": 54.20, "ucc": 50}

    result = health_score(
        Components(**{name: Component(value=value) for name, value in known.items()}), HealthWeights()
    )

    assert (result.score, result.coverage, result.grade) == (66.41, 0.8, "B")


def test_revenue_that_grows_by_eight_percent() -> None:
    assert round(revenue_component(0.08, HealthWeights()), 2) == 69.00


def test_news_of_a_fortnight_ago_weighs_half_of_todays() -> None:
    said = [Sentiment(value=-1, at=NOW), Sentiment(value=1, at=NOW - timedelta(days=14))]

    assert sentiment_component(said, HealthWeights(), at=NOW) == pytest.approx((-1 / 3 + 1) * 50)
