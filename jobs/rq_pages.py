"""RQ's own dashboard, for admins only.

django-rq lets every staff user read all messages and empty all queues, at both places where it
appears: under its own URL and inside Django admin. Here each of its views is guarded by the role.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django_rq import models
from django_rq import urls as rq_urls
from django_rq.admin import QueueAdmin

View = Callable[..., HttpResponseBase]


def admins_only(view: View) -> View:
    """Sign-in for the anonymous, 403 for everybody else who is no admin."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not getattr(request.user, "is_superuser", False):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _guarded(patterns: Sequence[Any]) -> list[URLPattern]:
    return [URLPattern(item.pattern, admins_only(item.callback), item.default_args, item.name) for item in patterns]


class AdminsQueueAdmin(QueueAdmin):
    def get_urls(self) -> list[URLPattern]:
        return _guarded(super().get_urls())  # type: ignore[no-untyped-call]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    has_module_permission = has_view_permission
    has_change_permission = has_view_permission


def replace_admin_pages() -> None:
    """Importing django_rq.admin has registered its own class; ours takes its place."""
    if admin.site.is_registered(models.Dashboard):
        admin.site.unregister(models.Dashboard)
    admin.site.register(models.Dashboard, AdminsQueueAdmin)


#: For include(): the dashboard under a URL of its own.
urls = (_guarded(rq_urls.urlpatterns), "django_rq")
