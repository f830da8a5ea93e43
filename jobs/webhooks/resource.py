"""Endpoints, messages and deliveries as the API shows them."""

from typing import Any

from ..timestamps import iso, iso_or_none
from .models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from .reading import Summary


def endpoint_resource(endpoint: WebhookEndpoint, summary: Summary | None = None) -> dict[str, Any]:
    """summary: how its latest deliveries went; all null where none is given."""
    seen = summary or Summary()
    return {
        "id": endpoint.public_id,
        "tenantId": endpoint.tenant_id,
        "url": endpoint.url,
        "description": endpoint.description or None,
        "events": endpoint.events,
        "active": endpoint.active,
        "disabledReason": endpoint.disabled_reason or None,
        "disabledAt": iso_or_none(endpoint.disabled_at),
        "successRate": seen.success_rate,
        "lastStatusCode": seen.last_status_code,
        "lastError": seen.last_error or None,
        "lastDeliveryAt": iso_or_none(seen.last_at),
        "createdAt": iso(endpoint.created_at),
        "updatedAt": iso(endpoint.updated_at),
    }


def message_resource(message: WebhookMessage) -> dict[str, Any]:
    return {
        "id": message.public_id,
        "tenantId": message.tenant_id,
        "eventType": message.event_type,
        "data": message.data,
        "createdAt": iso(message.created_at),
    }


def delivery_resource(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": delivery.public_id,
        "messageId": delivery.message.public_id,
        "eventType": delivery.message.event_type,
        "endpointId": delivery.endpoint.public_id if delivery.endpoint else None,
        "tenantId": delivery.tenant_id,
        "jobId": delivery.job_id,
        "url": delivery.url,
        "attempt": delivery.attempt,
        "succeeded": delivery.succeeded,
        "statusCode": delivery.status_code,
        "durationMs": delivery.duration_ms,
        "error": {"code": delivery.error_code, "message": delivery.error} if delivery.error_code else None,
        "responseExcerpt": delivery.response_excerpt or None,
        "sentAt": iso(delivery.sent_at),
    }
