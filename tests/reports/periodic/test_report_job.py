"""The job type `report`: one report per job, from the company's rows, mailed at most once."""

import smtplib
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import Organisation, User
from jobs import payloads
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.testing import run_again, run_job
from prospects.companies import ensure_company
from prospects.models import Company, Contact, Filing, LeadScore, Lien, Match, Party, Prospect
from prospects.signals.storing import store_signal
from reports.models import Report
from reports.periodic.job_type import PeriodicReport
from reports.periodic.periods import Period, PeriodKind, last_full

pytestmark = pytest.mark.django_db

WEEK: Period = last_full(PeriodKind.WEEKLY, at=datetime.now(UTC), zone=ZoneInfo("UTC"))
MAIL = "report-mail"


@pytest.fixture(autouse=True)
def outbox(settings: Any, redis_clean: Any) -> list[Any]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PUBLIC_URL = "https://quarry.example.com"
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def company(db: None) -> Company:
    Organisation.objects.create(slug="acme", name="Acme")
    return ensure_company(tenant_id="acme", key="comp_1", name="Beta Mills LLC")


def run(**fields: Any) -> Job:
    data = {"companyId": "comp_1", "reportType": "weekly", "userId": "user_1", "tenantId": "acme"}
    return run_job("report", data | fields)


def run_mail() -> Job:
    return run_again(Job.objects.get(type=MAIL))


def in_week(day: int) -> datetime:
    return datetime.combine(WEEK.start + timedelta(days=day), time(12), UTC)


def lend(company: Company, number: str, day: int, lender: str) -> None:
    own: dict[str, Any] = {"tenant_id": "acme", "source": "file"}
    prospect, _ = Prospect.objects.get_or_create(**own, state="NY", name="BETA", name_key="BETA", filing_count=1)
    Match.objects.get_or_create(
        tenant_id="acme", prospect=prospect, company=company, defaults={"similarity": 97, "status": "certain"}
    )
    filed_on = in_week(day).date()
    lien = Lien.objects.create(**own, state="NY", file_number=number, filed_on=filed_on, status="active")
    filing = Filing.objects.create(**own, lien=lien, file_number=number, action="initial", filed_on=filed_on)
    party: dict[str, Any] = {**own, "filing": filing, "state": "NY", "kind": "organisation"}
    Party.objects.create(**party, role="debtor", name="BETA", name_key="BETA")
    Party.objects.create(**party, role="secured", name=lender, name_key=lender.upper())


def metric(report: Report, key: str) -> dict[str, Any]:
    return next(one for one in report.content["metrics"] if one["key"] == key)


# --- What is accepted -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"reportType": "daily"}, "reportType"),
        ({"emailTo": "nobody"}, "emailTo"),
        ({"emailTo": "a@example.com, b@example.com"}, "emailTo"),
        ({"timeZone": "Mars/Base"}, "timeZone"),
        ({"companyId": ""}, "companyId"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_with_its_field(fields: dict[str, Any], named: str) -> None:
    good = {"companyId": "comp_1", "reportType": "weekly", "userId": "user_1"}

    with pytest.raises(InvalidPayload) as refused:
        payloads.parse(PeriodicReport, good | fields)

    assert set(refused.value.fields) == {named}


def test_a_company_that_the_organisation_does_not_have_fails_at_once(company: Company) -> None:
    job = run(companyId="comp_2")

    assert (job.status, job.attempts_made, job.error_type) == ("failed", 1, "VALIDATION_ERROR")
    assert "comp_2" in job.error_message


# --- What it says -----------------------------------------------------------------------------------
def test_a_weekly_report_covers_seven_days_and_stands_beside_the_week_before(company: Company) -> None:
    lend(company, "N1", 2, "First Bank")
    lend(company, "N0", -3, "First Bank")
    store_signal(company=company, signal_id="s1", signal_type="Demo Request", data={}, occurred_at=in_week(1))

    job = run()

    report = Report.objects.get()
    assert job.result == {
        "reportId": report.public_id,
        "reportType": "weekly",
        "periodStart": str(WEEK.start),
        "periodEnd": str(WEEK.start + timedelta(days=6)),
        "emailedTo": None,
    }
    filings, liens = metric(report, "new-filings"), metric(report, "active-liens")
    assert (filings["value"], filings["before"], filings["change"]) == ("1", "1", "0")
    assert (liens["value"], liens["before"], liens["change"]) == ("2", "1", "1")
    assert [row["id"] for row in filings["rows"]] == ["NY:N1"]
    assert (metric(report, "signals")["value"], metric(report, "signals")["before"]) == ("1", "0")
    assert (report.tenant_id, report.company_id, report.user_id) == ("acme", company.pk, "user_1")
    assert report.content["sources"] == ["file", "given"]


def test_every_sentence_that_tells_of_something_names_its_rows(company: Company) -> None:
    lend(company, "N1", 2, "Rapid Merchant Advance LLC")

    run()

    insights = {one["rule"]: one for one in Report.objects.get().content["insights"]}
    assert all(one["rows"] for one in insights.values())
    assert "Rapid Merchant Advance LLC" in insights["new-creditor"]["text"]


def test_a_score_that_moved_is_told_with_the_factor_that_moved_it(company: Company) -> None:
    for day, score, part in ((-2, "50.00", 10), (3, "58.50", 18.5)):
        LeadScore.objects.create(
            tenant_id="acme", company=company, score=Decimal(score), tier="B", intent=50, coverage=1, weights_version=0,
            computed_at=in_week(day),
            factors=[{"name": "intent.demo", "label": "Demo request", "contribution": part}],
        )  # fmt: skip

    run()

    content = Report.objects.get().content
    [course] = content["scores"]
    assert (course["start"], course["end"], course["change"]) == ("50.00", "58.50", "8.50")
    assert [(one["label"], one["change"]) for one in course["moved"]] == [("Demo request", "8.50")]
    told = next(one for one in content["insights"] if one["rule"] == "lead-moved")
    assert told["text"] == "The lead score rose by 8.50 to 58.50 (tier B), most by Demo request (+8.50)."


def test_a_company_of_which_nothing_is_known_gets_a_report_that_says_so(company: Company) -> None:
    run()

    content = Report.objects.get().content
    assert [one["rule"] for one in content["insights"]] == ["nothing-happened"]
    assert {one["rule"] for one in content["recommendations"]} == {"score", "enrich", "research"}


def test_what_happened_after_the_period_is_left_to_the_next_report(company: Company) -> None:
    lend(company, "N2", 7, "First Bank")
    store_signal(company=company, signal_id="s2", signal_type="Demo Request", data={}, occurred_at=WEEK.ends_at)
    Contact.objects.create(tenant_id="acme", company=company, key="c1")

    run()

    report = Report.objects.get()
    assert {metric(report, key)["value"] for key in ("new-filings", "active-liens", "signals", "contacts-found")} == {
        "0"
    }


# --- Once -------------------------------------------------------------------------------------------
def test_a_job_whose_completion_is_lost_leaves_one_report_when_it_runs_again(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.periodic import job_type

    keep = job_type._keep

    def keep_and_die(*args: Any) -> Any:
        keep(*args)
        raise ConnectionError("the database went away")

    monkeypatch.setattr(job_type, "_keep", keep_and_die)
    job = run(emailTo="ana@example.com")
    assert (job.status, Report.objects.count(), Job.objects.filter(type=MAIL).count()) == ("delayed", 0, 0)
    monkeypatch.undo()

    job = run_again(job)

    assert (job.status, Report.objects.count(), Job.objects.filter(type=MAIL).count()) == ("completed", 1, 1)


def test_another_job_over_the_same_period_makes_another_report(company: Company) -> None:
    run()
    run()

    assert Report.objects.count() == 2


# --- Mail -------------------------------------------------------------------------------------------
def test_the_report_is_mailed_once_with_its_link(company: Company, outbox: list[Any]) -> None:
    job = run(emailTo="ana@example.com")
    run_mail()

    report = Report.objects.get()
    [message] = outbox
    assert (job.result["emailedTo"], message.to, report.emailed_to) == (
        "ana@example.com",
        ["ana@example.com"],
        "ana@example.com",
    )
    assert message.subject == f"Weekly report: Beta Mills LLC, {WEEK.start} to {WEEK.end}"
    assert f"https://quarry.example.com/reports/{report.public_id}" in message.body
    assert "notification settings" not in message.body


def test_a_user_who_has_switched_reports_off_gets_none_and_the_log_says_why(
    company: Company, outbox: list[Any]
) -> None:
    User.objects.create_user("ana@example.com", notify_reports=False)

    job = run(emailTo="Ana@Example.com")

    assert (job.status, job.result["emailedTo"]) == ("completed", None)
    assert not Job.objects.filter(type=MAIL).exists()
    assert not outbox


def test_who_switches_reports_off_before_the_mail_goes_gets_none(company: Company, outbox: list[Any]) -> None:
    user = User.objects.create_user("ana@example.com")
    run(emailTo="ana@example.com")
    User.objects.filter(pk=user.pk).update(notify_reports=False)

    assert run_mail().result["sent"] is False
    assert not outbox


def test_a_mail_that_a_lost_run_may_have_sent_is_not_sent_again(company: Company, outbox: list[Any]) -> None:
    run(emailTo="ana@example.com")
    Report.objects.update(emailed_to="ana@example.com")  # as a run leaves it that dies while it sends

    job = run_mail()

    assert (job.status, job.result["sent"], outbox) == ("completed", False, [])


@pytest.mark.parametrize(
    ("error", "status", "marked"),
    [
        (smtplib.SMTPDataError(451, b"try later"), "delayed", ""),
        (smtplib.SMTPRecipientsRefused({"ana@example.com": (550, b"no such user")}), "failed", ""),
        (TimeoutError("timed out"), "failed", "ana@example.com"),
    ],
)
def test_a_mail_goes_out_again_only_where_the_server_has_surely_refused_it(
    company: Company, monkeypatch: pytest.MonkeyPatch, error: Exception, status: str, marked: str
) -> None:
    def fail(self: Any, messages: Any) -> int:
        raise error

    run(emailTo="ana@example.com")
    monkeypatch.setattr(EmailBackend, "send_messages", fail)

    job = run_mail()

    assert (job.status, Report.objects.get().emailed_to) == (status, marked)
