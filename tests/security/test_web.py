"""What every answer tells a browser, and what it keeps."""

import pytest
from django.test import Client, override_settings

from accounts.models import Membership, Organisation, User
from prospects.companies import ensure_company
from tests.config.conftest import PRODUCTION, Start
from tests.config.conftest import start as start

MARKUP = "<img src=x onerror=alert(1)>"


@override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
@pytest.mark.parametrize("path", ["/sign-in", "/api/nowhere", "/nowhere", "/healthz"])
def test_every_answer_says_how_a_browser_may_treat_it(db: None, path: str) -> None:
    headers = Client().get(path, secure=True).headers

    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_cookies_are_for_this_site_over_https_and_not_for_scripts(start: Start) -> None:
    settings = start(PRODUCTION).settings

    for name in ("SESSION", "CSRF"):
        assert (settings[f"{name}_COOKIE_SECURE"], settings[f"{name}_COOKIE_SAMESITE"]) == (True, "Lax")
    assert settings["SESSION_COOKIE_HTTPONLY"] is True
    assert (settings["SECURE_SSL_REDIRECT"], settings["SECURE_HSTS_SECONDS"]) == (True, 31_536_000)


def test_markup_in_what_others_wrote_is_shown_and_not_run(db: None) -> None:
    user = User.objects.create_user("ana@acme.example", name=MARKUP)
    organisation = Organisation.objects.create(slug="acme", name=f"Acme {MARKUP}")
    Membership.objects.create(user=user, organisation=organisation, role="member")
    company = ensure_company(tenant_id="acme", key="c1", name=f"Beta {MARKUP}")
    browser = Client()
    browser.force_login(user)

    for path in ("/prospects/companies", f"/prospects/companies/{company.pk}", "/research/", "/reports/"):
        page = browser.get(path).content.decode()
        assert MARKUP not in page
        assert "<img src=x" not in page
    assert "Beta &lt;img" in browser.get("/prospects/companies").content.decode()


@override_settings(ALLOWED_HOSTS=["quarry.example"])
@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/sign-in", 400), ("/nowhere", 400)]
)
def test_only_probes_are_answered_under_any_name(db: None, path: str, status: int) -> None:
    assert Client().get(path, headers={"host": "10.0.0.5:3000"}).status_code == status
