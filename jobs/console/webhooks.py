"""The webhooks page: endpoints and how they do, their deliveries, and one delivery in full."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.callers import Caller
from accounts.methods import GET_AND_POST
from accounts.models import Organisation

from ..links import job_url
from ..masking import masked
from ..payloads import InvalidPayload
from ..webhooks import endpoints, messages, reading
from ..webhooks.models import WebhookDelivery, WebhookEndpoint
from .access import console_of
from .routing import page

#: Rows of a page.
ENDPOINTS, DELIVERIES = 200, 50


def show(request: HttpRequest) -> HttpResponse:
    """GET all endpoints, POST a new one."""
    if request.method == "POST":
        return _create(request)
    return _list(request)


def _list(request: HttpRequest, problems: dict[str, str] | None = None) -> HttpResponse:
    found = endpoints.visible(console_of(request).caller).order_by("-active", "tenant_id", "id")
    rows = list(found[:ENDPOINTS])
    seen = reading.summaries(row.pk for row in rows)
    context = {
        "rows": [(row, seen.get(row.pk)) for row in rows],
        "total": found.count(),
        "most": ENDPOINTS,
        "problems": problems,
        "given": request.POST,
        "tenants": _tenants(_caller(request))[:500],
    }
    return render(request, "jobs/console/webhooks.html", context, status=422 if problems else 200)


def _create(request: HttpRequest) -> HttpResponse:
    given = {
        "url": request.POST.get("url", "").strip(),
        "events": request.POST.get("events", "").replace(",", " ").split(),
        "description": request.POST.get("description", "").strip(),
    }
    tenant = request.POST.get("tenant", "")
    if tenant not in _tenants(_caller(request)):
        return _list(request, {"tenant": "names no organisation"})
    try:
        values = endpoints.checked_values(given)
        issued = endpoints.create(tenant_id=tenant, values=values, by=_caller(request), request_id=_id(request))
    except InvalidPayload as error:
        return _list(request, error.fields)
    except endpoints.TooManyEndpoints as error:
        return _list(request, {"tenant": str(error)})
    return _endpoint(request, issued.endpoint, secret=issued.secret)


def _tenants(caller: Caller) -> list[str]:
    """The organisations whose endpoints the caller may make."""
    if caller.is_admin:
        return list(Organisation.objects.order_by("slug").values_list("slug", flat=True))
    return endpoints.managed_tenants(caller)


def one(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """GET an endpoint with its deliveries; POST `action` to it."""
    endpoint = get_object_or_404(endpoints.visible(_caller(request)), public_id=endpoint_id)
    if request.method != "POST":
        return _endpoint(request, endpoint)
    act = _ACTIONS.get(request.POST.get("action", ""))
    if act is None:
        raise Http404("There is no such action.")
    return act(request, endpoint)


def _endpoint(request: HttpRequest, endpoint: WebhookEndpoint, *, secret: str | None = None) -> HttpResponse:
    found = endpoint.deliveries.select_related("message").order_by("-id")
    failed = bool(request.GET.get("failed"))
    if failed:
        found = found.filter(succeeded=False)
    context = {
        "endpoint": endpoint,
        "summary": reading.summaries([endpoint.pk]).get(endpoint.pk),
        "deliveries": found[:DELIVERIES],
        "failed": failed,
        "secret": secret,
        "latest": reading.LATEST,
        "overlap_hours": round(endpoints.OVERLAP.total_seconds() / 3600),
    }
    return render(request, "jobs/console/webhook.html", context)


def _set_active(active: bool, done: str) -> Callable[[HttpRequest, WebhookEndpoint], HttpResponse]:
    def act(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
        endpoints.change(endpoint=endpoint, values={"active": active}, by=_caller(request), request_id=_id(request))
        flash.success(request, done)
        return _to(request, "webhook", endpoint.public_id)

    return act


def _rotate(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    issued = endpoints.rotate(endpoint=endpoint, by=_caller(request), request_id=_id(request))
    return _endpoint(request, endpoint, secret=issued.secret)


def _test(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    try:
        messages.send_test(endpoint=endpoint, by=_caller(request), request_id=_id(request))
        flash.success(request, "A test message is on its way; its delivery appears below.")
    except messages.EndpointInactive as error:
        flash.error(request, str(error))
    return _to(request, "webhook", endpoint.public_id)


def _remove(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    endpoints.remove(endpoint=endpoint, by=_caller(request), request_id=_id(request))
    flash.success(request, f"Removed {endpoint.url}.")
    return _to(request, "webhooks")


_ACTIONS = {
    "enable": _set_active(True, "Enabled: messages from now on are sent."),
    "disable": _set_active(False, "Disabled: nothing more is sent to it."),
    "rotate": _rotate,
    "test": _test,
    "remove": _remove,
}


def delivery(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """GET one attempt in full; POST sends its message again."""
    found: WebhookDelivery = get_object_or_404(messages.visible_deliveries(_caller(request)), public_id=delivery_id)
    if request.method == "POST":
        return _resend(request, found)
    others = found.message.deliveries.filter(endpoint=found.endpoint).order_by("id")
    context = {
        "delivery": found,
        "body": json.dumps(masked(messages.body_of(found.message)), indent=2, ensure_ascii=False)[:100_000],
        "others": others[:100],
        "job_url": _job_url(request, found.job_id),
    }
    return render(request, "jobs/console/webhook_delivery.html", context)


def _resend(request: HttpRequest, found: WebhookDelivery) -> HttpResponse:
    try:
        messages.resend(delivery=found, by=_caller(request), request_id=_id(request))
        flash.success(request, "Sent again; the new delivery appears in the list.")
    except messages.EndpointInactive as error:
        flash.error(request, str(error))
    return _to(request, "webhook-delivery", found.public_id)


def _to(request: HttpRequest, name: str, *given: str) -> HttpResponse:
    return redirect(f"{console_of(request).webhooks}:{name}", *given)


def _job_url(request: HttpRequest, job_id: str) -> str | None:
    """The job's page in the console, for those who may open it."""
    return job_url(job_id) if console_of(request).webhooks == "console" else None


def _caller(request: HttpRequest) -> Caller:
    return console_of(request).caller


def _id(request: HttpRequest) -> Any:
    return getattr(request, "request_id", None)


urls = [
    page("webhooks", show, name="webhooks", methods=GET_AND_POST),
    page("webhooks/deliveries/(?P<delivery_id>whd_[a-z0-9]+)", delivery, name="webhook-delivery", methods=GET_AND_POST),
    page("webhooks/(?P<endpoint_id>whe_[a-z0-9]+)", one, name="webhook", methods=GET_AND_POST),
]
