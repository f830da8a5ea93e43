"""The database refuses what the rules exclude, whoever writes."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import ApiToken, Membership, Organisation, QuotaUse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("slug", "", "organisation_slug_is_well_formed"),
        ("slug", "a b", "organisation_slug_is_well_formed"),
        ("slug", "../a", "organisation_slug_is_well_formed"),
        ("slug", "a\n", "organisation_slug_is_well_formed"),
        ("name", "", "organisation_name_is_given"),
        ("plan", "gold", "organisation_plan_is_known"),
        ("max_waiting_jobs", 0, "organisation_max_waiting_is_positive"),
        ("starts_per_minute", 0, "organisation_starts_are_positive"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused(acme, field, value, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        Organisation.objects.filter(pk=acme.pk).update(**{field: value})


def test_a_slug_may_be_any_opaque_id_of_100_characters():
    Organisation.objects.create(slug="Tenant:1.x_" + "a" * 89, name="Long")

    with pytest.raises(ValidationError):
        Organisation(slug="line\n", name="x").full_clean()


def test_slugs_are_unique(acme):
    with pytest.raises(IntegrityError):
        Organisation.objects.create(slug="acme", name="Other")


def test_a_user_has_one_membership_per_organisation(acme, person):
    user = person("ana@example.com", acme="member")

    with pytest.raises(IntegrityError, match="membership_is_unique"):
        Membership.objects.create(user=user, organisation=acme, role="viewer")


def test_admin_is_no_role_inside_an_organisation(acme, person):
    with pytest.raises(IntegrityError, match="membership_role_is_known"):
        person("ana@example.com", acme="admin")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"user": None}, "token_has_an_owner"),
        ({"is_service": True}, "token_of_a_service_has_a_role"),
        ({"role": "boss"}, "token_role_is_known"),
        ({"scopes": ["jobs:read", "all"]}, "token_scopes_are_known"),
        ({"digest": "secret"}, "token_digest_is_sha256"),
        ({"name": ""}, "token_name_is_given"),
    ],
)
def test_a_token_that_cannot_be_is_refused(acme, person, issue, change, constraint):
    token, _ = issue(person("ana@example.com", acme="member"), acme)

    with pytest.raises(IntegrityError, match=constraint):
        ApiToken.objects.filter(pk=token.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"month": date(2030, 1, 2)}, "quota_month_is_a_first_day"),
        ({"used": -1}, "used"),
        ({"subject": ""}, "quota_use_is_complete"),
    ],
)
def test_a_quota_row_that_cannot_be_is_refused(change, constraint):
    row = QuotaUse.objects.create(subject="user_a", kind="research", month=date(2030, 1, 1), used=1)

    with pytest.raises(IntegrityError, match=constraint):
        QuotaUse.objects.filter(pk=row.pk).update(**change)


def test_a_subject_has_one_row_per_kind_and_month():
    QuotaUse.objects.create(subject="user_a", kind="research", month=date(2030, 1, 1))

    with pytest.raises(IntegrityError, match="quota_use_is_unique"):
        QuotaUse.objects.create(subject="user_a", kind="research", month=date(2030, 1, 1))
