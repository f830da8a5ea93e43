"""The pages of reports."""

import csv
import io
import json
from typing import Any

import pytest

from jobs.models import Job
from jobs.testing import run_again, run_job
from prospects.companies import ensure_company
from prospects.models import Company
from prospects.signals.storing import store_signal
from reports.models import Report
from reports.pages.urls import urlpatterns
from research.models import Research

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_every_page_of_reports_is_guarded_and_asks_strangers_to_sign_in(client: Any) -> None:
    assert [one.name for one in urlpatterns if not getattr(one.callback, "desk_guarded", False)] == []
    assert client.get("/reports/").status_code == 302


# --- The library ------------------------------------------------------------------------------------
def test_the_library_shows_the_organisations_reports_and_no_others(viewer: Any, report: Any) -> None:
    report(title="Ours", company=None)
    report(title="Theirs", company=None, tenant_id="other")
    derivation = report(title="A colleague's derivation", company=None, kind="price-math", user_id="user_other")
    client = viewer()

    page = text_of(client.get("/reports/"))

    assert "Ours" in page
    assert "Theirs" not in page
    assert "A colleague" not in page
    assert client.get(f"/reports/{derivation.public_id}").status_code == 404


def test_the_library_is_filtered_by_kind_company_and_who_asked(viewer: Any, report: Any, company: Company) -> None:
    client = viewer()
    other = ensure_company(tenant_id="acme", key="comp_2", name="Gamma Yards")
    mine = report(user_id=client.user.public_id)
    monthly, gamma = report(kind="monthly"), report(company=other, title="Weekly report: Gamma Yards")

    def ids(query: str) -> set[str]:
        return {row.report.public_id for row in client.get(f"/reports/?{query}").context["rows"]}

    assert ids("kind=monthly") == {monthly.public_id}
    assert ids(f"company={other.pk}") == {gamma.public_id}
    assert ids("who=me") == {mine.public_id}
    assert ids("q=gamma") == {gamma.public_id}
    assert ids("kind=nonsense&company=x") == {mine.public_id, monthly.public_id, gamma.public_id}


def test_the_library_goes_on_behind_its_last_row(viewer: Any, report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from reports.pages import library

    monkeypatch.setattr(library, "PAGE", 2)
    made = [report().public_id for _ in range(3)]
    client = viewer()

    first = client.get("/reports/")
    second = client.get(first.context["next_url"])

    assert [row.report.public_id for row in first.context["rows"]] == [made[2], made[1]]
    assert [row.report.public_id for row in second.context["rows"]] == [made[0]]
    assert second.context["next_url"] is None


def test_an_empty_library_says_what_to_do(viewer: Any) -> None:
    assert "Make the first one" in text_of(viewer().get("/reports/"))


def test_a_report_that_is_asked_for_is_followed_in_the_library(viewer: Any, company: Company) -> None:
    client = viewer()

    answer = client.post("/reports/ask", {"company": company.pk, "kind": "monthly", "email": ""}, follow=True)

    job = Job.objects.get(type="report")
    assert job.data["reportType"] == "monthly"
    assert (job.user_id, job.tenant_id) == (client.user.public_id, "acme")
    assert f'data-live="job:{job.public_id}"' in text_of(answer)


def test_a_wrong_address_is_told_and_makes_no_job(viewer: Any, company: Company) -> None:
    answer = viewer().post("/reports/ask", {"company": company.pk, "kind": "weekly", "email": "x"}, follow=True)

    assert "emailTo must be one e-mail address" in text_of(answer)
    assert not Job.objects.exists()


def test_a_company_of_another_organisation_cannot_be_reported_on(viewer: Any) -> None:
    theirs = ensure_company(tenant_id="other", key="comp_9", name="Theirs Inc")
    client = viewer()

    client.post("/reports/ask", {"company": theirs.pk, "kind": "weekly"})

    assert not Job.objects.exists()
    assert "Theirs Inc" not in text_of(client.get("/reports/companies?company-search=theirs"))


def test_who_may_only_look_is_offered_no_form_and_refused(viewer: Any, company: Company) -> None:
    client = viewer(role="viewer")

    assert "New report" not in text_of(client.get("/reports/"))
    assert client.post("/reports/ask", {"company": company.pk, "kind": "weekly"}).status_code == 403


def test_a_report_that_failed_stays_in_sight(viewer: Any) -> None:
    run_job("report", companyId="nobody", reportType="weekly", userId="user_1", tenantId="acme")

    page = text_of(viewer(role="tenant-admin").get("/reports/"))

    assert "there is no company nobody in this organisation" in page


def test_the_derivation_of_a_batchs_prices_is_asked_for_by_its_code(viewer: Any) -> None:
    client = viewer()

    client.post("/reports/ask-prices", {"batch": "wti-2026-10", "format": "csv", "contract": ""})
    refused = client.post("/reports/ask-prices", {"batch": "wti-2026-10", "format": "docx"}, follow=True)

    job = Job.objects.get(type="batch-report")
    assert (job.data["batchId"], job.data["format"], job.data["tenantId"]) == ("wti-2026-10", "csv", "acme")
    assert "format" in text_of(refused)


# --- One report -------------------------------------------------------------------------------------
def test_a_report_can_be_read_and_taken_as_pdf_csv_and_json(viewer: Any, company: Company) -> None:
    from tests.reports.periodic.test_report_job import in_week

    store_signal(company=company, signal_id="s1", signal_type="Demo Request", data={}, occurred_at=in_week(1))
    job = run_job("report", companyId="comp_1", reportType="weekly", userId="user_1", tenantId="acme")
    address, client = f"/reports/{job.result['reportId']}", viewer()

    page = text_of(client.get(address))
    lines = list(csv.reader(io.StringIO(client.get(f"{address}.csv").getvalue().decode("utf-8-sig"))))
    content = json.loads(client.get(f"{address}.json").content)

    assert "1 signal came in the week, Demo request or pricing visit; 0 in the one before." in page
    assert "<svg" in page
    assert ["metric", "Signals", "1", "0", "1", "signals", "", "signal s1"] in lines
    assert content["companyId"] == "comp_1"
    report = Report.objects.get()
    with report.file.open("rb") as file:
        assert file.read(5) == b"%PDF-"
    assert f"/api/reports/{report.public_id}/download" in page


@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
def test_a_report_of_another_organisation_does_not_exist(viewer: Any, report: Any, ending: str) -> None:
    theirs = report(tenant_id="other")

    assert viewer().get(f"/reports/{theirs.public_id}{ending}").status_code == 404


# --- A research as a document -----------------------------------------------------------------------
@pytest.fixture
def research(company: Company) -> Research:
    run_job("research", company_id="comp_1", company_name="Beta Mills LLC", tenant_id="acme")
    return Research.objects.get()


def test_a_research_is_printed_once_and_then_handed_out(viewer: Any, research: Research) -> None:
    client, address = viewer(), f"/reports/research/{research.public_id}/"
    waiting = client.post(address, follow=True)
    client.post(address)
    [job] = Job.objects.filter(type="research-document")
    assert f'data-live="job:{job.public_id}"' in text_of(waiting)

    assert run_again(job).status == "completed"

    [report] = Report.objects.all()
    assert (report.kind, report.format, report.subject_id) == ("research", "pdf", research.public_id)
    assert (report.user_id, report.company) == (client.user.public_id, research.company)
    assert client.get(address).headers["Location"] == f"/reports/{report.public_id}"
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Redirect"] == f"/reports/{report.public_id}"


def test_unsupported_statements_are_marked_and_sources_numbered(research: Research, company: Company) -> None:
    from django.template.loader import render_to_string

    from reports.research_document.document import _context

    section = research.sections.get(key="news")
    section.statements = [
        {
            "text": "It is <huge>.",
            "kind": "fact",
            "sources": [1],
            "facts": [],
            "support": "unsupported",
            "problem": "No",
        }
    ]
    section.save()
    research.sources.create(number=1, label="A list", provider="file", source="file", fetched_at=research.created_at)

    html = render_to_string("reports/document/research.html", _context(research, "Research"))

    assert "It is &lt;huge&gt;." in html
    assert "not supported" in html
    assert '<a href="#source-1">1</a>' in html
    assert 'id="source-1"' in html
    assert "Written by" in html


def test_a_research_of_another_organisation_cannot_be_printed(viewer: Any, research: Research) -> None:
    client = viewer(organisation="other")

    assert client.post(f"/reports/research/{research.public_id}/").status_code == 404
    assert not Job.objects.filter(type="research-document").exists()
