"""Issue 6, Pages: a report asked for, made before one's eyes and taken along; a research printed."""

from collections.abc import Callable

from playwright.sync_api import expect

from accounts.models import User
from jobs.testing import run_job
from prospects.companies import ensure_company

from .conftest import NewPage
from .watching import fits


def test_a_report_is_made_and_a_research_printed_before_ones_eyes(
    new_page: NewPage, admin: User, start_worker: Callable[..., None]
) -> None:
    ensure_company(tenant_id="acme", key="comp_1", name="Beta Mills LLC")
    ensure_company(tenant_id="acme", key="comp_2", name="Gamma Yards Inc")
    research = run_job("research", company_id="comp_2", company_name="Gamma Yards Inc", tenant_id="acme").result
    start_worker("reports")
    page = new_page(admin, width=390)
    page.goto("/reports/")

    page.get_by_role("button", name="New report").click()
    page.get_by_label("Company").first.fill("gamma")
    expect(page.get_by_role("radio")).to_have_count(1)
    page.get_by_role("button", name="Make the report").click()
    page.get_by_role("link", name="Gamma Yards Inc").click()

    expect(page.get_by_role("region", name="What happened")).to_contain_text("Gamma Yards Inc")
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    page.goto(f"/reports/research/{research['researchId']}/")
    page.get_by_role("button", name="Make the PDF").click()

    expect(page.get_by_role("link", name="Download PDF")).to_be_visible(timeout=15_000)
    fits(page)
