"""Issuing and revoking API tokens."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from . import audit
from .callers import Caller, system_caller
from .models import ApiToken, Membership, Organisation, User
from .models.api_tokens import PREFIX_LENGTH, digest_of
from .roles import DEFAULT_SCOPES, SCOPES, Role

SECRET_PREFIX = "qry_"  # noqa: S105 — public: secret scanners find leaked tokens by it


class UnknownScope(ValueError):
    """A scope that does not exist was asked for. Final: the message lists those that do."""


def issue(
    *,
    user: User | None,
    organisation: Organisation,
    name: str,
    scopes: Iterable[str] | None = None,
    role: Role | None = None,
    is_service: bool = False,
    expires_at: datetime | None = None,
    by: Caller | None = None,
    request_id: str | None = None,
) -> tuple[ApiToken, str]:
    """Create a token and return it with its secret, which cannot be had again. Never log the secret.

    user: None for a service that nobody in particular answers for.
    scopes: None for those of the role the token acts with.
    role: of a service; on a user's token a ceiling under the user's own role.
    Writes the token and its audit entry in one transaction.
    """
    acting = role or (role_in(user, organisation) if user else Role.VIEWER)
    wanted = sorted(DEFAULT_SCOPES[acting] if scopes is None else set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown:
        raise UnknownScope(f"unknown scope {', '.join(unknown)}; use any of {', '.join(SCOPES)}")
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            name=name,
            user=user,
            organisation=organisation,
            role=(acting if is_service else role),
            is_service=is_service,
            digest=digest_of(secret.encode()),
            prefix=secret[:PREFIX_LENGTH],
            scopes=wanted,
            expires_at=expires_at,
        )
        _record(token, "token.issue", by=by, request_id=request_id)
    return token, secret


def revoke(*, token: ApiToken, by: Caller | None = None, request_id: str | None = None) -> bool:
    """Stop the token at once. False where it was revoked before; nothing is written then."""
    with transaction.atomic():
        at = timezone.now()
        won = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at) == 1
        if won:
            token.revoked_at = at
            _record(token, "token.revoke", by=by, request_id=request_id)
    return won


def role_in(user: User, organisation: Organisation) -> Role:
    """The user's role there; VIEWER for an outsider, whose token would be refused anyway."""
    if user.is_admin:
        return Role.ADMIN
    held = Membership.objects.filter(user=user, organisation=organisation).values_list("role", flat=True).first()
    return Role(held) if held else Role.VIEWER


def _record(token: ApiToken, action: str, *, by: Caller | None, request_id: str | None) -> None:
    audit.record(
        caller=by or system_caller(),
        action=action,
        target_type="token",
        target_id=token.prefix,
        tenant_id=token.organisation.slug,
        request_id=request_id,
        details={
            "name": token.name,
            "owner": token.user.public_id if token.user else None,
            "service": token.is_service,
            "role": token.role,
            "scopes": list(token.scopes),
            "expiresAt": token.expires_at.isoformat() if token.expires_at else None,
        },
    )
