"""Matches as rows: found by the job, decided by people, and never decided over their heads."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.callers import Caller, session_caller
from accounts.models import AuditEntry, User
from jobs.models import Job
from jobs.testing import run_again, run_job
from prospects.follow_up import follow_import
from prospects.matching.deciding import AlreadyDecided, confirm_match, reject_match
from prospects.matching.finding import Stored, find_matches, store_matches
from prospects.models import Company, Match, Prospect
from tests.prospects.scores.making import make_company, make_lien, make_prospect

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Caller:
    return session_caller(User.objects.create_user("reviewer@example.com", "secret-enough-0"))


def match_all(tenant_id: str = "acme") -> Stored:
    with transaction.atomic():
        return store_matches(tenant_id=tenant_id, suggestions=find_matches(tenant_id))


def matches() -> dict[tuple[str, str], str]:
    rows = Match.objects.select_related("prospect", "company")
    return {(row.prospect.name, row.company.key): row.status for row in rows}


def in_albany(prospect: Prospect) -> Prospect:
    make_lien(prospect, "Citibank, N.A.", address={"city": "Albany", "region": "NY", "postal_code": "12207-1"})
    return prospect


def test_the_job_finds_what_agrees_and_a_second_run_changes_nothing(redis_clean: Any) -> None:
    make_company("comp_1", name="Acme Freight", city="Albany", region="NY")
    make_company("comp_2", name="Zebra Paving LLC")
    in_albany(make_prospect("ACME FREIGHT LLC"))
    make_prospect("ACME FREIGHTS LLC")
    make_prospect("ACME FREIGHT LLC", tenant_id="rival")

    first = run_job("match-companies", tenantId="acme")
    before = list(Match.objects.order_by("pk").values())
    second = run_job("match-companies", tenantId="acme")

    assert first.result == {"certain": 1, "doubtful": 1, "added": 2, "changed": 0}
    assert second.result == {"certain": 1, "doubtful": 1, "added": 0, "changed": 0}
    assert list(Match.objects.order_by("pk").values()) == before
    assert matches() == {
        ("ACME FREIGHT LLC", "comp_1"): "certain",
        ("ACME FREIGHTS LLC", "comp_1"): "doubtful",
    }


def test_of_two_companies_that_agree_none_is_certain() -> None:
    make_company("comp_1", name="Acme Freight", city="Albany")
    make_company("comp_2", name="Acme Freight LLC", city="Albany")
    in_albany(make_prospect("ACME FREIGHT LLC"))

    match_all()

    assert set(matches().values()) == {"doubtful"}
    assert "several companies agree as well" in Match.objects.first().reasons


def test_a_name_without_a_place_is_certain_for_one_prospect_and_doubtful_for_several() -> None:
    make_company("comp_1", name="Juniper Bay Paving LLC")
    make_prospect("JUNIPER BAY PAVING LLC", state="NC")
    match_all()
    assert set(matches().values()) == {"certain"}

    make_prospect("JUNIPER BAY PAVING, L.L.C.", state="GA")
    match_all()

    assert list(matches().values()) == ["doubtful", "doubtful"]


def test_a_name_that_two_legal_forms_share_in_one_city_is_doubtful() -> None:
    make_company("comp_1", name="Acme Freight", city="Albany")
    in_albany(make_prospect("ACME FREIGHT LLC"))
    in_albany(make_prospect("ACME FREIGHT INC"))

    match_all()

    assert list(matches().values()) == ["doubtful", "doubtful"]


def test_what_is_no_longer_found_is_dropped() -> None:
    company = make_company("comp_1", name="Acme Freight", city="Albany")
    in_albany(make_prospect("ACME FREIGHT LLC"))
    match_all()

    Company.objects.filter(pk=company.pk).update(name="Zebra Paving")
    match_all()

    assert matches() == {}


def test_a_prospect_can_become_certain_of_another_company() -> None:
    company = make_company("comp_1", name="Acme Freight", city="Albany")
    in_albany(make_prospect("ACME FREIGHT LLC"))
    match_all()
    Company.objects.filter(pk=company.pk).update(city="Buffalo")
    make_company("comp_2", name="Acme Freight LLC", city="Albany")

    match_all()

    assert matches() == {("ACME FREIGHT LLC", "comp_2"): "certain"}


def test_what_a_person_rejected_stays_rejected(by: Caller) -> None:
    make_company("comp_1", name="Acme Freight", city="Albany")
    in_albany(make_prospect("ACME FREIGHT LLC"))
    match_all()

    reject_match(match=Match.objects.get(), by=by)
    match_all()

    assert matches() == {("ACME FREIGHT LLC", "comp_1"): "rejected"}


def test_what_a_person_confirmed_stays_and_ends_the_suggestions(by: Caller) -> None:
    make_company("comp_1", name="Acme Freight", city="Albany")
    make_company("comp_2", name="Acme Freights", city="Albany")
    in_albany(make_prospect("ACME FREIGHT LLC"))
    match_all()
    Match.objects.all().delete()
    Match.objects.create(
        tenant_id="acme", prospect=Prospect.objects.get(), company=Company.objects.get(key="comp_2"),
        similarity=96, status="doubtful",
    )  # fmt: skip

    confirmed = confirm_match(match=Match.objects.get(), by=by)
    match_all()

    assert matches() == {("ACME FREIGHT LLC", "comp_2"): "confirmed"}
    assert (confirmed.decided_by.public_id, confirmed.decided_at is not None) == (by.user_id, True)


def test_a_second_company_cannot_be_confirmed_until_the_first_is_rejected(by: Caller) -> None:
    first, second = make_company("comp_1", name="Acme"), make_company("comp_2", name="Acme Two")
    prospect = make_prospect("ACME")
    one, two = (
        Match.objects.create(prospect=prospect, company=company, tenant_id="acme", similarity=90, status=status)
        for company, status in ((first, "confirmed"), (second, "rejected"))
    )

    with pytest.raises(AlreadyDecided, match="confirmed to be Acme; reject"):
        confirm_match(match=two, by=by)
    reject_match(match=one, by=by)
    confirm_match(match=two, by=by)

    assert set(matches().values()) == {"confirmed", "rejected"}


def test_decisions_are_on_the_audit_trail_once(by: Caller) -> None:
    match = Match.objects.create(
        tenant_id="acme", prospect=make_prospect(), company=make_company(), similarity=90, status="doubtful"
    )

    confirm_match(match=match, by=by)
    confirm_match(match=match, by=by)
    reject_match(match=match, by=by)

    entries = list(AuditEntry.objects.filter(target_type="match").order_by("pk").values_list("action", "details__was"))
    assert entries == [("match.confirm", "doubtful"), ("match.reject", "confirmed")]


def test_the_database_allows_one_company_per_prospect() -> None:
    prospect = make_prospect()
    for key, status in (("comp_1", "certain"), ("comp_2", "doubtful")):
        company = make_company(key)
        Match.objects.create(tenant_id="acme", prospect=prospect, company=company, similarity=90, status=status)

    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.filter(status="doubtful").update(status="confirmed")


def test_an_import_is_followed_by_scores_and_matches_once() -> None:
    for _ in range(2):
        with transaction.atomic():
            follow_import(tenant_id="acme", import_id="import_1")

    assert sorted(Job.objects.values_list("type", "tenant_id")) == [
        ("lead-scores", "acme"), ("match-companies", "acme"), ("prospect-scores", "acme")
    ]  # fmt: skip


def test_of_several_that_wait_only_the_last_one_goes_over_the_names(redis_clean: Any) -> None:
    with transaction.atomic():
        for number in (1, 2):
            follow_import(tenant_id="acme", import_id=f"import_{number}")
        follow_import(tenant_id="globex", import_id="import_3")
    first, last = Job.objects.filter(type="match-companies", tenant_id="acme").order_by("pk")

    early, late = run_again(first), run_again(last)

    assert first.status == "delayed"
    assert early.result == {"leftTo": last.public_id}
    assert late.result == {"certain": 0, "doubtful": 0, "added": 0, "changed": 0}


def test_imports_that_keep_coming_put_a_pass_off_for_five_minutes_at_most(redis_clean: Any) -> None:
    with transaction.atomic():
        for number in (1, 2, 3):
            follow_import(tenant_id="acme", import_id=f"import_{number}")
    first, second, last = Job.objects.filter(type="match-companies").order_by("pk")

    early = run_again(first)
    Job.objects.filter(pk=first.pk).update(created_at=Now() - timedelta(minutes=6))
    overdue = run_again(second)
    follow_import(tenant_id="acme", import_id="import_4")
    after_that = run_again(last)

    assert early.result == {"leftTo": last.public_id}
    assert overdue.result == {"certain": 0, "doubtful": 0, "added": 0, "changed": 0}
    assert "leftTo" in after_that.result
