"""What the keyboard alone reaches in the console."""

import re

from playwright.sync_api import Page, expect

from jobs.library import enqueue

CONSOLE = "/api/admin/bull-board"


def test_a_slash_opens_the_search_from_a_page_that_has_none(new_page, admin):
    page: Page = new_page(admin)

    page.goto(f"{CONSOLE}/workers")
    page.keyboard.press("/")

    page.wait_for_url(re.compile("/jobs#q$"))
    expect(page.locator("#q")).to_be_focused()


def test_the_first_result_is_two_keys_from_the_search_field(new_page, admin):
    ids = [enqueue("ucc-ingestion", {"state": "NY"}).id for _ in range(2)]
    page: Page = new_page(admin)

    page.goto(f"{CONSOLE}/jobs?q=type:ucc-ingestion")
    page.locator("#q").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the first job")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=ids[1])).to_be_focused()

    page.keyboard.press("j")
    expect(page.get_by_role("link", name=ids[0])).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=ids[1])).to_be_focused()
