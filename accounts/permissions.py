"""What a caller may do: its role and its scopes must both allow it."""

from rest_framework.exceptions import PermissionDenied

from .callers import Caller
from .roles import Role, least_role


def check(caller: Caller, *, scope: str | None = None, role: Role = Role.VIEWER) -> None:
    """Raises PermissionDenied, naming what is missing.

    role: the least role; a scope that needs a higher one raises it (jobs:write needs a member).
    """
    least = least_role(scope, role)
    if caller.role < least:
        raise PermissionDenied(f"This needs the role {least} or a higher one; the caller's role is {caller.role}.")
    if scope and not caller.has_scope(scope):
        raise PermissionDenied(f"This needs the scope {scope}, which the token does not carry.")
