"""The read resources: paging, filters, and whose rows they are."""

from typing import Any

import pytest

from prospects.models import Company, Fact, LeadScore, Prospect, ProspectScore
from prospects.names import name_key

pytestmark = pytest.mark.django_db

FACTORS = [{"name": "debt", "label": "Debt", "weight": 0.7, "value": 1, "contribution": 48.16, "detail": ""}]


def prospect(name: str = "Acme", **values: Any) -> Prospect:
    given = {"tenant_id": "acme", "state": "TX", "source": "live", "filing_count": 1, **values}
    row = Prospect.objects.create(name=name, name_key=name_key(name), **given)
    row.refresh_from_db()
    return row


def test_a_companys_key_may_hold_a_slash(client_of: Any) -> None:
    Company.objects.create(tenant_id="acme", key="c/1", name="Acme")

    assert client_of().get("/api/companies/c/1").json()["name"] == "Acme"


def test_anothers_rows_answer_byte_for_byte_like_none(client_of: Any) -> None:
    theirs = prospect(tenant_id="globex")
    Company.objects.create(tenant_id="globex", key="c1", name="Secret")
    client = client_of()

    unknown = client.get("/api/prospects/00000000-0000-0000-0000-000000000000")
    assert client.get(f"/api/prospects/{theirs.public_id}").content == unknown.content
    assert client.get("/api/companies/c1").content == client.get("/api/companies/c2").content
    assert client.get("/api/prospects").json() == {"prospects": [], "count": 0, "hasMore": False, "nextCursor": None}
    assert client.get("/api/companies").json()["companies"] == []


def test_pages_follow_their_cursor(client_of: Any) -> None:
    for number in range(5):
        prospect(f"P{number}", score=number * 10 if number else None)
    client = client_of()

    first = client.get("/api/prospects?limit=3&state=tx").json()
    second = client.get(f"/api/prospects?limit=3&state=tx&cursor={first['nextCursor']}").json()

    assert [one["score"] for one in first["prospects"] + second["prospects"]] == [40.0, 30.0, 20.0, 10.0, None]
    assert (first["hasMore"], second["hasMore"], second["nextCursor"]) == (True, False, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=Texas", "state"),
        ("least=101", "least"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
        ("stale=1", "stale"),
    ],
)
def test_a_mistake_names_its_field(client_of: Any, query: str, field: str) -> None:
    answer = client_of().get(f"/api/prospects?{query}")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_scores_come_with_their_factors_and_facts_with_their_source(client_of: Any) -> None:
    one = prospect(score="48.16")
    company = Company.objects.create(tenant_id="acme", key="c1", name="Acme", lead_score="70.09", lead_tier="B")
    scored = {"tenant_id": "acme", "factors": FACTORS, "coverage": 1, "weights_version": 2}
    ProspectScore.objects.create(prospect=one, score="48.16", ucc_risk=50, **scored)
    LeadScore.objects.create(company=company, score="70.09", tier="B", fit=72, intent="67.22", **scored)
    Fact.objects.create(tenant_id="acme", prospect=one, provider="sec", name="cik", value="123", source="sample")
    client = client_of()

    shown = client.get(f"/api/prospects/{one.public_id}").json()
    lead = client.get("/api/companies/c1").json()

    assert (shown["score"], shown["scoring"]["factors"], shown["scoring"]["weightsVersion"]) == (48.16, FACTORS, 2)
    assert [(fact["provider"], fact["value"], fact["source"]) for fact in shown["facts"]] == [("sec", "123", "sample")]
    assert (lead["leadScore"], lead["leadScoring"]["fit"], lead["healthScoring"]) == (70.09, 72.0, None)


def test_a_token_without_the_scope_is_refused(client_of: Any) -> None:
    assert client_of(scopes=["metrics:read"]).get("/api/prospects").status_code == 403
