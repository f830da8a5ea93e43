"""Sign-in, password, organisation, settings and tokens, as a browser without scripts uses them."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, Tries, User
from accounts.pages import known, limits

from .conftest import bearer

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 42"


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """What is tested here does not depend on how long a guess takes the attacker's processor."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana(person, acme, globex) -> User:
    user = person("ana@example.com", acme="member", globex="viewer")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(ana) -> Client:
    client = Client()
    client.force_login(ana)
    return client


def try_password(password: str, *, email: str = "ana@example.com", address: str = "203.0.113.7"):
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": email, "password": password})


# --- Signing in -----------------------------------------------------------------------------------
def test_signing_in_leads_to_the_page_that_was_asked_for(ana):
    client = Client()

    asked = client.get("/settings/tokens?x=1")
    answer = client.post(asked["Location"], {"username": "Ana@Example.com", "password": PASSWORD})

    assert asked.status_code == 302
    assert answer.status_code == 302
    assert answer["Location"] == "/settings/tokens?x=1"


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


def test_guessing_one_account_from_one_address_is_stopped_even_with_the_right_password(ana):
    for _ in range(limits.ACCOUNT.most):
        assert try_password("nonsense").status_code == 422

    refused = try_password(PASSWORD)

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 600
    assert "Too many tries" in refused.content.decode()
    assert try_password(PASSWORD, address="198.51.100.1").status_code == 302


def test_one_password_on_many_accounts_is_stopped_by_address(ana, monkeypatch):
    monkeypatch.setattr(limits, "ADDRESS", replace(limits.ADDRESS, most=6))
    for number in range(6):
        try_password("nonsense", email=f"user{number}@example.com")

    assert try_password(PASSWORD).status_code == 429


def guess_from_everywhere(number: int = limits.ANYWHERE.most) -> list[int]:
    return [try_password("nonsense", address=f"198.51.100.{last}").status_code for last in range(number)]


def test_guessing_one_account_from_many_addresses_is_stopped_for_all_who_are_strangers_to_it(ana):
    assert set(guess_from_everywhere()) == {422}

    refused = try_password(PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 900
    assert try_password("nonsense", email="bob@example.com").status_code == 422


def test_strangers_cannot_keep_the_owner_out_of_a_browser_that_was_used_before(ana):
    home = Client(REMOTE_ADDR="203.0.113.7")
    home.post("/sign-in/", {"username": "Ana@example.com", "password": PASSWORD})
    home.post("/sign-out/")
    guess_from_everywhere(limits.ANYWHERE.most + 1)

    assert try_password(PASSWORD).status_code == 429
    assert home.post("/sign-in/", {"username": "ana@example.com", "password": PASSWORD}).status_code == 302


def test_a_browser_is_known_to_the_account_that_used_it_and_forged_cookies_to_none(ana, person):
    person("bob@example.com", acme="member")
    home = Client(REMOTE_ADDR="203.0.113.7")
    home.post("/sign-in/", {"username": "ana@example.com", "password": PASSWORD})
    home.post("/sign-out/")
    for last in range(limits.ANYWHERE.most):
        try_password("nonsense", email="bob@example.com", address=f"198.51.100.{last}")
    forged = Client(REMOTE_ADDR="203.0.113.8")
    forged.cookies[known.COOKIE] = known._digest("bob@example.com") + ":1:x"

    for browser in (home, forged):
        assert browser.post("/sign-in/", {"username": "bob@example.com", "password": "x"}).status_code == 429


def test_a_right_password_forgives_the_wrong_ones_before(ana):
    for _ in range(limits.ACCOUNT.most - 1):
        try_password("nonsense")

    assert try_password(PASSWORD).status_code == 302
    assert [try_password("nonsense").status_code for _ in range(limits.ACCOUNT.most)] == [422] * limits.ACCOUNT.most


def test_the_limit_ends_with_its_window(ana):
    for _ in range(limits.ACCOUNT.most + 1):
        try_password("nonsense")
    Tries.objects.update(since=timezone.now() - limits.ACCOUNT.window)

    assert try_password(PASSWORD).status_code == 302


def test_neither_addresses_nor_accounts_are_stored(ana):
    try_password("nonsense")

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM accounts_tries t")
        stored = cursor.fetchone()[0]
    assert "ana" not in stored
    assert "203.0.113" not in stored


def test_old_counts_are_dropped_in_passing(ana):
    try_password("nonsense", email="bob@example.com")
    Tries.objects.update(since=timezone.now() - timedelta(days=2))

    try_password(PASSWORD)

    assert Tries.objects.count() == 2, "only the counts of now, of the address and of the account from anywhere"


def test_behind_a_proxy_the_address_it_saw_counts(ana, settings, rf):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})

    assert limits.address_of(request) == "10.0.0.1"
    settings.BEHIND_PROXY = True
    assert limits.address_of(request) == "203.0.113.7"


def test_addresses_of_one_ipv6_network_count_together(rf):
    one, other = (rf.get("/", REMOTE_ADDR=f"2001:db8:1:2::{last}") for last in ("1", "ffff"))

    assert limits.address_of(one) == limits.address_of(other) == "2001:db8:1:2::/64"


def test_signing_out_takes_a_post(browser):
    assert browser.get("/sign-out/").status_code == 405
    assert browser.post("/sign-out/")["Location"] == "/sign-in"
    assert browser.get("/settings/").status_code == 302


def test_admin_has_no_sign_in_page_of_its_own(ana, browser):
    assert Client().get("/admin/login/?next=/admin/")["Location"] == "/sign-in?next=/admin/"
    assert browser.get("/admin/", follow=True).status_code == 403


# --- Passwords ------------------------------------------------------------------------------------
def test_a_changed_password_counts_at_once_and_keeps_this_browser_signed_in(ana, browser):
    other = Client()
    other.force_login(ana)

    answer = browser.post(
        "/settings/password/",
        {"old_password": PASSWORD, "new_password1": "another horse 43", "new_password2": "another horse 43"},
    )

    assert answer.status_code == 302
    assert browser.get("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302, "other sessions end"
    assert AuditEntry.objects.get(action="user.password").target_id == ana.public_id


def test_a_forgotten_password_is_reset_by_mail(ana, sent_mail):
    answer = Client().post("/password/forgotten/", {"email": "ANA@example.com"})

    link = re.search(r"http://testserver(\S+)", sent_mail()[0].body)
    client = Client()
    form = client.get(link[1], follow=True)
    done = client.post(
        form.redirect_chain[-1][0], {"new_password1": "another horse 43", "new_password2": "another horse 43"}
    )
    assert answer["Location"] == "/password/forgotten/sent"
    assert done.status_code == 302
    assert try_password("another horse 43").status_code == 302
    assert AuditEntry.objects.filter(action="user.password-reset").count() == 1
    assert "does not work any more" in Client().get(link[1], follow=True).content.decode(), "a link works once"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(ana, sent_mail):
    answer = Client().post("/password/forgotten/", {"email": "nobody@example.com"})

    assert answer["Location"] == "/password/forgotten/sent"
    assert sent_mail() == []


def test_nobody_is_flooded_with_mails(ana, sent_mail):
    answers = [Client().post("/password/forgotten/", {"email": "ana@example.com"}) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert len(sent_mail()) == limits.MAIL_ACCOUNT.most


@pytest.fixture
def sent_mail():
    """The mails once all threads that send them are through."""
    import threading

    def wait():
        for thread in threading.enumerate():
            if thread.name == "password-mail":
                thread.join(10)
        return mail.outbox

    return wait


# --- Organisations --------------------------------------------------------------------------------
def test_switching_the_organisation_changes_whose_jobs_one_submits(browser):
    answer = browser.post("/organisation/", {"organisation": "globex", "next": "/settings/"})

    assert answer["Location"] == "/settings/"
    assert "Globex" in re.search(r"<summary>(.*?)</summary>", browser.get("/settings/").content.decode(), re.DOTALL)[1]


def test_an_organisation_of_others_does_not_exist(browser, ana):
    from accounts.models import Organisation

    Organisation.objects.create(slug="initech", name="Initech")

    foreign, missing = (browser.post("/organisation/", {"organisation": slug}) for slug in ("initech", "nothing"))

    assert foreign.status_code == missing.status_code == 404
    assert "organisation" not in browser.session


# --- Settings -------------------------------------------------------------------------------------
def test_a_user_edits_the_name_and_nothing_else(browser, ana):
    browser.post("/settings/", {"name": "Ana B.", "role": "admin", "email": "evil@example.com"})

    ana.refresh_from_db()
    assert (ana.name, ana.role, ana.email) == ("Ana B.", "", "ana@example.com")


def test_a_user_chooses_the_notifications(browser, ana):
    browser.post("/settings/notifications/", {"notify_job_failures": "on"})

    ana.refresh_from_db()
    assert (ana.notify_job_failures, ana.notify_buying_signals, ana.notify_reports) == (True, False, False)


@pytest.mark.parametrize("path", ["/settings/", "/settings/notifications/", "/settings/password/", "/settings/tokens/"])
def test_settings_need_a_signed_in_user(path):
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=")


# --- Tokens ---------------------------------------------------------------------------------------
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


# --- All pages ------------------------------------------------------------------------------------
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
