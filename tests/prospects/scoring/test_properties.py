"""What holds for every score, whatever is put in."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from prospects.scoring.fit import CompanyFacts
from prospects.scoring.health import Component, Components, health_score
from prospects.scoring.lead import Event, lead_score, tier_of
from prospects.scoring.prospect import LienFacts, prospect_score
from prospects.scoring.safety import POINTS, Violation, safety_score
from prospects.scoring.secured_parties import SecuredClass
from prospects.scoring.weights import HealthWeights, LeadWeights, ProspectWeights

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEAD, HEALTH, PROSPECT = LeadWeights(), HealthWeights(), ProspectWeights()

days = some.dates(date(2015, 1, 1), date(2030, 12, 31))
liens = some.lists(
    some.builds(
        LienFacts,
        secured=some.sampled_from(SecuredClass),
        filed_on=some.none() | days,
        lapses_on=some.none() | days,
        is_active=some.booleans(),
    ),
    max_size=12,
)
events = some.lists(
    some.builds(
        Event,
        kind=some.sampled_from([*LEAD.signals, "unheard-of"]),
        at=some.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=some.just(UTC)),  # noqa: DTZ001
        confidence=some.floats(0, 1),
    ),
    max_size=30,
)
companies = some.builds(
    CompanyFacts,
    country=some.sampled_from(["", "US", "DE"]),
    employees=some.none() | some.integers(0, 5000),
    founded_on=some.none() | some.dates(date(1950, 1, 1), date(2027, 1, 1)),
)
values = some.builds(Component, value=some.none() | some.floats(0, 100))
components = some.builds(
    Components, payment=values, revenue=values, sentiment=values, safety=values, ucc=values, engagement=values
)
violations = some.lists(
    some.builds(Violation, type=some.sampled_from(sorted(POINTS)), issued_on=days, deleted=some.booleans()), max_size=20
)


@given(liens)
def test_a_prospect_score_is_in_range_and_the_sum_of_its_factors(given_liens: list[LienFacts]) -> None:
    result = prospect_score(given_liens, PROSPECT, as_of=TODAY)

    assert 0 <= result.score <= 100
    assert 0 <= result.ucc_risk <= 100
    assert round(sum(factor.contribution for factor in result.factors), 2) == result.score


@given(liens, some.sampled_from(["factoring", "fintech", "equipment"]))
def test_a_further_loan_never_lowers_a_prospect(given_liens: list[LienFacts], kind: str) -> None:
    more = LienFacts(secured=SecuredClass(kind), filed_on=TODAY, lapses_on=None)

    with_it = prospect_score([*given_liens, more], PROSPECT, as_of=TODAY)

    assert with_it.score >= prospect_score(given_liens, PROSPECT, as_of=TODAY).score


@given(liens)
def test_a_tax_lien_never_raises_a_prospect_and_never_lowers_its_risk(given_liens: list[LienFacts]) -> None:
    tax = LienFacts(secured=SecuredClass.TAX, filed_on=TODAY, lapses_on=None)
    without = prospect_score(given_liens, PROSPECT, as_of=TODAY)

    with_it = prospect_score([*given_liens, tax], PROSPECT, as_of=TODAY)

    assert with_it.score <= without.score
    assert with_it.ucc_risk >= without.ucc_risk


@given(companies, events)
def test_a_lead_score_is_in_range_and_the_sum_of_its_factors(company: CompanyFacts, did: list[Event]) -> None:
    result = lead_score(company, did, LEAD, at=NOW)

    assert 0 <= result.score <= 100
    assert 0 <= result.coverage <= 1
    assert round(sum(factor.contribution for factor in result.factors), 2) == result.score
    assert result.tier == tier_of(result.score, LEAD)


@given(companies, events, some.sampled_from(sorted(LEAD.signals)))
def test_a_further_signal_never_lowers_a_lead(company: CompanyFacts, did: list[Event], kind: str) -> None:
    more = Event(kind=kind, at=NOW)

    assert lead_score(company, [*did, more], LEAD, at=NOW).score >= lead_score(company, did, LEAD, at=NOW).score


@settings(max_examples=60)
@given(companies, events, some.integers(1, 40))
def test_opens_alone_never_change_the_tier(company: CompanyFacts, did: list[Event], number: int) -> None:
    did = [event for event in did if event.kind != "email-open"]
    opens = [Event(kind="email-open", at=NOW - timedelta(days=day)) for day in range(number)]

    assert lead_score(company, [*did, *opens], LEAD, at=NOW).tier == lead_score(company, did, LEAD, at=NOW).tier


@given(components)
def test_a_health_score_lies_between_its_components_and_is_the_sum_of_its_factors(known: Components) -> None:
    result = health_score(known, HEALTH)

    assert (result.score is None) == (result.coverage < 0.5) == (result.grade == "")
    if result.score is not None:
        told = [factor.value for factor in result.factors if factor.value is not None]
        assert min(told) - 0.01 <= result.score <= max(told) + 0.01
        assert round(sum(factor.contribution for factor in result.factors), 2) == result.score


@given(violations, some.sampled_from(sorted(POINTS)))
def test_a_further_violation_never_raises_safety(found: list[Violation], kind: str) -> None:
    before = safety_score(found, as_of=TODAY)

    after = safety_score([*found, Violation(type=kind, issued_on=TODAY)], as_of=TODAY)

    assert 0 <= after <= before <= 100
