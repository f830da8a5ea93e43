import logging
import re

import pytest

from accounts import tokens
from accounts.callers import system_caller
from accounts.models import ApiToken, AuditEntry

pytestmark = pytest.mark.django_db


def test_a_token_is_recognisable_and_stored_as_a_digest(acme, person):
    token, secret = tokens.issue(user=person("ana@example.com", acme="member"), organisation=acme, name="laptop")

    assert re.fullmatch(r"qry_[A-Za-z0-9_-]{43}", secret)
    assert secret.startswith(token.prefix)
    assert re.fullmatch(r"[0-9a-f]{64}", token.digest)
    assert secret not in str(token)


def test_no_two_tokens_are_alike(acme, person):
    user = person("ana@example.com", acme="member")

    made = {tokens.issue(user=user, organisation=acme, name="laptop")[1] for _ in range(20)}

    assert len(made) == 20


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        ("viewer", ["jobs:read"]),
        ("member", ["jobs:read", "jobs:write"]),
        ("tenant-admin", ["jobs:read", "jobs:write", "metrics:read"]),
    ],
)
def test_the_default_scopes_follow_the_role(acme, person, role, scopes):
    token, _ = tokens.issue(user=person("ana@example.com", acme=role), organisation=acme, name="laptop")

    assert token.scopes == scopes


def test_an_admin_has_all_scopes_by_default(acme, person):
    token, _ = tokens.issue(user=person("root@example.com", role="admin"), organisation=acme, name="laptop")

    assert token.scopes == ["jobs:read", "jobs:write", "metrics:read", "queues:manage"]


def test_an_unknown_scope_is_refused_by_name(acme, person):
    user = person("ana@example.com", acme="member")

    with pytest.raises(tokens.UnknownScope, match="jobs:wirte; use any of jobs:read"):
        tokens.issue(user=user, organisation=acme, name="laptop", scopes=["jobs:wirte"])

    assert not ApiToken.objects.exists()


def test_issuing_and_revoking_leave_one_audit_row_each_without_the_secret(acme, person):
    user = person("ana@example.com", acme="member")

    token, secret = tokens.issue(user=user, organisation=acme, name="laptop", request_id="r-1")
    assert tokens.revoke(token=token, by=system_caller()) is True
    assert tokens.revoke(token=token, by=system_caller()) is False

    rows = list(AuditEntry.objects.order_by("id"))
    assert [row.action for row in rows] == ["token.issue", "token.revoke"]
    assert {row.target_id for row in rows} == {token.prefix}
    assert {row.tenant_id for row in rows} == {"acme"}
    assert rows[0].request_id == "r-1"
    assert rows[0].details["owner"] == user.public_id
    assert secret not in str([row.details for row in rows])


def test_a_stale_copy_of_a_token_cannot_revoke_twice(acme, person):
    token, _ = tokens.issue(user=person("ana@example.com", acme="member"), organisation=acme, name="laptop")
    stale = ApiToken.objects.get(pk=token.pk)
    tokens.revoke(token=token)

    assert tokens.revoke(token=stale) is False
    assert ApiToken.objects.get(pk=token.pk).revoked_at == token.revoked_at


def test_the_secret_is_not_logged(acme, person, caplog):
    user = person("ana@example.com", acme="member")

    # Above DEBUG: Django's own SQL log at DEBUG shows parameters, of which the digest is one.
    with caplog.at_level(logging.INFO):
        _, secret = tokens.issue(user=user, organisation=acme, name="laptop")

    assert secret not in caplog.text
