"""Browser sessions, and the development switch for an open API."""

import logging

import pytest
from django.apps import apps
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.callers import SESSION_ORGANISATION

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def signed_in(user, *, organisation=None):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(user)
    if organisation:
        session = client.session
        session[SESSION_ORGANISATION] = organisation
        session.save()
    return client


def test_a_session_acts_in_the_first_organisation_of_the_user(acme, globex, person):
    user = person("ana@example.com", globex="viewer", acme="member")

    answer = signed_in(user).get("/probe").json()

    assert (answer["userId"], answer["tenantId"], answer["role"]) == (user.public_id, "globex", "viewer")
    assert answer["tenants"] == ["acme", "globex"]
    assert answer["scopes"] == ["jobs:read"]


def test_a_session_acts_in_the_organisation_that_was_chosen(acme, globex, person):
    user = person("ana@example.com", globex="viewer", acme="tenant-admin")

    answer = signed_in(user, organisation="acme").get("/probe").json()

    assert (answer["tenantId"], answer["role"], answer["tenants"]) == ("acme", "tenant-admin", ["acme"])
    assert answer["scopes"] == ["jobs:read", "jobs:write", "metrics:read"]


def test_a_choice_the_user_has_no_right_to_is_ignored(acme, globex, person):
    user = person("ana@example.com", acme="member")

    assert signed_in(user, organisation="globex").get("/probe").json()["tenantId"] == "acme"


def test_an_admin_may_choose_any_organisation(acme, person):
    user = person("root@example.com", role="admin")

    assert signed_in(user, organisation="acme").get("/probe").json()["tenantId"] == "acme"
    assert signed_in(user, organisation="none").get("/probe").json()["tenantId"] is None


def test_a_user_of_no_organisation_may_only_look(person):
    client = signed_in(person("ana@example.com"))

    answer = client.get("/probe").json()

    assert (answer["tenantId"], answer["role"], answer["tenants"]) == (None, "viewer", [])


def test_a_session_without_a_csrf_token_cannot_write(acme, person):
    client = signed_in(person("ana@example.com", acme="member"))

    assert client.post("/probe").status_code == 403


def test_a_session_with_a_csrf_token_can_write(acme, person):
    client = signed_in(person("ana@example.com", acme="member"))
    client.cookies["csrftoken"] = token = "a" * 32

    assert client.post("/probe", HTTP_X_CSRFTOKEN=token).status_code == 202


def test_a_view_for_bearer_tokens_only_takes_no_session(acme, person):
    client = signed_in(person("ana@example.com", acme="member"))

    assert client.get("/bearer-only").status_code == 401
    assert client.post("/bearer-only").status_code == 401


def test_a_bearer_token_needs_no_csrf_token(acme, person, issue):
    _, secret = issue(person("ana@example.com", acme="member"), acme)
    client = APIClient(enforce_csrf_checks=True)

    assert client.post("/probe", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 202


def test_the_session_of_a_user_made_inactive_is_401(acme, person):
    user = person("ana@example.com", acme="member")
    client = signed_in(user)
    user.is_active = False
    user.save()

    assert client.get("/probe").status_code == 401


def test_a_session_costs_one_query_for_all_memberships(acme, globex, person, django_assert_num_queries):
    client = signed_in(person("ana@example.com", acme="member", globex="member"))

    with django_assert_num_queries(3):  # session, user, memberships
        client.get("/probe")


@override_settings(API_AUTH_REQUIRED=False)
def test_the_open_api_takes_the_anonymous_for_the_development_admin(db):
    answer = APIClient().get("/probe").json()

    assert (answer["userId"], answer["tenantId"], answer["role"]) == ("development", "default", "admin")
    assert APIClient().post("/probe").status_code == 202
    assert APIClient().get("/queue-probe").status_code == 200


@override_settings(API_AUTH_REQUIRED=False)
def test_the_open_api_still_knows_who_signed_in(acme, person):
    user = person("ana@example.com", acme="viewer")

    assert signed_in(user).get("/probe").json()["userId"] == user.public_id


@override_settings(API_AUTH_REQUIRED=False)
@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 202)])
def test_the_open_api_refuses_writes_from_pages_of_other_sites(db, site, status):
    assert APIClient().post("/probe", HTTP_SEC_FETCH_SITE=site).status_code == status


@pytest.mark.parametrize(("required", "warnings"), [(False, 1), (True, 0)])
def test_start_up_warns_of_an_open_api(caplog, required, warnings):
    with override_settings(API_AUTH_REQUIRED=required), caplog.at_level(logging.WARNING):
        apps.get_app_config("accounts").ready()

    assert len([record for record in caplog.records if "API_AUTH_REQUIRED" in record.message]) == warnings
