"""Who a bearer token lets in, as whom, and when no longer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from freezegun import freeze_time
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import ApiToken, Membership

from .conftest import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def test_a_valid_token_is_let_in_as_its_user_in_its_organisation(acme, person, issue):
    user = person("ana@example.com", acme="member", plan="pro")
    _, secret = issue(user, acme)

    answer = bearer(secret).get("/probe")

    assert answer.status_code == 200
    assert answer.json() == {
        "userId": user.public_id,
        "tenantId": "acme",
        "tenants": ["acme"],
        "role": "member",
        "scopes": ["jobs:read", "jobs:write"],
        "plan": "pro",
        "isService": False,
        "name": "ana@example.com",
    }


def test_nobody_is_401_and_told_the_scheme():
    answer = APIClient().get("/probe")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="quarry"'


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer one two",
        "Bearer qry_unknown",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 8000,
        "Basic YTpi",
        "Token qry_unknown",
        "qry_unknown",
        "",
    ],
)
def test_a_header_that_names_no_token_is_401(db, header):
    answer = APIClient().get("/probe", HTTP_AUTHORIZATION=header)

    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer


def test_a_good_token_in_another_scheme_is_401(acme, person, issue):
    _, secret = issue(person("ana@example.com", acme="member"), acme)

    assert APIClient().get("/probe", HTTP_AUTHORIZATION=f"Token {secret}").status_code == 401


def test_the_scheme_is_recognised_in_any_case(acme, person, issue):
    _, secret = issue(person("ana@example.com", acme="member"), acme)

    assert APIClient().get("/probe", HTTP_AUTHORIZATION=f"bEARER  {secret}").status_code == 200


def test_a_revoked_token_is_401_at_once(acme, person, issue):
    token, secret = issue(person("ana@example.com", acme="member"), acme)
    assert bearer(secret).get("/probe").status_code == 200

    tokens.revoke(token=token)

    assert bearer(secret).get("/probe").status_code == 401


def test_a_token_is_401_from_the_moment_it_expires(acme, person, issue):
    end = datetime(2030, 1, 1, tzinfo=UTC)
    _, secret = issue(person("ana@example.com", acme="member"), acme, expires_at=end)

    with freeze_time(end - timedelta(seconds=1)):
        assert bearer(secret).get("/probe").status_code == 200
    with freeze_time(end):
        assert bearer(secret).get("/probe").status_code == 401


def test_a_token_of_an_inactive_user_is_401(acme, person, issue):
    user = person("ana@example.com", acme="member")
    _, secret = issue(user, acme)
    user.is_active = False
    user.save()

    assert bearer(secret).get("/probe").status_code == 401


def test_a_token_of_a_user_who_left_the_organisation_is_401(acme, globex, person, issue):
    user = person("ana@example.com", acme="member", globex="member")
    _, secret = issue(user, acme)
    Membership.objects.get(user=user, organisation=acme).delete()

    assert bearer(secret).get("/probe").status_code == 401


def test_refusals_do_not_say_why(acme, person, issue):
    token, secret = issue(person("ana@example.com", acme="member"), acme)
    tokens.revoke(token=token)

    assert bearer(secret).get("/probe").json() == bearer("qry_unknown").get("/probe").json()


def test_a_demotion_counts_at_once(acme, person, issue):
    user = person("ana@example.com", acme="member")
    _, secret = issue(user, acme)

    Membership.objects.filter(user=user).update(role="viewer")

    assert bearer(secret).get("/probe").json()["role"] == "viewer"
    assert bearer(secret).post("/probe").status_code == 403


def test_a_token_may_be_less_than_its_user_and_never_more(acme, person, issue):
    user = person("ana@example.com", acme="member")

    _, less = issue(user, acme, role="viewer")
    _, more = issue(user, acme, role="admin")

    assert bearer(less).get("/probe").json()["role"] == "viewer"
    assert bearer(more).get("/probe").json()["role"] == "member"


def test_a_role_is_not_carried_into_an_organisation_where_the_user_has_less(acme, globex, person, issue):
    user = person("ana@example.com", acme="tenant-admin", globex="viewer")
    _, strong = issue(user, acme)
    _, weak = issue(user, acme, role="viewer")

    assert bearer(strong).get("/probe").json()["tenants"] == ["acme"]
    assert bearer(weak).get("/probe").json()["tenants"] == ["acme", "globex"]


def test_the_memberships_of_others_give_nothing(acme, globex, person, issue):
    person("bob@example.com", acme="tenant-admin", globex="tenant-admin")
    _, secret = issue(person("ana@example.com", acme="viewer"), acme)

    answer = bearer(secret).get("/probe").json()

    assert (answer["role"], answer["tenants"]) == ("viewer", ["acme"])


def test_a_site_admin_needs_no_membership(acme, person, issue):
    _, secret = issue(person("root@example.com", role="admin"), acme)

    answer = bearer(secret).get("/probe").json()

    assert (answer["role"], answer["tenantId"]) == ("admin", "acme")
    assert bearer(secret).get("/queue-probe").status_code == 200


def test_a_service_without_a_user_keeps_its_identity_over_a_new_token(acme, globex, issue):
    service = {"name": "importer", "role": "member", "is_service": True}
    _, first = issue(None, acme, **service)
    _, second = issue(None, acme, **service)
    _, elsewhere = issue(None, globex, **service)

    ids = [bearer(secret).get("/probe").json()["userId"] for secret in (first, second, elsewhere)]

    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("service_")


def test_a_service_has_its_own_role_whatever_its_user_has(acme, person, issue):
    user = person("ana@example.com", acme="viewer")
    _, secret = issue(user, acme, name="importer", role="tenant-admin", is_service=True)

    answer = bearer(secret).get("/probe").json()

    assert (answer["role"], answer["isService"], answer["name"]) == ("tenant-admin", True, "importer")
    assert answer["userId"] == user.public_id


def test_the_larger_plan_of_user_and_organisation_counts(acme, person, issue):
    acme.plan = "enterprise"
    acme.save()
    _, secret = issue(person("ana@example.com", acme="member", plan="pro"), acme)

    assert bearer(secret).get("/probe").json()["plan"] == "enterprise"


def test_authentication_costs_one_query(acme, globex, person, issue, django_assert_num_queries):
    _, secret = issue(person("ana@example.com", acme="member", globex="member"), acme)
    client = bearer(secret)
    client.get("/probe")

    with django_assert_num_queries(1):
        client.get("/probe")


def test_an_unknown_token_costs_as_many_queries_as_a_known_one(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        bearer("qry_unknown").get("/probe")


def test_last_use_is_written_at_most_once_a_minute(acme, person, issue):
    token, secret = issue(person("ana@example.com", acme="member"), acme)

    def use_at(at: str) -> datetime:
        with freeze_time(at):
            bearer(secret).get("/probe")
        last = ApiToken.objects.get(pk=token.pk).last_used_at
        assert last is not None
        return last

    first = use_at("2030-01-01T00:00:00Z")
    assert use_at("2030-01-01T00:00:59Z") == first
    assert use_at("2030-01-01T00:01:01Z") == first + timedelta(seconds=61)


def test_a_refused_token_is_not_marked_as_used(acme, person, issue):
    token, secret = issue(person("ana@example.com", acme="member"), acme)
    tokens.revoke(token=token)

    bearer(secret).get("/probe")

    assert ApiToken.objects.get(pk=token.pk).last_used_at is None


def test_a_bad_token_is_401_even_where_the_api_is_open(db):
    with override_settings(API_AUTH_REQUIRED=False):
        assert bearer("qry_unknown").get("/probe").status_code == 401


def test_a_plain_view_knows_the_caller_too(acme, person, issue):
    user = person("ana@example.com", acme="member")
    _, secret = issue(user, acme)

    assert bearer(secret).get("/plain").json() == {"userId": user.public_id}
    assert APIClient().get("/plain").json() == {"userId": None}


def test_the_secret_is_nowhere_in_the_database(acme, person, issue):
    _, secret = issue(person("ana@example.com", acme="member"), acme)
    bearer(secret).get("/probe")

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{secret}%"])  # noqa: S608
            assert cursor.fetchone() == (0,), table
