"""TEST-03: an operator pauses a queue, sees it, resumes it, and edits a limit."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from jobs.models import QueueState
from jobs.overrides.models import OverrideChange

from .conftest import NewPage
from .watching import fits

CONSOLE = "/api/admin/bull-board"


def test_a_queue_is_paused_seen_and_resumed(new_page: NewPage, admin: User) -> None:
    page = new_page(admin)
    page.goto(f"{CONSOLE}/queues/scoring")

    page.get_by_role("button", name="Pause").first.click()
    page.locator("#pause-dialog").get_by_label("Reason").fill("vendor down")
    page.locator("#pause-dialog").get_by_role("button", name="Pause").click()
    expect(page.locator("#head")).to_contain_text("vendor down")
    page.goto(f"{CONSOLE}/overview")
    expect(page.locator("#queue-scoring")).to_contain_text("paused")
    page.locator("#queue-scoring").get_by_role("button").click()
    page.locator("#resume-dialog").get_by_role("button", name="Resume").click()

    expect(page.locator("#queue-scoring")).not_to_contain_text("paused")
    assert not QueueState.objects.get(queue="scoring").paused


def test_a_limit_is_edited_after_a_mistake(new_page: NewPage, admin: User, watch) -> None:
    watch.expect("422")
    page = new_page(admin)
    page.goto(f"{CONSOLE}/queues/scoring")

    page.get_by_role("button", name="Edit limits").click()
    slots = page.locator("#limits-form input[name=concurrency]")
    slots.fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#limits-form").get_by_role("alert")).to_contain_text("from 1 to 100")
    slots.fill("4")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#limits")).to_contain_text("Slots per worker manager 10 → 4")
    assert OverrideChange.objects.get().new == 4


@pytest.mark.parametrize("path", ["overview", "queues/scoring", "queues", "workers"])
def test_pages_fit_a_phone(new_page: NewPage, admin: User, path: str) -> None:
    page = new_page(admin, width=390, theme="dark")

    page.goto(f"{CONSOLE}/{path}")

    fits(page)
