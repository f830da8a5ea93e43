"""Whose rows a page of this app shows, and who may change something on it.

Everybody sees the rows of the organisation they work in, and nothing of any other; who belongs to none
sees what jobs of no organisation brought. A viewer looks, a member and above also acts.
"""

from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils.cache import add_never_cache_headers

from accounts.callers import Caller, signed_in_caller
from accounts.methods import GET, Methods, View, taking
from accounts.models import User
from accounts.pages.tabs import Tab
from accounts.roles import JOBS_WRITE, Role

from .nav import tabs

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Desk:
    """What the viewer works on. Views find it with `desk_of`, templates as `request.desk`."""

    caller: Caller
    user: User
    path: str

    @property
    def tenant_id(self) -> str:
        """As the rows have it: empty for who works in no organisation."""
        return self.caller.tenant_id or ""

    @property
    def writes(self) -> bool:
        return self.caller.role >= Role.MEMBER and self.caller.has_scope(JOBS_WRITE)

    @cached_property
    def tabs(self) -> list[Tab]:
        return tabs(self.path, self.tenant_id)


def page(pattern: str, view: View, *, name: str, methods: Methods = GET) -> URLPattern:
    """A guarded view under its app's address, in both slash spellings. A POST reaches it only from who may write."""
    # The slash outside the group is what reverse() writes.
    return re_path(rf"^{pattern}/?\Z" if pattern else r"^\Z", taking(methods, _guarded(view)), name=name)


def desk_of(request: HttpRequest) -> Desk:
    """The desk that the guard set."""
    desk: Desk = request.desk  # type: ignore[attr-defined]
    return desk


def _guarded(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user, caller = request.user, signed_in_caller(request)
        if not isinstance(user, User) or caller is None:
            return redirect_to_login(request.get_full_path())
        desk = Desk(caller=caller, user=user, path=request.path)
        if request.method not in SAFE and not desk.writes:
            raise PermissionDenied("You may look here, not change anything. Ask an administrator for the role member.")
        request.desk = desk  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    guarded.desk_guarded = True  # type: ignore[attr-defined]
    return guarded
