"""Facts that sources told, as sentences."""

from datetime import date

import pytest

from prospects.companies import ensure_company
from prospects.facts import FOUNDED_ON, REGISTERED_NAME
from prospects.models import Fact
from research.company.evidence import Dossier
from research.company.gathering import facts, profile

pytestmark = pytest.mark.django_db


def test_a_name_that_ends_with_a_full_stop_ends_its_sentence() -> None:
    company = ensure_company(tenant_id="acme", key="comp_1", name="Acme")
    Fact.objects.create(
        tenant_id="acme",
        company=company,
        provider="companies-house",
        name=REGISTERED_NAME,
        value="ACME LTD.",
        source="sample",
    )
    dossier = Dossier(company="Acme")

    facts.gather(company, dossier)

    assert [one.text for one in dossier.evidence] == ["It is registered as ACME LTD."]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("1999-05-18", ["It was founded on 1999-05-18."]),
        ("2001-01-01", ["It was founded on 1999-05-18.", "It was founded on 2001-01-01."]),
    ],
)
def test_what_the_record_has_from_a_source_is_said_once_and_a_contradiction_twice(told: str, said: list[str]) -> None:
    company = ensure_company(tenant_id="acme", key="comp_1", name="Acme")
    company.founded_on = date(1999, 5, 18)
    company.save()
    Fact.objects.create(
        tenant_id="acme", company=company, provider="wikidata", name=FOUNDED_ON, value=told, source="sample"
    )
    dossier = Dossier(company="Acme")

    profile.gather(company, dossier)
    facts.gather(company, dossier)

    assert [one.text for one in dossier.evidence] == said
