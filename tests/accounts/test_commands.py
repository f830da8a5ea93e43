"""create_token, revoke_token and create_admin, as an operator types them."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, Membership, Organisation, User

from .conftest import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


def run(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def create_token(*args: str) -> str:
    return run("create_token", *args)[0].strip()


def who(secret: str):
    return bearer(secret).get("/probe").json()


def test_the_token_alone_is_on_standard_output():
    out, err = run("create_token", "ana@example.com")

    assert re.fullmatch(r"qry_[A-Za-z0-9_-]{43}\n", out)
    assert out.strip() not in err
    assert out[:12] in err


def test_user_and_organisation_are_made_where_missing():
    secret, said = run("create_token", "Ana@Example.com", "--organisation", "Acme Ltd")
    secret = secret.strip()

    assert "acme-ltd (new)" in said
    assert User.objects.get().email == "ana@example.com"
    assert (Organisation.objects.get().slug, Organisation.objects.get().name) == ("acme-ltd", "Acme Ltd")
    assert who(secret)["role"] == "member"
    assert who(secret)["tenantId"] == "acme-ltd"


def test_the_default_organisation_is_called_default():
    assert who(create_token("ana@example.com"))["tenantId"] == "default"


def test_a_second_token_reuses_user_organisation_and_membership():
    create_token("ana@example.com", "--organisation", "Acme Ltd")
    create_token("ANA@example.com", "--organisation", "acme-ltd")

    assert (User.objects.count(), Organisation.objects.count(), Membership.objects.count()) == (1, 1, 1)
    assert ApiToken.objects.count() == 2


def test_an_organisation_is_found_by_a_slug_that_no_name_would_make():
    Organisation.objects.create(slug="Tenant:1", name="One")

    assert who(create_token("ana@example.com", "--organisation", "Tenant:1"))["tenantId"] == "Tenant:1"


@pytest.mark.parametrize("role", ["viewer", "member", "tenant-admin", "admin"])
def test_the_token_acts_with_the_role_asked_for(role):
    assert who(create_token("ana@example.com", "--role", role))["role"] == role


def test_a_token_below_the_users_role_limits_the_token_and_not_the_user():
    create_token("ana@example.com", "--role", "tenant-admin")
    secret = create_token("ana@example.com", "--role", "viewer")

    assert who(secret)["role"] == "viewer"
    assert Membership.objects.get().role == "tenant-admin"


def test_a_token_above_the_users_role_raises_the_user():
    create_token("ana@example.com", "--role", "viewer")
    secret = create_token("ana@example.com", "--role", "tenant-admin")

    assert who(secret)["role"] == "tenant-admin"


def test_without_a_role_an_existing_user_keeps_the_one_there_is():
    create_token("ana@example.com", "--role", "admin")

    assert who(create_token("ana@example.com"))["role"] == "admin"


def test_membership_of_two_organisations_lets_a_token_use_both():
    create_token("ana@example.com", "--organisation", "acme")
    secret = create_token("ana@example.com", "--organisation", "globex")

    assert who(secret)["tenants"] == ["acme", "globex"]


def test_scopes_are_those_asked_for():
    secret = create_token("ana@example.com", "--role", "admin", "--scopes", "jobs:read, queues:manage")

    assert who(secret)["scopes"] == ["jobs:read", "queues:manage"]


def test_a_service_token_gives_nothing_to_the_user_who_answers_for_it():
    secret = create_token("ana@example.com", "--service", "--role", "admin", "--name", "importer")

    answer = who(secret)
    assert (answer["isService"], answer["role"], answer["name"]) == (True, "admin", "importer")
    assert User.objects.get().role == ""
    assert not Membership.objects.exists()


def test_a_token_expires_after_the_days_given():
    create_token("ana@example.com", "--expires-days", "3")

    left = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["ana"], "email: 'ana' is not an e-mail address; give"),
        ([""], "email: '' is not an e-mail address; give"),
        (["ana@example.com", "--role", "boss"], "--role: invalid choice: 'boss' .choose from 'viewer'"),
        (["ana@example.com", "--scopes", "jobs:wirte"], "--scopes: unknown scope jobs:wirte; use any of jobs:read"),
        (["ana@example.com", "--scopes", ","], "--scopes: no scope given; use any of"),
        (["ana@example.com", "--organisation", "!!!"], "--organisation: give a name"),
        (["ana@example.com", "--organisation", "a" * 101], "--organisation: give a name"),
        (["ana@example.com", "--expires-days", "0"], "--expires-days: '0' is not a number of days; give 1"),
        (["ana@example.com", "--expires-days", "soon"], "--expires-days: 'soon'"),
        (["ana@example.com", "--name", "n" * 101], "--name: give at most 100"),
    ],
)
def test_a_bad_argument_is_named_with_its_remedy_and_nothing_is_made(args, message):
    with pytest.raises(CommandError, match=message):
        run("create_token", *args)

    assert not User.objects.exists()
    assert not Organisation.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_user_who_is_switched_off_gets_no_token():
    User.objects.create_user("ana@example.com", is_active=False)

    with pytest.raises(CommandError, match=r"email: .* is switched off"):
        run("create_token", "ana@example.com")


def test_what_the_command_made_is_in_the_audit_trail():
    create_token("ana@example.com", "--role", "admin")

    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["user.create", "organisation.create", "user.role", "membership.grant", "token.issue"]


@pytest.mark.parametrize("length", [12, None], ids=["prefix", "whole token"])
def test_a_token_stops_working_after_revocation(length):
    secret = create_token("ana@example.com")
    assert bearer(secret).get("/probe").status_code == 200

    out, _ = run("revoke_token", secret[:length])

    assert out.startswith("Revoked")
    assert bearer(secret).get("/probe").status_code == 401


def test_revoking_twice_is_no_error():
    secret = create_token("ana@example.com")
    run("revoke_token", secret)

    assert "revoked before" in run("revoke_token", secret)[0]
    assert AuditEntry.objects.filter(action="token.revoke").count() == 1


@pytest.mark.parametrize("given", ["qry_nothing1", "qry_", "", "qry_" + "x" * 43])
def test_an_unknown_token_is_an_error_that_does_not_repeat_it(given):
    create_token("ana@example.com")

    with pytest.raises(CommandError, match="no such token") as error:
        run("revoke_token", given)

    assert not given or given not in str(error.value).split("(qry_ and")[0]


def test_a_prefix_of_two_tokens_revokes_neither():
    create_token("ana@example.com")
    create_token("ana@example.com")
    ApiToken.objects.update(prefix="qry_same0000")

    with pytest.raises(CommandError, match="several tokens"):
        run("revoke_token", "qry_same0000")

    assert not ApiToken.objects.filter(revoked_at__isnull=False).exists()


def test_the_first_admin_can_sign_in_with_the_password_shown():
    out, _ = run("create_admin", "--email", "Root@example.com")
    password = re.search(r"^Password: (\S+)$", out, re.MULTILINE)

    assert password is not None
    user = authenticate(username="root@example.com", password=password[1])
    assert isinstance(user, User)
    assert (user.is_superuser, user.role, user.email_verified) == (True, "admin", True)


def test_the_password_is_shown_once_and_stays():
    run("create_admin")
    before = User.objects.get().password

    out, _ = run("create_admin")

    assert "exists" in out
    assert "Password:" not in out
    assert User.objects.get().password == before


def test_a_user_who_had_only_tokens_becomes_an_admin_who_can_sign_in():
    create_token("root@example.com")

    out, _ = run("create_admin", "--email", "root@example.com")

    assert "Password:" in out
    assert User.objects.get().is_superuser


def test_a_bad_email_of_the_admin_is_named():
    with pytest.raises(CommandError, match="--email: 'root' is not an e-mail address"):
        run("create_admin", "--email", "root")
