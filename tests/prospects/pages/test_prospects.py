"""The list of prospects and the page of one: order, filters, whose they are, and kept views."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import AuditEntry
from jobs.models import Job
from prospects.lists import prospects
from prospects.lists.keyset import Cursor, best_first
from prospects.models import Company, Fact, Lookup, Match, Prospect, ProspectScore, SavedView
from prospects.pages.breakdown import breakdown
from prospects.pages.urls import urlpatterns

from .conftest import NewProspect, NewViewer

pytestmark = pytest.mark.django_db


def names(text: str) -> list[str]:
    query, problems = prospects.parse(dict(part.split("=") for part in text.split("&")) if text else {})
    assert problems == {}
    found = prospects.find(query, tenant_id="acme")
    return [one.name for one in best_first(found, by="score", after=None, size=50).rows]


def test_the_best_come_first_and_the_unscored_last(prospect: NewProspect) -> None:
    for name, score in (("None", None), ("Low", 3), ("Top", 99.5), ("Mid", 50)):
        prospect(name, score=score)

    assert names("") == ["Top", "Mid", "Low", "None"]


def test_pages_join_without_a_gap_or_a_repeat(prospect: NewProspect) -> None:
    for number in range(25):
        prospect(f"P{number}", score=None if number % 5 == 0 else number // 3)
    found = prospects.find(prospects.Query(), tenant_id="acme")

    seen: list[str] = []
    cursor: Cursor | None = None
    while True:
        page = best_first(found, by="score", after=cursor, size=4)
        seen += [one.name for one in page.rows]
        if page.next is None:
            break
        cursor = Cursor.parse(str(page.next))

    assert seen == names("")
    assert len(set(seen)) == 25


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=dental acm", ["Acme Dental LLC"]),
        ("q=nobody", []),
        ("state=tx", ["Acme Dental LLC"]),
        ("secured=mca", ["Best Roofing Inc"]),
        ("least=60", ["Best Roofing Inc"]),
        ("most=60", ["Acme Dental LLC"]),
        ("source=sample", ["Best Roofing Inc"]),
        ("matched=yes", ["Acme Dental LLC"]),
        ("matched=no", ["Best Roofing Inc"]),
        ("stale=yes", ["Best Roofing Inc", "Acme Dental LLC"]),
        ("stale=no", []),
    ],
)
def test_each_filter_finds_what_it_says(prospect: NewProspect, query: str, expected: list[str]) -> None:
    acme = prospect(score=40)
    prospect("Best Roofing Inc", state="NY", source="sample", score=80, secured_classes=["mca", "bank"])
    company = Company.objects.create(tenant_id="acme", key="c1", name="Acme")
    Match.objects.create(tenant_id="acme", prospect=acme, company=company, similarity=99, status="certain")

    assert names(query) == expected


def test_a_common_word_pages_like_a_rare_one(prospect: NewProspect, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        prospect(f"{'Acme' if number % 2 else 'Best'} {number} Dental", score=number)
    query = prospects.Query(q="dental acme")

    def pages(looked_at: int) -> list[list[str]]:
        monkeypatch.setattr(prospects, "LOOKED_AT", looked_at)
        first, _ = prospects.page_of(query, tenant_id="acme", after=None, size=2)
        second, _ = prospects.page_of(query, tenant_id="acme", after=first.next, size=2)
        return [[one.name for one in page.rows] for page in (first, second)]

    assert pages(looked_at=12) == pages(looked_at=1)
    assert pages(looked_at=12)[0] == ["Acme 11 Dental", "Acme 9 Dental"]


def test_a_quote_or_a_backslash_in_the_search_is_text(prospect: NewProspect) -> None:
    prospect("Women's Clinic LLC")

    assert names("q=women's") == ["Women's Clinic LLC"]
    assert names("q=a'\\ | !") == []


def test_what_was_not_understood_is_said_and_left_out(viewer: NewViewer, prospect: NewProspect) -> None:
    prospect()

    page = viewer().get("/prospects/?state=Texas&least=a&after=x").content.decode()

    assert "state must be the two letters of a US state or DC" in page
    assert "least must be a number from 0 to 100" in page
    assert "after is no cursor of this list" in page
    assert "Acme Dental LLC" in page


def test_nobody_sees_another_organisations_prospects(viewer: NewViewer, prospect: NewProspect) -> None:
    theirs = prospect("Globex Secret Inc", tenant_id="globex")
    client = viewer()

    assert "Globex Secret" not in client.get("/prospects/").content.decode()
    assert client.get(f"/prospects/{theirs.public_id}/").status_code == 404
    assert client.post(f"/prospects/{theirs.public_id}/start", {"action": "enrich"}).status_code == 404


def test_every_address_is_guarded_and_the_anonymous_are_asked_to_sign_in(client) -> None:
    assert [one.name for one in urlpatterns if not getattr(one.callback, "desk_guarded", False)] == []
    assert client.get("/prospects/")["Location"] == "/sign-in?next=/prospects/"


def test_a_viewer_looks_and_does_not_act(viewer: NewViewer, prospect: NewProspect) -> None:
    one, client = prospect(), viewer(role="viewer")

    assert client.get(f"/prospects/{one.public_id}/").status_code == 200
    assert client.post(f"/prospects/{one.public_id}/start", {"action": "enrich"}).status_code == 403
    assert client.post("/prospects/views", {"page": "prospects", "name": "Mine"}).status_code == 403


def test_a_page_shows_factors_facts_and_what_a_source_did_not_say(viewer: NewViewer, prospect: NewProspect) -> None:
    one = prospect(score=48.16)
    factors = [
        {"name": "debt", "label": "Debt", "weight": 0.7, "value": 68.8, "contribution": 48.16, "detail": "3 liens"}
    ]
    ProspectScore.objects.create(
        tenant_id="acme", prospect=one, score="48.16", ucc_risk=50, factors=factors, coverage=1, weights_version=2
    )
    Fact.objects.create(
        tenant_id="acme", prospect=one, provider="sec", name="filings", value=[{"form": "10-K"}], source="sample"
    )
    Lookup.objects.create(
        tenant_id="acme", prospect=one, provider="osha", outcome="failed", message="OSHA answered 503. Try again later."
    )

    page = viewer().get(f"/prospects/{one.public_id}/").content.decode()

    for text in ("48.16", "3 liens", "Weights version 2", "10-K", "OSHA answered 503", "sample"):
        assert text in page


def test_a_breakdown_begins_each_bar_where_the_one_before_ended() -> None:
    factors = [
        {"label": "Debt", "value": 68.8, "weight": 0.7, "contribution": "48.16", "detail": ""},
        {"label": "Penalty", "value": 30, "weight": 1, "contribution": -30, "detail": ""},
        {"label": "Unknown", "value": None, "weight": 1, "contribution": 0, "detail": ""},
    ]

    shown = breakdown(factors, Decimal("18.16"))

    debt, penalty, unknown = shown.steps
    end = float(debt.x) + float(debt.width)
    assert float(penalty.x) + float(penalty.width) == pytest.approx(end, abs=0.02)
    assert (debt.falls, penalty.falls, unknown.unknown) == (False, True, True)
    assert (shown.total, shown.unbounded) == ("18.16", "")


@pytest.mark.parametrize("factors", [None, {}, "x", [1, {"contribution": "no number"}]])
def test_a_breakdown_of_odd_factors_shows_what_there_is(factors) -> None:
    assert breakdown(factors, None).total == ""


def test_a_kept_view_opens_its_filters_and_is_shared_or_not(viewer: NewViewer) -> None:
    ana, bob = viewer("ana@example.com"), viewer("bob@example.com")
    ana.post("/prospects/views", {"page": "prospects", "name": "Texas", "query": "state=TX&after=none-1"})
    ana.post("/prospects/views", {"page": "prospects", "name": "Team", "query": "least=75", "shared": "on"})

    texas, team = SavedView.objects.get(name="Texas"), SavedView.objects.get(name="Team")

    assert ana.get(f"/prospects/views/{texas.public_id}")["Location"] == "/prospects/?state=TX"
    assert bob.get(f"/prospects/views/{texas.public_id}").status_code == 404
    assert bob.get(f"/prospects/views/{team.public_id}")["Location"] == "/prospects/?least=75"
    assert bob.post(f"/prospects/views/{team.public_id}", {"action": "remove"}).status_code == 404
    ana.post(f"/prospects/views/{team.public_id}", {"action": "remove"})
    assert not SavedView.objects.filter(name="Team").exists()
    assert (
        sorted(AuditEntry.objects.values_list("action", flat=True)) == ["saved-view.remove"] + ["saved-view.save"] * 2
    )


def test_prospects_are_found_whatever_punctuation_their_key_keeps(prospect: NewProspect) -> None:
    """The words of the index must not stop a name from being stored."""
    for name in ("!  !", "'", "a\\b", "Ünïcode & Söhne"):
        prospect(name)

    assert Prospect.objects.count() == 4
    assert names("q=unicode") == ["Ünïcode & Söhne"]


@pytest.mark.django_db(transaction=True)
def test_filings_of_a_state_are_read_from_the_list(viewer: NewViewer, redis_clean: Any) -> None:
    client = viewer()

    answer = client.post("/prospects/ingest", {"state": "tx"})

    job = Job.objects.get()
    assert (job.type, job.tenant_id, job.data["state"]) == ("ucc-ingestion", "acme", "TX")
    assert f'id="job-{job.public_id}"' in client.get(answer["Location"]).content.decode()
    assert "two-letter code" in client.post("/prospects/ingest", {"state": "Texas"}, follow=True).content.decode()
    assert Job.objects.count() == 1
    assert viewer("eve@acme.com", role="viewer").post("/prospects/ingest", {"state": "TX"}).status_code == 403


def test_states_with_files_in_the_inbox_stand_first(viewer: NewViewer, settings: Any, tmp_path: Path) -> None:
    settings.UCC_INBOX = tmp_path
    (tmp_path / "WY").mkdir()
    (tmp_path / "WY" / "filings.csv").write_text("x")

    page = viewer().get("/prospects/").content.decode()

    assert page.index("WY · files in the inbox") < page.index('value="AK"')


def test_a_company_of_ones_own_is_added_once_and_the_audit_trail_says_who_did(viewer: NewViewer) -> None:
    client = viewer()

    for _ in range(2):
        added = client.post("/prospects/companies/add", {"key": "c-77", "name": "Nail Works"})

    company = Company.objects.get(key="c-77")
    entry = AuditEntry.objects.get(action="company.add")
    assert added["Location"] == f"/prospects/companies/{company.pk}/edit"
    assert (entry.tenant_id, entry.target_id, entry.details) == ("acme", "c-77", {"name": "Nail Works"})
