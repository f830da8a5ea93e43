"""API tokens: only a digest is stored, the secret is shown once when it is issued."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.utils import timezone

from ..roles import SCOPES, Role, choices
from .organisations import Organisation
from .users import User

#: Characters of a secret that are stored readably, to recognise a token by: `qry_` and 48 of 256 bits.
PREFIX_LENGTH = 12
LAST_USED_PRECISION = timedelta(minutes=1)


def digest_of(secret: bytes) -> str:
    """Plain SHA-256: the secret has 256 random bits, so there is nothing for a slow hash to protect."""
    return hashlib.sha256(secret).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def for_secret(self, secret: bytes) -> "tuple[ApiToken, dict[str, Role]] | None":
        """The token with its user and organisation, and the user's roles by slug, in one query.

        The work is the same for known, unknown and malformed secrets. Whether the token may still
        be used is for the caller to ask: `usable_at`. Columns that no request needs are deferred.
        """
        with connections[self.db].cursor() as cursor:
            cursor.execute(_FOR_SECRET, [digest_of(secret)])
            row = cursor.fetchone()
        if row is None:
            return None
        token = ApiToken.from_db(self.db, _TOKEN_COLUMNS, row[:_USER_AT])
        token.organisation = Organisation.from_db(self.db, _ORGANISATION_COLUMNS, row[_ORGANISATION_AT:-1])
        if token.user_id is not None:
            token.user = User.from_db(self.db, _USER_COLUMNS, row[_USER_AT:_ORGANISATION_AT])
        return token, {slug: Role(role) for slug, role in json.loads(row[-1]).items()}

    def mark_used(self, token: "ApiToken", *, at: datetime) -> None:
        """Written at most once a minute per token, so that a busy token is not a row everybody waits for."""
        minute_ago = at - LAST_USED_PRECISION
        if token.last_used_at is None or token.last_used_at < minute_ago:
            stale = models.Q(last_used_at__isnull=True) | models.Q(last_used_at__lt=minute_ago)
            self.filter(stale, pk=token.pk).update(last_used_at=at)


class ApiToken(models.Model):
    """Belongs to a user, or to a service: then `role` says what it may do and `user` who answers for it.

    On a user's token `role` is a ceiling: the token never has more than the user has at that moment.
    """

    name = models.CharField(max_length=100)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="api_tokens")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_tokens")
    # Null is a user's own role, which is no choice of its own.
    role = models.CharField(max_length=20, null=True, blank=True, choices=choices(Role))  # noqa: DJ001
    is_service = models.BooleanField("service", default=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(max_length=PREFIX_LENGTH, db_index=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=50, choices=[(scope, scope) for scope in SCOPES]))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(digest__regex=r"^[0-9a-f]{64}\Z"), name="token_digest_is_sha256"),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | models.Q(is_service=True), name="token_has_an_owner"
            ),
            models.CheckConstraint(
                condition=models.Q(is_service=False) | models.Q(role__isnull=False),
                name="token_of_a_service_has_a_role",
            ),
            models.CheckConstraint(
                condition=models.Q(role__isnull=True) | models.Q(role__in=[role.value for role in Role]),
                name="token_role_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=list(SCOPES)), name="token_scopes_are_known"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="token_name_is_given"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def usable_at(self, at: datetime) -> bool:
        """Neither revoked nor expired, and the user who answers for it may still sign in."""
        return self.state(at) == "active" and (self.user is None or self.user.is_active)

    def state(self, at: datetime | None = None) -> str:
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= (at or timezone.now()):
            return "expired"
        return "active"


# Every API request asks this. As a Django query it costs ten times as much to build as to run.
_TOKEN_COLUMNS = ["id", "name", "user_id", "organisation_id", "role", "is_service", "prefix", "scopes"]
_TOKEN_COLUMNS += ["expires_at", "revoked_at", "last_used_at"]
_USER_COLUMNS = ["id", "public_id", "email", "email_verified", "name", "role", "plan", "is_active"]
_ORGANISATION_COLUMNS = ["id", "slug", "name", "plan", "max_waiting_jobs", "starts_per_minute"]
_USER_AT = len(_TOKEN_COLUMNS)
_ORGANISATION_AT = _USER_AT + len(_USER_COLUMNS)


def _columns(alias: str, names: list[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


_FOR_SECRET = f"""
    SELECT {_columns("token", _TOKEN_COLUMNS)}, {_columns("owner", _USER_COLUMNS)},
           {_columns("home", _ORGANISATION_COLUMNS)},
           (SELECT coalesce(jsonb_object_agg(o.slug, m.role), '{{}}')::text
              FROM accounts_membership m JOIN accounts_organisation o ON o.id = m.organisation_id
             WHERE m.user_id = token.user_id)
      FROM accounts_apitoken token
      JOIN accounts_organisation home ON home.id = token.organisation_id
      LEFT JOIN accounts_user owner ON owner.id = token.user_id
     WHERE token.digest = %s
"""  # noqa: S608 — column names of this file only
