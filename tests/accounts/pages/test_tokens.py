"""Tokens, made and revoked on pages."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry

from ..conftest import bearer

pytestmark = pytest.mark.django_db


def new_token(browser: Client, organisation: str = "acme", **values):
    from accounts.models import Organisation

    chosen = Organisation.objects.get(slug=organisation)
    data = {"name": "nightly", "organisation": chosen.pk, "scopes": ["jobs:read"], "expires": "30"} | values
    return browser.post("/settings/tokens/", data)


def shown_secret(answer) -> str:
    found = re.search(r"qry_[A-Za-z0-9_-]{43}", html.unescape(answer.content.decode()))
    assert found is not None
    return found[0]


def test_a_token_is_shown_once_works_and_stops_with_its_revocation(browser, ana):
    issued = new_token(browser)
    secret, token = shown_secret(issued), ApiToken.objects.get()

    before = bearer(secret).get("/api/jobs/search")
    revoked = browser.post(f"/settings/tokens/{token.pk}/revoke/")
    after = bearer(secret).get("/api/jobs/search")

    assert (issued.status_code, before.status_code, revoked.status_code, after.status_code) == (201, 200, 302, 401)
    assert "no-store" in issued["Cache-Control"]
    assert secret not in browser.get("/settings/tokens/").content.decode()
    assert timedelta(days=29) < token.expires_at - timezone.now() < timedelta(days=31)
    assert set(AuditEntry.objects.values_list("action", "actor")) == {
        ("token.issue", ana.public_id),
        ("token.revoke", ana.public_id),
    }


def test_only_scopes_that_the_role_allows_can_be_chosen(browser):
    managed = new_token(browser, scopes=["queues:manage"])
    written = new_token(browser, "globex", scopes=["jobs:write"])

    assert managed.status_code == written.status_code == 422
    assert "needs the role member in Globex; yours is viewer" in html.unescape(written.content.decode())
    assert not ApiToken.objects.exists()


def test_a_token_belongs_to_an_organisation_of_the_user(browser):
    from accounts.models import Organisation

    Organisation.objects.create(slug="initech", name="Initech")

    assert new_token(browser, "initech").status_code == 422


def test_tokens_of_others_do_not_exist(browser, person, acme, issue):
    token, _ = issue(person("bob@example.com", acme="member"), acme)

    answer = browser.post(f"/settings/tokens/{token.pk}/revoke/")

    assert answer.status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
    assert token.prefix not in browser.get("/settings/tokens/").content.decode()
