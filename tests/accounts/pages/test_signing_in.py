"""Signing in and out, as a browser without scripts does it."""

import re

import pytest
from django.test import Client

from accounts.models import AuditEntry

from .browsing import PASSWORD, try_password

pytestmark = pytest.mark.django_db


def test_signing_in_leads_to_the_page_that_was_asked_for(ana):
    client = Client()

    asked = client.get("/settings/tokens?x=1")
    answer = client.post(asked["Location"], {"username": "Ana@Example.com", "password": PASSWORD})

    assert asked.status_code == 302
    assert answer.status_code == 302
    assert answer["Location"] == "/settings/tokens?x=1"
    assert AuditEntry.objects.get(action="user.sign-in").actor == ana.public_id


def test_signing_in_never_leads_to_another_site(ana):
    answer = Client().post(
        "/sign-in/", {"username": "ana@example.com", "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert answer["Location"] == "/"


def test_a_wrong_password_and_an_unknown_account_look_the_same(ana):
    wrong, unknown = try_password("nonsense"), try_password("nonsense", email="nobody@example.com")

    assert wrong.status_code == unknown.status_code == 422
    messages = [
        re.findall(r'role="alert">.*?<span>(.*?)</span>', one.content.decode(), re.DOTALL) for one in (wrong, unknown)
    ]
    assert messages[0] == messages[1] != []


def test_signing_out_takes_a_post(browser):
    assert browser.get("/sign-out/").status_code == 405
    assert browser.post("/sign-out/")["Location"] == "/sign-in"
    assert browser.get("/settings/").status_code == 302


def test_admin_has_no_sign_in_page_of_its_own(ana, browser):
    assert Client().get("/admin/login/?next=/admin/")["Location"] == "/sign-in?next=/admin/"
    assert browser.get("/admin/", follow=True).status_code == 403
