"""Who may open the console, and who may act in it.

An admin operates. A user whose verified address is of ADMIN_EMAIL_DOMAIN reads: sees all pages as
an admin does, without their actions, and a POST answers 403. CONSOLE_READ_ONLY makes readers of the
admins as well. Everybody else gets 403, the anonymous are asked to sign in. See R-DASH-06.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from accounts.callers import Caller, development_caller, signed_in_caller
from accounts.models import User
from accounts.roles import JOBS_READ, METRICS_READ, Role

View = Callable[..., HttpResponseBase]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Access:
    """What the viewer may do here. Views find it as `request.console`, templates too.

    caller: for every read; a reader's has an admin's sight and no scope that writes.
    operates: whether actions are shown and accepted.
    webhooks, layout: where the pages of webhooks lead and what they extend; tenant admins have them elsewhere.
    """

    caller: Caller
    operates: bool
    webhooks: str = "console"
    layout: str = "jobs/console/base.html"


def access_of(request: HttpRequest) -> Access | None:
    """None for whoever may not open the console, signed in or not."""
    user, caller = request.user, signed_in_caller(request)
    if isinstance(user, User) and caller is not None:
        if not user.is_staff:
            return None
        return Access(caller=caller, operates=not settings.CONSOLE_READ_ONLY) if user.is_admin else _reader(caller)
    if settings.API_AUTH_REQUIRED:
        return None
    return Access(caller=development_caller(), operates=not settings.CONSOLE_READ_ONLY)


def _reader(caller: Caller) -> Access:
    seeing = replace(caller, role=Role.ADMIN, scopes=frozenset({JOBS_READ, METRICS_READ}))
    return Access(caller=seeing, operates=False)


def console_view(view: View) -> View:
    """Guards a view: `request.console` is set for it, and a POST reaches it only from who operates."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        access = access_of(request)
        if access is None:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            raise PermissionDenied("The console is open to admins and to verified addresses of the admin domain.")
        if request.method not in SAFE and not access.operates:
            raise PermissionDenied("You may look at the console, not change anything in it.")
        request.console = access  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    guarded.console_guarded = True  # type: ignore[attr-defined]
    return guarded


def console_of(request: HttpRequest) -> Access:
    """The access that the guard found, for views and whatever they call."""
    access: Access = request.console  # type: ignore[attr-defined]
    return access
