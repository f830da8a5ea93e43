"""Webhooks in Django admin: found and looked at. Secrets are not shown; what changes is done in the console."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.callers import caller_of

from ..admin import AdminsOnly, as_json
from . import endpoints
from . import messages as sending
from .models import WebhookDelivery, WebhookEndpoint, WebhookMessage


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(AdminsOnly):
    list_display = ("public_id", "tenant_id", "kind", "url", "events", "active", "disabled_reason", "created_at")
    list_filter = ("active", "disabled_reason", "kind", "created_at")
    search_fields = ("public_id", "tenant_id", "url")
    ordering = ("-id",)
    actions = ("enable", "disable")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return obj is None and self._admin(request)

    @admin.action(description="Enable the selected endpoints", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        self._set(request, queryset, active=True)

    @admin.action(description="Disable the selected endpoints", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        self._set(request, queryset, active=False)

    def _set(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint], *, active: bool) -> None:
        rows = list(queryset.filter(active=not active, kind=WebhookEndpoint.SUBSCRIPTION))
        for row in rows:
            endpoints.change(
                endpoint=row,
                values={"active": active},
                by=caller_of(request),
                request_id=getattr(request, "request_id", None),
            )
        self.message_user(request, f"{'Enabled' if active else 'Disabled'} {len(rows)} endpoints.")


@admin.register(WebhookMessage)
class WebhookMessageAdmin(AdminsOnly):
    list_display = ("public_id", "tenant_id", "event_type", "created_by", "created_at")
    list_filter = ("event_type", "created_at")
    search_fields = ("public_id", "tenant_id", "event_type")
    ordering = ("-id",)
    exclude = ("data",)
    readonly_fields = ("shown_data",)

    @admin.display(description="data")
    def shown_data(self, obj: WebhookMessage) -> str:
        return as_json(obj.data)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(AdminsOnly):
    list_display = (
        "public_id",
        "tenant_id",
        "url",
        "succeeded",
        "status_code",
        "error_code",
        "attempt",
        "duration_ms",
        "sent_at",
    )
    list_filter = ("succeeded", "status_code", "error_code", "sent_at")
    search_fields = ("public_id", "message__public_id", "endpoint__public_id", "job_id", "tenant_id")
    ordering = ("-id",)
    exclude = ("request_headers", "response_excerpt")
    readonly_fields = ("shown_headers", "shown_response")
    actions = ("resend",)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return obj is None and self._admin(request)

    @admin.display(description="request headers")
    def shown_headers(self, obj: WebhookDelivery) -> str:
        return as_json(obj.request_headers)

    @admin.display(description="response")
    def shown_response(self, obj: WebhookDelivery) -> str:
        return format_html("<pre>{}</pre>", obj.response_excerpt)

    @admin.action(description="Send the selected messages again", permissions=["change"])
    def resend(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        sent = 0
        for row in queryset.select_related("message", "endpoint"):
            try:
                sending.resend(delivery=row, by=caller_of(request), request_id=getattr(request, "request_id", None))
                sent += 1
            except sending.EndpointInactive as error:
                self.message_user(request, f"{row.public_id}: {error}", messages.WARNING)
        self.message_user(request, f"Sent {sent} messages again.")
