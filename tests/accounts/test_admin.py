"""Django admin: sign-in by e-mail, accounts managed, tokens issued and revoked, all of it audited."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, AuditEntry, Membership, Organisation, User

from .conftest import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

NO_MEMBERSHIPS = {
    "memberships-TOTAL_FORMS": "0",
    "memberships-INITIAL_FORMS": "0",
}


@pytest.fixture
def admin(person) -> User:
    return person("root@example.com", role="admin")


@pytest.fixture
def browser(admin) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def issue_in_admin(browser: Client, acme: Organisation, user: User | None, **fields: Any):
    data = {"name": "laptop", "organisation": acme.pk, "user": user.pk if user else "", "role": "", **fields}
    return browser.post(reverse("admin:accounts_apitoken_add"), data, follow=True)


def shown_token(answer) -> str | None:
    found = re.search(r"qry_[A-Za-z0-9_-]{43}", html.unescape(answer.content.decode()))
    return found[0] if found else None


@pytest.mark.urls("config.urls")
def test_an_admin_signs_in_with_the_email():
    User.objects.create_superuser("root@example.com", "a long password")
    client = Client()

    asked = client.get("/admin/", follow=True)
    answer = client.post(
        asked.redirect_chain[-1][0],
        {"username": "ROOT@example.com", "password": "a long password", "next": "/admin/"},
        follow=True,
    )

    assert answer.status_code == 200
    assert "Site administration" in answer.content.decode()


def test_a_member_is_not_let_in(acme, person):
    client = Client()
    client.force_login(person("ana@example.com", acme="tenant-admin"))

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("model", ["user", "organisation", "membership", "apitoken", "auditentry", "quotause"])
def test_every_model_has_a_list_and_a_search(browser, model):
    assert browser.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 200
    assert browser.get(reverse(f"admin:accounts_{model}_changelist"), {"q": "ana"}).status_code == 200


@pytest.mark.parametrize("model", ["user", "organisation", "membership", "apitoken"])
def test_every_form_to_add_opens(browser, model):
    assert browser.get(reverse(f"admin:accounts_{model}_add")).status_code == 200


def test_a_user_is_made_and_audited(browser):
    data = {"email": "Ana@example.com", "usable_password": "false", "role": "", "plan": "pro", **NO_MEMBERSHIPS}

    answer = browser.post(reverse("admin:accounts_user_add"), data)

    assert answer.status_code == 302
    user = User.objects.get(email="ana@example.com")
    assert (user.plan, user.has_usable_password()) == ("pro", False)
    entry = AuditEntry.objects.get(action="user.create")
    assert (entry.target_id, entry.actor_name) == (user.public_id, "root@example.com")


def test_role_verified_flag_plan_and_memberships_are_managed_and_audited(browser, acme, person):
    user = person("ana@example.com")
    data = {
        "email": "ana@example.com",
        "role": "admin",
        "email_verified": "on",
        "is_active": "on",
        "plan": "enterprise",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-organisation": acme.pk,
        "memberships-0-role": "tenant-admin",
    }

    answer = browser.post(reverse("admin:accounts_user_change", args=[user.pk]), data)

    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.role, user.email_verified, user.plan) == ("admin", True, "enterprise")
    assert (user.notify_reports, Membership.objects.get(user=user).role) == (False, "tenant-admin")
    details = AuditEntry.objects.get(action="user.change").details
    assert details["fields"]["role"] == "admin"
    assert details["added"] == ["ana@example.com in acme (tenant-admin)"]


def test_two_users_that_differ_in_case_are_a_form_error(browser, person):
    person("ana@example.com")
    data = {"email": "ANA@example.com", "usable_password": "false", "role": "", "plan": "free", **NO_MEMBERSHIPS}

    answer = browser.post(reverse("admin:accounts_user_add"), data)

    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()


def test_a_password_is_changed_and_audited_without_being_shown(browser, person):
    user = person("ana@example.com")
    data = {"usable_password": "true", "password1": "correct horse 42", "password2": "correct horse 42"}

    answer = browser.post(reverse("admin:auth_user_password_change", args=[user.pk]), data)

    assert answer.status_code == 302
    entry = AuditEntry.objects.get(action="user.password")
    assert entry.target_id == user.public_id
    assert "correct horse" not in str(entry.details)


def test_a_token_is_shown_once_works_and_is_audited(browser, acme, person):
    user = person("ana@example.com", acme="member")

    secret = shown_token(issue_in_admin(browser, acme, user))

    assert secret is not None
    assert bearer(secret).get("/probe").json()["userId"] == user.public_id
    assert shown_token(browser.get(reverse("admin:accounts_apitoken_changelist"))) is None
    token = ApiToken.objects.get()
    assert token.scopes == ["jobs:read", "jobs:write"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.actor_name) == ("token.issue", token.prefix, "root@example.com")


def test_a_token_carries_the_scopes_and_the_end_that_were_chosen(browser, acme, person):
    user = person("ana@example.com", acme="member")

    issue_in_admin(
        browser, acme, user, scopes=["jobs:read"], expires_at_0="2030-01-01", expires_at_1="00:00", role="viewer"
    )

    token = ApiToken.objects.get()
    assert (token.scopes, token.role, token.expires_at.year) == (["jobs:read"], "viewer", 2030)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"is_service": "on"}, "A service needs a role"),
        ({}, "Choose the user, or mark"),
    ],
)
def test_a_token_that_belongs_to_nobody_is_a_form_error(browser, acme, fields, message):
    answer = issue_in_admin(browser, acme, None, **fields)

    assert message in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_token_for_a_stranger_to_the_organisation_is_a_form_error(browser, acme, person):
    answer = issue_in_admin(browser, acme, person("ana@example.com"))

    assert "does not belong to acme" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_service_needs_no_user(browser, acme):
    secret = shown_token(issue_in_admin(browser, acme, None, is_service="on", role="member"))

    assert secret is not None
    assert bearer(secret).get("/probe").json()["isService"] is True


def test_tokens_are_revoked_by_action_and_audited(browser, acme, person, issue):
    token, secret = issue(person("ana@example.com", acme="member"), acme)

    browser.post(reverse("admin:accounts_apitoken_changelist"), {"action": "revoke", "_selected_action": [token.pk]})

    assert bearer(secret).get("/probe").status_code == 401
    entry = AuditEntry.objects.get(action="token.revoke")
    assert (entry.target_id, entry.actor_name) == (token.prefix, "root@example.com")


def test_a_token_can_be_looked_at_and_not_changed(browser, acme, person, issue):
    token, _ = issue(person("ana@example.com", acme="member"), acme)
    page = reverse("admin:accounts_apitoken_change", args=[token.pk])

    assert browser.get(page).status_code == 200
    assert browser.post(page, {"name": "other"}).status_code == 403
    assert token.digest not in browser.get(page).content.decode()


def test_deleting_is_audited(browser, acme):
    browser.post(reverse("admin:accounts_organisation_delete", args=[acme.pk]), {"post": "yes"})

    assert not Organisation.objects.exists()
    assert AuditEntry.objects.get(action="organisation.delete").target_id == "acme"


def test_the_audit_trail_is_read_only(browser, acme, person, issue):
    issue(person("ana@example.com", acme="member"), acme)
    entry = AuditEntry.objects.get()

    page = reverse("admin:accounts_auditentry_change", args=[entry.pk])
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"outcome": "other"}).status_code == 403
    assert browser.get(reverse("admin:accounts_auditentry_add")).status_code == 403
    assert browser.post(reverse("admin:accounts_auditentry_delete", args=[entry.pk])).status_code == 403


def test_the_slug_of_an_organisation_with_jobs_behind_it_is_fixed(browser, acme):
    page = reverse("admin:accounts_organisation_change", args=[acme.pk])

    data = {"slug": "other", "name": "Acme Ltd", "plan": "pro", "max_waiting_jobs": "10", **NO_MEMBERSHIPS}
    assert browser.post(page, data).status_code == 302

    acme.refresh_from_db()
    assert (acme.slug, acme.name, acme.plan, acme.max_waiting_jobs) == ("acme", "Acme Ltd", "pro", 10)


@pytest.mark.parametrize("change", [{"role": ""}, {"role": "admin", "is_active": ""}])
def test_the_last_admin_stays_one(browser, admin, person, change):
    person("old@example.com", role="admin", is_active=False)
    data = {"email": admin.email, "plan": "free", "is_active": "on", **NO_MEMBERSHIPS} | change
    data = {name: value for name, value in data.items() if value or name == "role"}

    answer = browser.post(reverse("admin:accounts_user_change", args=[admin.pk]), data)

    assert answer.status_code == 200
    assert "the last administrator who can sign in" in html.unescape(answer.content.decode())
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == ("admin", True)


def test_the_last_admin_is_not_deleted_alone_or_in_a_selection(browser, admin):
    page = reverse("admin:accounts_user_delete", args=[admin.pk])
    chosen = {"action": "delete_selected", "_selected_action": [admin.pk], "post": "yes"}

    browser.post(page, {"post": "yes"})
    browser.post(reverse("admin:accounts_user_changelist"), chosen)

    assert User.objects.filter(pk=admin.pk).exists()


def test_one_of_two_admins_may_step_down(browser, admin, person):
    person("other@example.com", role="admin")
    data = {"email": admin.email, "plan": "free", "role": "", "is_active": "on", **NO_MEMBERSHIPS}

    browser.post(reverse("admin:accounts_user_change", args=[admin.pk]), data)

    admin.refresh_from_db()
    assert admin.role == ""
