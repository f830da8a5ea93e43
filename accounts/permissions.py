"""Permission classes: `permission_classes = [requires(scope="jobs:write")]`."""

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from .callers import Caller, caller_of
from .roles import LEAST_ROLE, SCOPES, Role


def requires(*, scope: str | None = None, role: Role = Role.VIEWER) -> type[BasePermission]:
    """A permission class: 401 for the anonymous, 403 unless role and scope both allow.

    role: the least role; a scope that needs a higher one raises it (jobs:write needs a member).
    """
    if scope is not None and scope not in SCOPES:
        raise ValueError(f"Unknown scope {scope!r}; use one of {', '.join(SCOPES)}.")

    class Requires(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            check(caller_of(request), scope=scope, role=role)
            return True

    return Requires


def check(caller: Caller, *, scope: str | None = None, role: Role = Role.VIEWER) -> None:
    """As `requires`, for a view whose need depends on the request. Raises PermissionDenied."""
    least = max(role, LEAST_ROLE[scope]) if scope else role
    if caller.role < least:
        raise PermissionDenied(f"This needs the role {least} or a higher one; the caller's role is {caller.role}.")
    if scope and not caller.has_scope(scope):
        raise PermissionDenied(f"This needs the scope {scope}, which the token does not carry.")
