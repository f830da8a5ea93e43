"""The pages of research."""

from types import SimpleNamespace

import pytest

from accounts.models import Membership, Organisation, User
from jobs.actions import enqueue
from jobs.models import Job
from jobs.submission import Options
from jobs.testing import run_again, run_job
from prospects.models import Company
from research.models import QuotaUnit, Research, Section

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_clean")]


@pytest.fixture
def ana(client) -> User:
    user = User.objects.create_user("ana@example.com")
    organisation = Organisation.objects.create(slug="acme", name="Acme")
    Membership.objects.create(user=user, organisation=organisation, role="member")
    client.force_login(user)
    return user


def report() -> Research:
    run_job("research", company_id="comp_1", company_name="Acme Foods Inc", tenant_id="acme")
    return Research.objects.get()


def test_a_report_shows_each_statement_with_a_link_to_its_source(acme: Company, client, ana) -> None:
    page = client.get(f"/research/{report().public_id}/").content.decode()

    assert "It has 120 employees." in page
    assert 'href="#source-1"' in page
    assert 'id="source-1"' in page
    assert "written by rules" in page
    assert "https://news.example/1" in page


def test_an_unsupported_statement_is_marked_with_the_reason(acme: Company, client, ana) -> None:
    research = report()
    Section.objects.filter(research=research, key="news").update(
        statements=[
            {
                "text": "It is huge.",
                "kind": "fact",
                "sources": [],
                "facts": [],
                "support": "unsupported",
                "problem": "No",
            }
        ]
    )

    page = client.get(f"/research/{research.public_id}/").content.decode()

    assert "1 statement without support" in page
    assert "not supported" in page


def test_an_address_that_is_no_web_page_is_no_link(acme: Company, client, ana) -> None:
    research = report()
    research.sources.update(reference="javascript:alert(1)")

    assert 'href="javascript' not in client.get(f"/research/{research.public_id}/").content.decode()


def test_the_report_can_be_taken_away_as_json(acme: Company, client, ana) -> None:
    answer = client.get(f"/research/{report().public_id}.json")

    assert answer.json()["sections"][0]["key"] == "overview"
    assert "attachment" in answer["Content-Disposition"]


def test_a_report_that_is_being_written_shows_what_there_is_and_what_is_missing(acme: Company, client, ana) -> None:
    research = report()
    Section.objects.filter(research=research).exclude(key="overview").delete()
    Research.objects.update(status="running", completed_at=None)
    Job.objects.update(status="waiting", finished_at=None)

    page = client.get(f"/research/{research.public_id}/").content.decode()

    assert f'data-live="job:{research.job_id}"' in page
    assert "It has 120 employees." in page
    assert page.count("not written yet") == 7
    assert client.get(f"/research/{research.public_id}.json").status_code == 404


def test_a_report_whose_job_failed_says_why(acme: Company, client, ana) -> None:
    research = report()
    Research.objects.update(status="running", completed_at=None)
    Job.objects.update(status="failed", error_message="The model refused.")

    page = client.get(f"/research/{research.public_id}/").content.decode()

    assert "It was not finished: The model refused." in page
    assert "data-live=" not in page


@pytest.mark.parametrize(("role", "sees"), [("member", False), ("tenant-admin", True)])
def test_what_was_asked_of_a_model_is_for_administrators(acme: Company, client, ana, role: str, *, sees: bool) -> None:
    Membership.objects.update(role=role)
    research = report()
    asked = {"prompt": "THE-QUESTION", "answer": "{}", "inputTokens": 1, "outputTokens": 1}
    research.sections.filter(key="overview").update(exchanges=[asked])

    assert ("THE-QUESTION" in client.get(f"/research/{research.public_id}/").content.decode()) is sees


def test_reports_of_other_organisations_do_not_exist(acme: Company, client, ana) -> None:
    research = report()
    Research.objects.update(tenant_id="other")

    assert client.get(f"/research/{research.public_id}/").status_code == 404
    assert "Acme Foods" not in client.get("/research/").content.decode()


def test_the_list_offers_the_best_leads_and_a_button_starts_one(acme: Company, client, ana) -> None:
    Company.objects.update(lead_score=70)
    assert "Best leads without research" in client.get("/research/").content.decode()

    answer = client.post(f"/research/companies/{acme.pk}/", follow=True)

    job = Job.objects.get(type="research")
    assert "Being written" in answer.content.decode()
    assert QuotaUnit.objects.get().job_id == job.public_id
    run_again(job)
    assert Research.objects.get().public_id in client.get("/research/").content.decode()


def test_another_organisations_request_of_the_same_millisecond_does_not_stop_the_button(
    acme: Company, client, ana, monkeypatch
) -> None:
    monkeypatch.setattr("research.requesting.time", SimpleNamespace(time_ns=lambda: 1_697_123_456_789_000_000))
    theirs = Options(job_id="research:comp_1:1697123456789")
    enqueue(type="research", data={"companyId": "comp_1", "companyName": "A", "tenantId": "other"}, options=theirs)

    answer = client.post(f"/research/companies/{acme.pk}/", follow=True)

    assert answer.status_code == 200
    assert Job.objects.get(tenant_id="acme").public_id == "research:comp_1:1697123456789-2"


def test_a_quota_that_is_used_up_is_said_and_makes_no_job(acme: Company, client, ana, settings) -> None:
    settings.RESEARCH_QUOTA_LIMIT = 0

    answer = client.post(f"/research/companies/{acme.pk}/", follow=True)

    assert "research is used up" in answer.content.decode()
    assert Job.objects.count() == 0


def test_a_viewer_may_read_and_not_ask(acme: Company, client, ana) -> None:
    Membership.objects.update(role="viewer")

    assert client.get("/research/").status_code == 200
    assert client.post(f"/research/companies/{acme.pk}/").status_code == 403


def test_nobody_reads_without_signing_in(acme: Company, client) -> None:
    assert client.get("/research/").status_code == 302
