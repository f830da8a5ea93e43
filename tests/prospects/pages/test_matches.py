"""The review of doubtful matches, the pages of companies, contacts and sources."""

from typing import Any

import pytest

from accounts.models import AuditEntry
from jobs.models import Job
from prospects.models import Company, Contact, HealthScore, LeadScore, Match, Signal

from .conftest import NewProspect, NewViewer

pytestmark = pytest.mark.django_db


def company(key: str = "c1", **values: Any) -> Company:
    return Company.objects.create(
        **{"tenant_id": "acme", "key": key, "name": "Acme Dental", "name_key": "ACME DENTAL"} | values
    )


def pair(prospect: NewProspect, name: str, similarity: float, **values: Any) -> Match:
    given = {"tenant_id": "acme", "status": "doubtful", "reasons": ["Same state"], **values}
    return Match.objects.create(prospect=prospect(name), company=company(key=name), similarity=similarity, **given)


def test_the_likeliest_pair_comes_first_and_the_next_after_it_is_decided(
    viewer: NewViewer, prospect: NewProspect
) -> None:
    likely, less = pair(prospect, "Acme Dentl LLC", 92), pair(prospect, "Acne Dental Inc", 81)
    client = viewer()

    page = client.get("/prospects/matches").content.decode()
    assert "Acme Dentl LLC" in page
    assert "Same state" in page
    client.post(f"/prospects/matches/{likely.pk}/", {"verdict": "confirm"})
    client.post(f"/prospects/matches/{less.pk}/", {"verdict": "reject"})

    assert list(Match.objects.order_by("pk").values_list("status", flat=True)) == ["confirmed", "rejected"]
    assert Match.objects.filter(decided_by=client.user).count() == 2  # type: ignore[attr-defined]
    assert "Nothing to review" in client.get("/prospects/matches").content.decode()


def test_a_pair_of_another_organisation_or_an_unknown_verdict_is_not_there(
    viewer: NewViewer, prospect: NewProspect
) -> None:
    ours, theirs = pair(prospect, "Ours", 90), pair(prospect, "Theirs", 90, tenant_id="globex")
    client = viewer()

    assert client.post(f"/prospects/matches/{theirs.pk}", {"verdict": "confirm"}).status_code == 404
    assert client.post(f"/prospects/matches/{ours.pk}", {"verdict": "maybe"}).status_code == 404
    assert client.post("/prospects/matches", {"verdict": "confirm"}).status_code == 405
    assert (
        viewer("v@example.com", role="viewer").post(f"/prospects/matches/{ours.pk}", {"verdict": "confirm"}).status_code
        == 403
    )


def test_a_companys_page_shows_scores_signals_and_people(viewer: NewViewer, prospect: NewProspect) -> None:
    one = company(lead_tier="B", lead_score="70.09")
    factors = [{"label": "Fit", "value": 72, "weight": 0.6, "contribution": 43.2, "detail": ""}]
    scored: dict[str, Any] = {
        "tenant_id": "acme",
        "company": one,
        "factors": factors,
        "coverage": 1,
        "weights_version": 0,
    }
    words = {"text": "Its size speaks for it.", "isRuleBased": False, "model": "some/m"}
    LeadScore.objects.create(score="70.09", tier="B", fit=72, intent="67.22", explanation=words, **scored)
    HealthScore.objects.create(score=None, grade="", **scored)
    Signal.objects.create(tenant_id="acme", signal_id="s", signal_type="Demo Request", company=one)
    Contact.objects.create(tenant_id="acme", key="k", company=one, name="Ana Farmer", email="ana@acme.com")
    Match.objects.create(
        tenant_id="acme", prospect=prospect("ACME DENTAL"), company=one, similarity=99, status="certain"
    )
    client = viewer()

    page = client.get(f"/prospects/companies/{one.pk}").content.decode()

    assert 'Its size speaks for it. <span class="badge-tag">written by some/m</span>' in page
    for text in ("70.09", "Demo Request", "Ana Farmer", "ACME DENTAL", "Too little is known for a grade"):
        assert text in page
    assert "Acme Dental" in client.get("/prospects/companies?tier=b&q=acme").content.decode()
    assert "No company fits" in client.get("/prospects/companies?grade=F").content.decode()


def test_what_people_change_is_kept_and_audited_and_scores_stay(viewer: NewViewer) -> None:
    one = company(lead_tier="A", city="Austin")
    client = viewer()
    form = {"name": "Acme Dental Group LLC", "domain": "WWW.Acme.com", "city": "Austin", "technologies": "a, b, a"}

    assert client.post(f"/prospects/companies/{one.pk}/edit", form | {"country": "USA"}).status_code == 422
    assert client.post(f"/prospects/companies/{one.pk}/edit", form).status_code == 302
    client.post(f"/prospects/companies/{one.pk}/start", {"action": "portfolio"})

    one.refresh_from_db()
    assert (one.name_key, one.domain, one.technologies, one.lead_tier, one.is_portfolio) == (
        "ACME DENTAL GROUP LLC",
        "acme.com",
        ["a", "b"],
        "A",
        True,
    )
    changes = [entry.details["changes"] for entry in AuditEntry.objects.order_by("id")]
    assert changes == [
        {
            "name": ["Acme Dental", "Acme Dental Group LLC"],
            "domain": ["", "acme.com"],
            "technologies": [[], ["a", "b"]],
        },
        {"isPortfolio": [False, True]},
    ]


@pytest.mark.parametrize("path", ["companies/{company}", "companies/{company}/edit", "contacts/{contact}"])
def test_what_belongs_to_others_is_not_there(viewer: NewViewer, path: str) -> None:
    theirs = company(tenant_id="globex")
    person = Contact.objects.create(tenant_id="globex", key="k", company=theirs, name="Eve")
    client = viewer()

    assert client.get("/prospects/" + path.format(company=theirs.pk, contact=person.pk)).status_code == 404
    assert "Eve" not in client.get("/prospects/contacts").content.decode()


@pytest.mark.parametrize("path", ["", "companies", "contacts", "matches", "imports"])
def test_an_empty_page_says_what_to_do(viewer: NewViewer, path: str) -> None:
    page = viewer().get(f"/prospects/{path}").content.decode()

    assert any(text in page for text in ("Import a list", "Nothing to review"))


def test_sources_say_how_to_switch_them_on(viewer: NewViewer) -> None:
    page = viewer().get("/prospects/sources").content.decode()

    assert "switched off; add osha to QUARRY_LIVE_SOURCES" in page


@pytest.mark.django_db(transaction=True)
def test_buttons_start_jobs_that_the_page_follows(viewer: NewViewer, prospect: NewProspect, redis_clean: Any) -> None:
    one, client = prospect(), viewer()

    answer = client.post(f"/prospects/{one.public_id}/start", {"action": "enrich"})
    client.post("/prospects/enrich", {"id": [str(one.public_id), "nonsense"], "back": "/prospects/?state=TX"})

    first, second = Job.objects.order_by("id")
    assert (first.type, first.tenant_id, first.data["prospectIds"]) == ("data-enrichment", "acme", [str(one.public_id)])
    assert second.data["prospectIds"] == [str(one.public_id)]
    assert f'id="job-{first.public_id}"' in client.get(answer["Location"]).content.decode()
    assert "HX-Trigger" not in client.get(f"/prospects/jobs/{first.public_id}?was=open").headers
    Job.objects.filter(pk=first.pk).update(status="cancelled", finished_at=first.created_at)
    assert client.get(f"/prospects/jobs/{first.public_id}?was=open")["HX-Trigger"] == "job-ended"
    assert viewer("eve@globex.com", organisation="globex").get(f"/prospects/jobs/{first.public_id}").status_code == 404
