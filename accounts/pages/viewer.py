"""The signed-in user of a page behind `login_required`, and what users do to their own accounts."""

from typing import Any

from django.http import HttpRequest

from .. import audit
from ..callers import session_caller
from ..models import User


def viewer(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise TypeError("only for views that require a signed-in user")
    return user


def record_of_oneself(request: HttpRequest, user: User, action: str, **details: Any) -> None:
    """One entry of the audit trail about a user's own account, by that user; see accounts.audit.record."""
    audit.record(
        caller=session_caller(user),
        action=action,
        target_type="user",
        target_id=user.public_id,
        details=details,
        request_id=getattr(request, "request_id", None),
    )
