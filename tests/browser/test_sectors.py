"""Issue 5: a sector started, a sub-sector approved by a key, cards that move, insights whose numbers lead to facts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from research.market.universe import ensure_universe
from research.models import Stock

from .conftest import NewPage
from .watching import fits

PIPELINE = ("sector-research", "stock-ranking", "stock-analysis", "judge-review", "format-insights", "default")


def test_a_sector_goes_from_its_name_to_insights_before_ones_eyes(
    new_page: NewPage, admin: User, start_worker: Callable[..., None], settings: pytest.FixtureRequest
) -> None:
    settings.SAMPLE_SOURCES = True  # type: ignore[attr-defined]
    ensure_universe("acme")
    start_worker(*PIPELINE)
    page: Page = new_page(admin)
    page.goto("/research/sectors/")
    page.get_by_role("combobox", name="Sector").fill("Technology")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Awaits approval").first).to_be_visible(timeout=30_000)
    page.evaluate("document.querySelector('#board').dataset.sameAsBefore = 'yes'")
    page.wait_for_load_state()
    page.keyboard.press("a")
    lane = page.locator(".lane").first
    expect(lane.locator(".is-done .stock-card").first).to_be_visible(timeout=60_000)
    excluded = lane.locator(".lane-excluded")
    excluded.locator("summary").click()
    card = lane.locator(".is-done .stock-card-link").first
    card.focus()
    expect(lane.locator(".lane-head")).to_contain_text("5 of 5 finished", timeout=60_000)

    # It was brought up to date in place: what was open and what had the focus still does.
    expect(page.locator("#board[data-same-as-before]")).to_have_count(0)
    expect(excluded).to_have_attribute("open", "")
    expect(card).to_be_focused()
    assert Stock.objects.filter(status="completed").count() >= 1
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Insights")).to_be_visible()
    number = page.locator(".insights a.number").first
    fact = number.get_attribute("href")
    number.click()
    expect(page).to_have_url(re.compile(f"{fact}$"))
    expect(page.locator(f"{fact}:target")).to_be_in_viewport()
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
    page.go_back()
    page.go_back()
    fits(page)
