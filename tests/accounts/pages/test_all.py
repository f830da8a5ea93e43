"""What holds for all pages: forms, scripts, missing pages, foreign hosts."""

import pytest
from django.test import Client

from .browsing import PASSWORD

pytestmark = pytest.mark.django_db


def test_forms_need_the_csrf_token(ana):
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/sign-in/", {"username": "ana@example.com", "password": PASSWORD})

    assert answer.status_code == 403
    assert "The form is too old" in answer.content.decode()


def test_pages_allow_no_inline_script_and_no_foreign_origin(browser):
    policy = browser.get("/settings/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_an_address_for_forms_alone_answers_a_reader_with_a_page(browser):
    page = browser.get("/organisation")

    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert "send it again" in page.content.decode()


def test_a_missing_page_has_the_layout_and_the_api_answers_json(browser):
    page, data = browser.get("/nothing/here"), browser.get("/api/nothing/here")

    assert (page.status_code, data.status_code) == (404, 404)
    assert "There is no such page" in page.content.decode()
    assert data.json()["error"]["code"] == "not_found"


def test_a_request_for_a_foreign_host_gets_a_page_and_no_failure(client, settings):
    settings.ALLOWED_HOSTS = ["quarry.example"]

    answer = client.get("/settings/", headers={"host": "elsewhere.example"})

    assert answer.status_code == 400
    assert b"This request could not be read" in answer.content
