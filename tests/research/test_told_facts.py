"""Facts that sources told, as sentences."""

import pytest

from prospects.companies import ensure_company
from prospects.facts import REGISTERED_NAME
from prospects.models import Fact
from research.company.evidence import Dossier
from research.company.gathering import facts

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
