"""Roles and scopes: what each allows, as data."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """Ordered by power: VIEWER < MEMBER < TENANT_ADMIN < ADMIN, also against plain strings."""

    VIEWER = "viewer"
    MEMBER = "member"
    TENANT_ADMIN = "tenant-admin"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        return _ORDER.index(self.value)

    # All four, because str defines all four: one left out would compare by the alphabet.
    def __lt__(self, other: str, /) -> bool:
        return self.rank < Role(other).rank

    def __le__(self, other: str, /) -> bool:
        return self.rank <= Role(other).rank

    def __gt__(self, other: str, /) -> bool:
        return self.rank > Role(other).rank

    def __ge__(self, other: str, /) -> bool:
        return self.rank >= Role(other).rank


_ORDER = ("viewer", "member", "tenant-admin", "admin")

#: Roles inside one organisation. ADMIN is site-wide and belongs to the user (or the service token).
TENANT_ROLES = (Role.VIEWER, Role.MEMBER, Role.TENANT_ADMIN)

JOBS_READ = "jobs:read"
JOBS_WRITE = "jobs:write"
QUEUES_MANAGE = "queues:manage"
METRICS_READ = "metrics:read"
SCOPES = (JOBS_READ, JOBS_WRITE, QUEUES_MANAGE, METRICS_READ)

#: Below this role a scope has no effect, whatever the token carries: role and scope must both allow.
LEAST_ROLE = {
    JOBS_READ: Role.VIEWER,
    JOBS_WRITE: Role.MEMBER,
    QUEUES_MANAGE: Role.ADMIN,
    # Metrics are limited to the caller's own jobs and tenants, so a viewer's token may be given them.
    METRICS_READ: Role.VIEWER,
}

#: From this role on a caller has what colleagues own as if it were their own.
OVER_OTHERS = Role.TENANT_ADMIN

#: What a session has, and a new token unless told otherwise.
DEFAULT_SCOPES = {
    Role.VIEWER: frozenset({JOBS_READ}),
    Role.MEMBER: frozenset({JOBS_READ, JOBS_WRITE}),
    Role.TENANT_ADMIN: frozenset({JOBS_READ, JOBS_WRITE, METRICS_READ}),
    Role.ADMIN: frozenset(SCOPES),
}


def least_role(scope: str | None, role: Role = Role.VIEWER) -> Role:
    """The lowest role to which something is allowed that asks for both. None: no scope is asked for."""
    return max(role, LEAST_ROLE[scope]) if scope else role


def effective_scopes(role: Role, scopes: Iterable[str]) -> frozenset[str]:
    """The scopes that have an effect for `role`; names that no longer exist are dropped."""
    return frozenset(scope for scope in scopes if scope in LEAST_ROLE and role >= LEAST_ROLE[scope])


def choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, role.value.replace("-", " ").capitalize()) for role in roles]
