"""Invariants over several users, checked while their rows are locked."""

from collections.abc import Iterable

from .models import User
from .roles import Role


def would_leave_no_admin(without: Iterable[int]) -> bool:
    """Whether nobody could administer if the users with these ids no longer did.

    Locks the admins' rows until the end of the transaction: two admins who demote each other at the
    same moment do not both succeed. Only those count who may sign in.
    """
    admins = User.objects.select_for_update().filter(role=Role.ADMIN.value, is_active=True).order_by("pk")
    left = set(admins.values_list("pk", flat=True))
    leaving = left & set(without)
    return bool(leaving) and left == leaving
