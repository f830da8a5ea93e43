"""The read resources: every route by every role, paging, filters, and whose rows they are."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from prospects.api.urls import urlpatterns
from prospects.models import Company, Fact, LeadScore, Prospect, ProspectScore
from prospects.names import name_key

from . import test_imports

pytestmark = pytest.mark.django_db

PATHS = {
    "api-prospects": "/api/prospects",
    "api-prospect": "/api/prospects/{prospect}",
    "api-companies": "/api/companies",
    "api-company": "/api/companies/{company}",
}
FACTORS = [{"name": "debt", "label": "Debt", "weight": 0.7, "value": 1, "contribution": 48.16, "detail": ""}]


def prospect(name: str = "Acme", **values: Any) -> Prospect:
    given = {"tenant_id": "acme", "state": "TX", "source": "live", "filing_count": 1, **values}
    row = Prospect.objects.create(name=name, name_key=name_key(name), **given)
    row.refresh_from_db()
    return row


def test_every_route_is_tested_for_every_role(client_of: Any) -> None:
    one = prospect()
    Company.objects.create(tenant_id="acme", key="c/1", name="Acme")
    assert {pattern.name for pattern in urlpatterns} == {*PATHS, *test_imports.PATHS}

    for name, path in PATHS.items():
        address = path.format(prospect=one.public_id, company="c/1")
        assert APIClient().get(address).status_code == 401
        assert APIClient().post(address).status_code == 401, name
    for role in ("viewer", "member", "tenant-admin", "admin"):
        client = client_of(role)
        for path in PATHS.values():
            address = path.format(prospect=one.public_id, company="c/1")
            assert client.get(address).status_code == 200
            assert client.post(address).status_code == 405


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
