"""Issue 4, Pages: a list narrowed, a prospect enriched before one's eyes, a list imported, a match settled."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import User
from prospects.models import Company, Match, Prospect
from prospects.names import name_key

from .conftest import NewPage
from .watching import fits


def prospect(name: str, **values: object) -> Prospect:
    given = {"tenant_id": "acme", "state": "TX", "source": "file", "filing_count": 1, **values}
    row = Prospect.objects.create(name=name, name_key=name_key(name), **given)
    row.refresh_from_db()
    return row


def test_a_prospect_is_found_and_enriched_before_ones_eyes(
    new_page: NewPage, admin: User, start_worker: Callable[..., None]
) -> None:
    prospect("Acme Dental LLC", score=48)
    prospect("Best Roofing Inc", state="NY", score=80)
    start_worker("data-enrichment")
    page = new_page(admin)
    page.goto("/prospects/")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Best Roofing Inc")

    page.keyboard.press("/")
    page.keyboard.type("acme")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Best Roofing Inc")).to_have_count(0)
    page.get_by_role("link", name="Acme Dental LLC").click()
    page.get_by_role("button", name="Enrich").click()

    expect(page.locator("#jobs .state").first).to_have_text("completed")
    expect(page.get_by_role("region", name="What sources say")).to_contain_text("UCC filings")


def test_a_list_with_a_wrong_row_is_imported(
    new_page: NewPage, admin: User, start_worker: Callable[..., None], tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Debtor,State\nAcme LLC,TX\nWrong Inc,Texas\n")
    start_worker("ingestion")
    page = new_page(admin)
    page.goto("/prospects/imports/?kind=prospects")

    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("status").first).to_contain_text("1 of the first 2 have problems")
    expect(page.locator(".import-problem").last).to_contain_text("State must be the two letters")
    page.get_by_role("button", name="Import 2 rows").click()

    expect(page.locator("main")).to_contain_text("1 new, 0 changed, 0 as they were, 1 left out")
    assert Prospect.objects.get().name == "Acme LLC"


def test_a_doubtful_match_is_settled_by_a_key(new_page: NewPage, admin: User) -> None:
    for name in ("Acme Dentl LLC", "Best Roofng Inc"):
        company = Company.objects.create(tenant_id="acme", key=name, name=name)
        Match.objects.create(
            tenant_id="acme", prospect=prospect(name), company=company, similarity=90, status="doubtful"
        )
    page = new_page(admin)
    page.goto("/prospects/matches/")
    expect(page.locator("#pair h3").first).to_have_text("Best Roofng Inc")

    page.keyboard.press("y")
    expect(page.locator("#pair h3").first).to_have_text("Acme Dentl LLC")
    page.wait_for_load_state()  # the text is there before the script that knows the keys
    page.keyboard.press("n")

    expect(page.locator("main")).to_contain_text("Nothing to review")
    assert set(Match.objects.values_list("status", flat=True)) == {"confirmed", "rejected"}


@pytest.mark.parametrize("path", ["", "companies/", "contacts/", "matches/", "imports/", "sources/", "one"])
def test_pages_fit_a_phone(new_page: NewPage, admin: User, path: str) -> None:
    one = prospect("Acme Dental and Orthodontics of the Greater Metropolitan Area LLC", secured_classes=["mca", "bank"])
    page = new_page(admin, width=390, theme="dark")

    page.goto(f"/prospects/{one.public_id if path == 'one' else path}")

    fits(page)
