import re

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connection
from django.test import override_settings

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_an_email_is_stored_in_lower_case_and_found_in_any():
    user = User.objects.create_user("Ana@Example.COM")

    assert user.email == "ana@example.com"
    assert User.objects.get(email="ANA@example.com") == user
    assert User.objects.get_by_natural_key("ana@EXAMPLE.com") == user


def test_two_emails_that_differ_in_case_are_one():
    User.objects.create_user("ana@example.com")

    with pytest.raises(IntegrityError):
        User.objects.create_user("ANA@example.com")


def test_the_database_refuses_an_email_in_upper_case_from_any_client():
    user = User.objects.create_user("ana@example.com")

    with pytest.raises(IntegrityError, match="user_email_is_lower_case"), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = 'Ana@example.com' WHERE id = %s", [user.pk])


def test_sign_in_ignores_the_case_of_the_email():
    User.objects.create_user("ana@example.com", "a long password")

    assert sign_in("Ana@Example.com", "a long password") is not None
    assert sign_in("ana@example.com", "another password") is None


def test_an_inactive_user_cannot_sign_in():
    User.objects.create_user("ana@example.com", "a long password", is_active=False)

    assert sign_in("ana@example.com", "a long password") is None


def test_a_user_without_a_password_cannot_sign_in():
    User.objects.create_user("ana@example.com")

    assert sign_in("ana@example.com", "") is None


def test_a_user_needs_an_email():
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_public_ids_are_opaque_and_differ():
    one, two = User.objects.create_user("a@example.com"), User.objects.create_user("b@example.com")

    assert re.fullmatch(r"user_[a-z2-7]{12}", one.public_id)
    assert one.public_id != two.public_id


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("role", "member", "user_role_is_known"),
        ("plan", "gold", "user_plan_is_known"),
        ("public_id", "ana", "user_public_id_is_well_formed"),
        ("email", "", "user_email_is_given"),
        ("research_quota", -1, "research_quota"),
    ],
)
def test_the_database_refuses_a_user_that_cannot_be(field, value, constraint):
    user = User.objects.create_user("ana@example.com")

    with pytest.raises(IntegrityError, match=constraint):
        User.objects.filter(pk=user.pk).update(**{field: value})


def test_only_the_admin_role_gives_permissions():
    admin = User.objects.create_superuser("root@example.com", "a long password")
    other = User.objects.create_user("ana@example.com")

    assert (admin.is_staff, admin.is_superuser, admin.has_perm("accounts.change_user")) == (True, True, True)
    assert (other.is_staff, other.is_superuser, other.has_perm("accounts.change_user")) == (False, False, False)


@pytest.mark.parametrize(
    ("email", "verified", "open_"),
    [
        ("a@example.com", True, True),
        ("A@EXAMPLE.COM", True, True),
        ("a@example.com", False, False),
        ("a@evil-example.com", True, False),
        ("a@example.com.evil.io", True, False),
        ("a@sub.example.com", True, False),
    ],
)
@pytest.mark.parametrize("domain", ["@example.com", "Example.com"])
def test_the_dashboards_open_for_verified_addresses_of_the_admin_domain(domain, email, verified, open_):
    user = User.objects.create_user(email, email_verified=verified)

    with override_settings(ADMIN_EMAIL_DOMAIN=domain):
        assert user.is_staff is open_
        assert user.is_superuser is False


@override_settings(ADMIN_EMAIL_DOMAIN="")
def test_without_an_admin_domain_the_role_alone_opens_the_dashboards():
    assert User.objects.create_user("a@example.com", email_verified=True).is_staff is False


def test_notification_preferences_start_with_failures_off():
    user = User.objects.create_user("ana@example.com")

    assert (user.notify_job_failures, user.notify_buying_signals, user.notify_reports) == (False, True, True)


def sign_in(email: str, password: str):
    return authenticate(username=email, password=password)
