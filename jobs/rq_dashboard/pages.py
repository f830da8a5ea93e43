"""RQ's own dashboard, at both places where it appears: under its own URL and inside Django admin.

django-rq lets every staff user read all messages and empty all queues. Here its pages open for those
who may open the dashboards, its buttons are for admins, and both work on the ledger.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django_rq import models
from django_rq import urls as rq_urls
from django_rq.admin import QueueAdmin
from django_rq.settings import get_queues_list
from django_rq.views import rq_viewname

from ..links import job_url
from ..models import Job
from . import mirror
from .buttons import BULK, BUTTONS, Pressed

View = Callable[..., HttpResponseBase]
READING = ("GET", "HEAD", "OPTIONS")


def over_the_ledger(view: View, name: str, *, in_admin: bool) -> View:
    """RQ's view for those who may look, with registries that are true; our verb where it would act."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not getattr(request.user, "is_staff", False):
            raise PermissionDenied
        if in_admin:
            # RQ's views build their links by it.
            request.current_app = admin.site.name
        index = kwargs.get("queue_index")
        queue = None if index is None else queue_at(index)
        # `confirm_action` is asked by POST and changes nothing.
        if request.method not in READING and name != "confirm_action":
            if not getattr(request.user, "is_superuser", False):
                raise PermissionDenied
            return _press(request, name, index, queue, kwargs.get("job_id"))
        mirror.show([queue] if queue else queue_names())
        if name == "job_detail":
            _point_to_the_job(request, kwargs["job_id"])
        return view(request, *args, **kwargs)

    return guarded


def _point_to_the_job(request: HttpRequest, key: str) -> None:
    """RQ knows the primary key only; the console's page of the job tells all else."""
    public_id = Job.objects.filter(pk=key).values_list("public_id", flat=True).first() if key.isdigit() else None
    if public_id:
        messages.info(request, format_html('This is job <a href="{}">{}</a>.', job_url(public_id), public_id))


def queue_names() -> list[str]:
    return [str(item["name"]) for item in get_queues_list()]


def queue_at(index: int) -> str:
    names = queue_names()
    if not 0 <= index < len(names):
        raise Http404(f"There is no queue number {index}.")
    return names[index]


def _press(
    request: HttpRequest, name: str, index: int | None, queue: str | None, job_id: str | None
) -> HttpResponseBase:
    keys = [job_id] if job_id else request.POST.getlist("job_ids")
    button = BULK.get(request.POST.get("action", "")) if name == "actions" else BUTTONS.get(name)
    if queue is None or button is None:
        messages.error(request, "This button of RQ's dashboard is not in use here; the console has its equal.")
    else:
        button(Pressed(request=request, queue=queue, keys=keys))
        mirror.forget(queue)
    return redirect(_back(request, index))


def _back(request: HttpRequest, index: int | None) -> str:
    wanted = request.POST.get("next_url", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    if index is None:
        return reverse(rq_viewname(request, "home"))
    return reverse(rq_viewname(request, "jobs"), args=[index])


def _guarded(patterns: Sequence[Any], prefix: str = "") -> list[URLPattern]:
    return [
        URLPattern(
            item.pattern,
            over_the_ledger(item.callback, str(item.name or "").removeprefix(prefix), in_admin=bool(prefix)),
            item.default_args,
            item.name,
        )
        for item in patterns
    ]


class LedgerQueueAdmin(QueueAdmin):
    def get_urls(self) -> list[URLPattern]:
        return _guarded(super().get_urls(), "django_rq_")  # type: ignore[no-untyped-call]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_staff", False))

    has_module_permission = has_view_permission
    has_change_permission = has_view_permission


def replace_admin_pages() -> None:
    """Importing django_rq.admin has registered its own class; ours takes its place."""
    if admin.site.is_registered(models.Dashboard):
        admin.site.unregister(models.Dashboard)
    admin.site.register(models.Dashboard, LedgerQueueAdmin)


#: For include(): the dashboard under a URL of its own.
urls = (_guarded(rq_urls.urlpatterns), "django_rq")
