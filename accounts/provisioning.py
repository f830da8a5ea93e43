"""Making users, organisations and memberships from the command line; safe to repeat."""

import secrets

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from . import audit
from .callers import system_caller
from .models import Membership, Organisation, User
from .roles import Role


class BadArgument(ValueError):
    """An argument cannot be used; the message names it and says what to give instead."""


def ensure_user(email: str) -> tuple[User, bool]:
    """The user with this address, and whether it is new. A new one has no password: it cannot sign in."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BadArgument(f"email: {email!r} is not an e-mail address; give one such as ana@example.com.") from None
    existing = User.objects.filter(email=email).first()
    if existing:
        return existing, False
    with transaction.atomic():
        user = User.objects.create_user(email)
        _record("user.create", user)
    return user, True


def ensure_organisation(name: str) -> tuple[Organisation, bool]:
    """The organisation with this slug or, failing that, with the slug that the name makes."""
    slug = slugify(name)
    existing = Organisation.objects.filter(slug=name).first() or Organisation.objects.filter(slug=slug).first()
    if existing:
        return existing, False
    if not slug or len(slug) > 100:
        raise BadArgument("--organisation: give a name with 1 to 100 Latin letters or digits, such as 'Acme Ltd'.")
    with transaction.atomic():
        organisation = Organisation.objects.create(slug=slug, name=name.strip()[:200])
        audit.record(
            caller=system_caller(),
            action="organisation.create",
            target_type="organisation",
            target_id=slug,
            tenant_id=slug,
        )
    return organisation, True


def grant(*, user: User, organisation: Organisation, role: Role) -> None:
    """Give the user at least `role` in the organisation; ADMIN is given site-wide. Nothing is taken away."""
    tenant_role = min(role, Role.TENANT_ADMIN)
    with transaction.atomic():
        if role is Role.ADMIN and not user.is_admin:
            make_admin(user)
        membership, created = Membership.objects.select_for_update().get_or_create(
            user=user, organisation=organisation, defaults={"role": tenant_role.value}
        )
        if not created and Role(membership.role) >= tenant_role:
            return
        membership.role = tenant_role.value
        membership.save(update_fields=["role"])
        _record("membership.grant", user, tenant_id=organisation.slug, role=tenant_role.value)


def ensure_admin(email: str, *, organisation: Organisation) -> tuple[User, str | None]:
    """The administrator with this address, and the password if it was made now: one is never replaced."""
    user, _ = ensure_user(email)
    grant(user=user, organisation=organisation, role=Role.ADMIN)
    if user.has_usable_password():
        return user, None
    password = secrets.token_urlsafe(15)
    user.set_password(password)
    # Whoever runs commands on the server vouches for the address.
    user.email_verified = True
    user.save(update_fields=["password", "email_verified"])
    return user, password


def make_admin(user: User) -> None:
    with transaction.atomic():
        user.role = Role.ADMIN.value
        user.save(update_fields=["role"])
        _record("user.role", user, role=user.role)


def _record(action: str, user: User, *, tenant_id: str | None = None, **details: str) -> None:
    audit.record(
        caller=system_caller(),
        action=action,
        target_type="user",
        target_id=user.public_id,
        tenant_id=tenant_id,
        details={"email": user.email, **details},
    )
