"""TEST-03: sign-in, organisation, theme and tokens, as a person does them."""

import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD
from .watching import fits

PAGES = ("/settings/", "/settings/notifications/", "/settings/password/", "/settings/tokens/")


def test_signing_in_leads_on_to_the_page_that_was_asked_for(page: Page, person):
    person("ana@example.com", password=PASSWORD, acme="member")

    page.goto("/settings/tokens/")
    page.get_by_label("E-mail").fill("ana@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="New token")).to_be_visible()
    assert page.url.endswith("/settings/tokens/")


def test_a_wrong_password_says_so_and_keeps_the_address(page: Page, person, watch):
    watch.expect("422")
    person("ana@example.com", password=PASSWORD, acme="member")

    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill("ana@example.com")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("Please enter a correct")
    expect(page.get_by_label("E-mail")).to_have_value("ana@example.com")


def test_signing_out_ends_the_session(new_page, person):
    page = new_page(person("ana@example.com", acme="member"))

    page.goto("/settings/")
    page.locator(".user summary").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/settings/")
    assert "/sign-in" in page.url


def test_switching_the_organisation_stays_on_the_page(new_page, person):
    page = new_page(person("ana@example.com", acme="member", globex="viewer"))

    page.goto("/settings/tokens/")
    menu = page.locator(".organisation")
    expect(menu.locator("summary")).to_contain_text("Acme")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Globex").click()

    expect(page.locator(".organisation summary")).to_contain_text("Globex")
    assert page.url.endswith("/settings/tokens/")


def test_the_chosen_theme_stays_and_auto_follows_the_system(new_page, person):
    page = new_page(person("ana@example.com", acme="member"), theme="light")
    root = page.locator("html")

    page.goto("/settings/")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.get_by_role("button", name="Dark theme").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")

    page.get_by_role("button", name="Theme of the system").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")


def test_a_token_works_and_stops_with_its_revocation(new_page, person, server):
    page = new_page(person("ana@example.com", acme="member"))

    page.goto("/settings/tokens/")
    page.get_by_label("Name").fill("nightly import")
    page.get_by_role("button", name="Create the token").click()
    secret = page.locator("#secret").text_content()
    assert secret is not None
    assert status_of(f"{server.url}/api/jobs/search", secret) == 200

    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("#confirm")).to_contain_text("Revoke nightly import?")
    page.locator("#confirm").get_by_role("button", name="Cancel").click()
    assert status_of(f"{server.url}/api/jobs/search", secret) == 200
    page.get_by_role("button", name="Revoke").click()
    page.locator("#confirm").get_by_role("button", name="Revoke").click()

    expect(page.locator("#toasts")).to_contain_text("nightly import is revoked")
    assert status_of(f"{server.url}/api/jobs/search", secret) == 401
    page.reload()
    expect(page.get_by_text(secret)).to_have_count(0)


def test_the_keyboard_alone_opens_sections_and_the_list_of_keys(new_page, admin):
    page = new_page(admin)

    page.goto("/settings/tokens/")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("s")

    page.wait_for_url(re.compile("/settings$"))


def test_the_first_tab_stop_skips_the_navigation(new_page, person):
    page = new_page(person("ana@example.com", acme="member"))

    page.goto("/settings/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_on_a_phone_the_navigation_opens_and_closes(new_page, person):
    page = new_page(person("ana@example.com", acme="member"), width=390)
    navigation = page.get_by_role("navigation", name="Main")

    page.goto("/settings/")
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Navigation").click()
    expect(navigation).to_be_visible()
    page.keyboard.press("Escape")

    expect(navigation).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_account_page_fits_a_phone_without_an_error(new_page, person, theme, watch):
    watch.expect("404")
    user = person("ana@example.com", acme="member", **{"a-very-long-name-of-an-organisation-in-one-word": "viewer"})
    signed_in, anonymous = new_page(user, width=390, theme=theme), new_page(width=390, theme=theme)
    for path in (*PAGES, "/no/such/page"):
        signed_in.goto(path)
        fits(signed_in)
    for path in ("/sign-in/", "/password/forgotten/", "/password/reset/x/y/"):
        anonymous.goto(path)
        fits(anonymous)


def status_of(url: str, secret: str) -> int:
    try:
        with urlopen(Request(url, headers={"Authorization": f"Bearer {secret}"}), timeout=5) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        with error:
            return int(error.code)
