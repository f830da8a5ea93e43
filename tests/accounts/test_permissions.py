"""Role and scope must both allow."""

from dataclasses import replace

import pytest
from rest_framework.exceptions import PermissionDenied

from accounts.callers import Role, development_caller, system_caller
from accounts.permissions import check

from .conftest import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

ROLES = ["viewer", "member", "tenant-admin", "admin"]


def token_of_role(role, acme, person, issue, **options):
    user = person("ana@example.com", role="admin") if role == "admin" else person("ana@example.com", acme=role)
    return issue(user, acme, **options)[1]


@pytest.mark.parametrize(
    ("role", "get", "post", "queue"),
    [("viewer", 200, 403, 403), ("member", 200, 202, 403), ("tenant-admin", 200, 202, 403), ("admin", 200, 202, 202)],
)
def test_default_tokens_allow_what_the_role_allows(acme, person, issue, role, get, post, queue):
    client = bearer(token_of_role(role, acme, person, issue))

    assert client.get("/probe").status_code == get
    assert client.post("/probe").status_code == post
    assert client.post("/queue-probe").status_code == queue


@pytest.mark.parametrize("role", ROLES)
def test_a_read_only_token_cannot_write_whatever_the_role(acme, person, issue, role):
    client = bearer(token_of_role(role, acme, person, issue, scopes=["jobs:read"]))

    assert client.get("/probe").status_code == 200
    assert client.post("/probe").status_code == 403
    assert client.post("/queue-probe").status_code == 403


def test_a_viewer_cannot_write_whatever_the_scopes(acme, person, issue):
    client = bearer(token_of_role("viewer", acme, person, issue, scopes=["jobs:read", "jobs:write", "queues:manage"]))

    assert client.post("/probe").status_code == 403
    assert client.post("/queue-probe").status_code == 403


def test_a_token_without_a_scope_may_nothing(acme, person, issue):
    client = bearer(token_of_role("admin", acme, person, issue, scopes=[]))

    assert client.get("/probe").status_code == 403


def test_the_refusal_names_what_is_missing():
    with pytest.raises(PermissionDenied, match="scope jobs:write"):
        check(replace(development_caller(), scopes=frozenset({"jobs:read"})), scope="jobs:write")
    with pytest.raises(PermissionDenied, match="role admin"):
        check(replace(development_caller(), role=Role.MEMBER), role=Role.ADMIN)
    with pytest.raises(PermissionDenied, match="role member"):
        check(replace(development_caller(), role=Role.VIEWER), scope="jobs:write")


def test_a_caller_may_use_its_own_tenants_and_an_admin_all():
    member = replace(development_caller(), role=Role.MEMBER, tenants=frozenset({"acme"}))

    assert member.may_use_tenant("acme")
    assert not member.may_use_tenant("globex")
    assert development_caller().may_use_tenant("globex")


def test_only_admins_and_services_may_name_another_user():
    member = replace(development_caller(), role=Role.MEMBER, user_id="user_a")

    assert member.may_name_user("user_a")
    assert not member.may_name_user("user_b")
    assert replace(member, is_service=True).may_name_user("user_b")
    assert development_caller().may_name_user("user_b")


def test_the_system_may_everything_and_is_no_user():
    caller = system_caller()

    assert caller.is_admin
    assert caller.has_scope("queues:manage")
    assert (caller.user_id, caller.tenant_id, caller.plan) == ("system", None, "free")
