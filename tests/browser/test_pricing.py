"""Issue 6, pages: a contract with two indexes is filled in by a person, previewed and saved; its index is drawn."""

from typing import Any

from playwright.sync_api import expect

from accounts.models import User
from pricing.models import ContractVersion
from tests.pricing.deals import publish_golden

from .conftest import NewPage
from .watching import fits


def test_a_contract_of_two_indexes_is_filled_in_previewed_and_saved(
    new_page: NewPage, admin: User, redis_clean: Any
) -> None:
    publish_golden()
    page = new_page(admin, width=390)
    page.goto("/pricing/series/WTI/")
    expect(page.locator(".series-plot canvas")).to_be_visible()
    fits(page)

    page.goto("/pricing/add-contract/")
    for label, value in (("Code", "STEEL-1"), ("Holds from", "2026-01-01"), ("Fixed part", "0.2")):
        page.get_by_label(label, exact=True).first.fill(value)
    first = page.get_by_role("group", name="Index").first
    for label, value in (("Series", "WTI"), ("Weight", "0.1"), ("Base value", "72.50")):
        first.get_by_label(label, exact=True).fill(value)
    first.get_by_label("Unit", exact=True).select_option("observation")
    page.get_by_role("button", name="Add an index").click()
    second = page.get_by_role("group", name="Index").last
    second.get_by_label("Series", exact=True).fill("PPI")
    second.get_by_label("Weight", exact=True).fill("0.7")
    expect(page.locator("output")).to_have_text("1")
    second.get_by_label("Base", exact=True).select_option("on")
    expect(second.get_by_label("Base value", exact=True)).to_be_hidden()
    second.get_by_label("Base date", exact=True).fill("2025-01-01")
    # The month of the pricing date.
    second.get_by_label("Lag", exact=True).fill("0")
    line = page.get_by_role("group", name="Line").first
    for label, value in (("Code", "L1"), ("Base price", "1000")):
        line.get_by_label(label, exact=True).fill(value)
    page.get_by_label("What would this give for").fill("2026-03-04")
    fits(page)
    page.get_by_role("button", name="Preview").last.click()

    # 0.2 + 0.1 × 80.25 ÷ 72.50 + 0.7 × 262.5 ÷ 250.0, ratios to four places.
    expect(page.get_by_role("region", name="What it would give for 2026-03-04")).to_contain_text("1,045.69")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".formula")).to_contain_text("0.2 + 0.1 × WTI ÷ 72.50 + 0.7 × PPI ÷ its base")
    assert [one["weight"] for one in ContractVersion.objects.get().terms["components"]] == ["0.1", "0.7"]
