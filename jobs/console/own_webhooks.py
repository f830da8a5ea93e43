"""The pages of webhooks for tenant admins, among their settings: the endpoints of their organisation and nothing else.

An admin manages those of all organisations in the console and is sent there.
"""

from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, re_path
from django.utils.cache import add_never_cache_headers

from accounts.callers import signed_in_caller
from accounts.methods import GET_AND_POST, taking
from accounts.roles import JOBS_WRITE, Role

from . import webhooks
from .access import SAFE, Access, View

app_name = "own-webhooks"


def _own(view: View) -> View:
    """Guards a view as the console's guard does: sign-in, then 403 for whoever administers no organisation."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        caller = signed_in_caller(request)
        if caller is None:
            return redirect_to_login(request.get_full_path())
        if caller.is_admin:
            return redirect("console:webhooks")
        if caller.role < Role.TENANT_ADMIN:
            raise PermissionDenied("Webhooks are managed by the administrators of your organisation.")
        if request.method not in SAFE and not caller.has_scope(JOBS_WRITE):
            raise PermissionDenied("You may look at webhooks, not change them.")
        request.console = Access(  # type: ignore[attr-defined]
            caller=caller, operates=True, webhooks=app_name, layout="jobs/own_webhooks_base.html"
        )
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


def _page(pattern: str, view: View, *, name: str) -> URLPattern:
    return re_path(rf"^{pattern}/?\Z", taking(GET_AND_POST, _own(view)), name=name)


urlpatterns = [
    _page("webhooks", webhooks.show, name="webhooks"),
    _page("webhooks/deliveries/(?P<delivery_id>whd_[a-z0-9]+)", webhooks.delivery, name="webhook-delivery"),
    _page("webhooks/(?P<endpoint_id>whe_[a-z0-9]+)", webhooks.one, name="webhook"),
]
