"""The job type `buying-signals`: found once, stored once, told once to who wants to hear of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Membership, Organisation, User
from jobs import actions
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.testing import run_again, run_job
from prospects import facts
from prospects.companies import ensure_company
from prospects.models import BuyingSignal, Company, Fact, Filing, Lien, Match, Party, Prospect
from prospects.signals.storing import store_signal

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC)
MAIL = "buying-signals-mail"


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def acme(redis_clean: Any) -> Organisation:
    return Organisation.objects.create(slug="acme", name="Acme")


@pytest.fixture
def company(acme: Organisation) -> Company:
    return ensure_company(tenant_id="acme", key="comp_1", name="Beta Mills LLC")


def member(email: str, organisation: Organisation, **fields: Any) -> User:
    user = User.objects.create_user(email, **fields)
    Membership.objects.create(user=user, organisation=organisation)
    return user


def report(company: Company, signal_id: str, signal_type: str, days: int) -> None:
    store_signal(company=company, signal_id=signal_id, signal_type=signal_type, data={}, occurred_at=days_ago(days))


def tell(company: Company, name: str, value: Any, provider: str = "sample") -> Fact:
    return Fact.objects.create(
        tenant_id="acme", company=company, provider=provider, name=name, value=value, source="sample"
    )


def lend(company: Company, number: str, days: int, *, status: str = "certain", lender: str = "Bank of X") -> None:
    """A financing statement against a prospect that is, or may be, the company."""
    own: dict[str, Any] = {"tenant_id": "acme", "source": "sample"}
    prospect, _ = Prospect.objects.get_or_create(
        **own, state="NY", name="BETA MILLS", name_key="BETA MILLS", filing_count=1
    )
    Match.objects.get_or_create(
        tenant_id="acme", prospect=prospect, company=company, defaults={"similarity": 97, "status": status}
    )
    lien = Lien.objects.create(**own, state="NY", file_number=number)
    filing = Filing.objects.create(
        **own, lien=lien, file_number=number, action="initial", filed_on=days_ago(days).date()
    )
    party: dict[str, Any] = {**own, "filing": filing, "state": "NY", "kind": "organisation"}
    Party.objects.create(**party, role="debtor", name="BETA MILLS", name_key="BETA MILLS")
    Party.objects.create(**party, role="secured", name=lender, name_key=lender.upper())


def run(**fields: Any) -> Job:
    job = run_job("buying-signals", {"companyId": "comp_1", "tenantId": "acme", **fields})
    assert job.status == "completed", job.error
    return job


def kinds(job: Job) -> list[str]:
    return [signal["kind"] for signal in job.result["signals"]]


def test_two_events_are_two_signals_and_one_mail_for_each_member(
    company: Company, acme: Organisation, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.PUBLIC_URL = "https://quarry.example.com"
    member("ana@example.com", acme)
    member("bob@example.com", acme)
    member("off@example.com", acme, notify_buying_signals=False)
    member("gone@example.com", acme, is_active=False)
    member("other@example.com", Organisation.objects.create(slug="globex", name="Globex"))
    report(company, "s1", "Demo Request", 2)
    lend(company, "123", 5)

    job = run()
    for mail_job in Job.objects.filter(type=MAIL):
        run_again(mail_job)

    assert (job.result["companyId"], job.result["signalsDetected"], job.result["notified"]) == ("comp_1", 2, 2)
    assert sorted(mail.to[0] for mail in mailoutbox) == ["ana@example.com", "bob@example.com"]
    assert mailoutbox[0].subject == "Beta Mills LLC: Demo request or pricing visit: Demo Request"
    assert "UCC filing 123 in NY by Bank of X" in mailoutbox[0].body
    assert f"https://quarry.example.com/prospects/companies/{company.pk}\n" in mailoutbox[0].body


def test_run_again_it_finds_the_same_and_stores_and_tells_nothing_new(company: Company, acme: Organisation) -> None:
    member("ana@example.com", acme)
    report(company, "s1", "Demo Request", 2)
    run()

    again = run()

    assert (again.result["signalsDetected"], again.result["notified"]) == (1, 0)
    assert again.result["signals"][0]["new"] is False
    assert (BuyingSignal.objects.count(), Job.objects.filter(type=MAIL).count()) == (1, 1)


def test_a_member_who_switches_mails_off_before_the_mail_goes_out_gets_none(
    company: Company, acme: Organisation, mailoutbox: list[Any]
) -> None:
    ana = member("ana@example.com", acme)
    report(company, "s1", "Demo Request", 2)
    run()
    User.objects.filter(pk=ana.pk).update(notify_buying_signals=False)

    job = run_again(Job.objects.get(type=MAIL))

    assert (job.status, job.result, mailoutbox) == ("completed", {"sent": False}, [])


def test_without_notify_team_nobody_is_told(company: Company, acme: Organisation) -> None:
    member("ana@example.com", acme)
    report(company, "s1", "Demo Request", 2)

    job = run(notifyTeam=False)

    assert (job.result["signalsDetected"], job.result["notified"]) == (1, 0)
    assert not Job.objects.filter(type=MAIL).exists()


def test_awards_patents_and_headlines_are_found_with_their_sources(company: Company) -> None:
    day = days_ago(3).date().isoformat()
    tell(company, facts.AWARDS, [{"id": "W1", "amount": "5000.00", "startOn": day, "url": "https://x.test/W1"}])
    tell(company, facts.PATENTS, [{"application": "A1", "number": "999", "title": "Mill", "grantedOn": day}])
    article = {
        "title": "Beta Mills names Jane Roe CFO",
        "url": "https://n.test/1",
        "publishedAt": days_ago(4).isoformat(),
    }
    tell(
        company,
        facts.ARTICLES,
        [article, {"title": "Beta Mills opens its doors", "publishedAt": article["publishedAt"]}],
    )

    job = run()

    assert sorted(kinds(job)) == ["contract-award", "executive-hire", "patent-grant"]
    award = BuyingSignal.objects.get(kind="contract-award")
    assert award.evidence == {
        "provider": "sample", "source": "sample", "reference": "https://x.test/W1", "amount": "5000.00"
    }  # fmt: skip


def test_one_headline_of_two_sources_is_one_signal(company: Company) -> None:
    article = {
        "title": "Beta Mills names Jane Roe CFO",
        "url": "https://n.test/1",
        "publishedAt": days_ago(4).isoformat(),
    }
    tell(company, facts.ARTICLES, [article], provider="gdelt")
    tell(company, facts.ARTICLES, [{**article, "title": f"{article['title']} - Reuters"}], provider="rss")

    assert run().result["signalsDetected"] == 1


def test_visits_of_one_day_are_one_signal_and_opens_are_none(company: Company) -> None:
    for number in range(3):
        report(company, f"v{number}", "Website Visit", 2)
    report(company, "o1", "Email Open", 2)

    assert kinds(run()) == ["site-visit"]


def test_what_is_older_than_the_lookback_or_of_another_kind_is_left_out(company: Company) -> None:
    report(company, "s1", "Demo Request", 2)
    report(company, "s2", "Funding Round", 20)
    report(company, "s3", "Website Visit", 40)

    assert sorted(kinds(run())) == ["demo", "funding"]
    assert sorted(kinds(run(lookbackDays=60))) == ["demo", "funding", "site-visit"]
    assert kinds(run(lookbackDays=10)) == ["demo"]
    assert kinds(run(lookbackDays=60, signalTypes=["Website Visit", "funding"])) == ["funding", "site-visit"]


def test_filings_of_a_prospect_that_may_be_another_company_do_not_count(company: Company) -> None:
    lend(company, "123", 5, status="doubtful")

    assert run().result["signalsDetected"] == 0


def test_signals_of_another_organisation_do_not_count(company: Company) -> None:
    other = ensure_company(tenant_id="globex", key="comp_1", name="Beta Mills LLC")
    report(other, "s1", "Demo Request", 2)

    assert run().result["signalsDetected"] == 0


def test_an_unknown_company_completes_with_nothing_found_and_keeps_its_name(acme: Organisation) -> None:
    job = run(companyId="comp_9", companyName="Gamma Ltd")

    assert job.result == {"companyId": "comp_9", "signalsDetected": 0, "signals": [], "notified": 0}
    assert Company.objects.get().name_key == "GAMMA LTD"


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("lookbackDays", 0, "lookbackDays"),
        ("lookbackDays", 366, "lookbackDays"),
        ("signalTypes", ["Email Open"], "signalTypes.0"),
        ("companyId", "", "companyId"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any, named: str) -> None:
    with pytest.raises(InvalidPayload) as error:
        actions.enqueue(type="buying-signals", data={"companyId": "comp_1", field: value})

    assert list(error.value.fields) == [named]
