"""Messages: stored once, then one `webhook` job for each endpoint that wants them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.callers import Caller

from .. import actions
from ..actions import Submission
from ..handle import JobHandle
from ..payloads import InvalidPayload
from ..submission import Options
from ..timestamps import iso
from . import endpoints
from .models import WebhookDelivery, WebhookEndpoint, WebhookMessage

#: Attempts at one endpoint; with the waits of jobs/policy they reach over 75 hours.
ATTEMPTS = 10
MOST_DATA_BYTES = 256 * 1024
TEST_EVENT = "webhook.test"


class EndpointInactive(Exception):
    """The endpoint is disabled; enable it first."""

    code = "endpoint_inactive"


@dataclass(frozen=True, kw_only=True)
class Published:
    message: WebhookMessage
    jobs: list[JobHandle]


def visible(caller: Caller) -> QuerySet[WebhookMessage]:
    messages = WebhookMessage.objects.all()
    return messages if caller.is_admin else messages.filter(tenant_id__in=endpoints.managed_tenants(caller))


def visible_deliveries(caller: Caller) -> QuerySet[WebhookDelivery]:
    deliveries = WebhookDelivery.objects.select_related("message", "endpoint")
    return deliveries if caller.is_admin else deliveries.filter(tenant_id__in=endpoints.managed_tenants(caller))


def publish(
    *, tenant_id: str, event_type: object, data: object, by: Caller, request_id: str | None = None
) -> Published:
    """Tell the tenant's subscribed endpoints, in the caller's transaction. Raises InvalidPayload naming the field.

    event_type: a dotted name in lower case. data: a JSON object of at most 256 KiB.
    """
    name, content = _checked(event_type, data)
    with transaction.atomic():
        message = store(tenant_id=tenant_id, event_type=name, data=content, created_by=by.user_id)
        to = list(endpoints.subscribed(tenant_id, name))
        _audit("webhook.publish", message, by, request_id, eventType=name, endpoints=len(to))
        return Published(message=message, jobs=enqueue([(message, endpoint) for endpoint in to], by=by))


def send_test(*, endpoint: WebhookEndpoint, by: Caller, request_id: str | None = None) -> Published:
    """A message to this endpoint alone, whatever it subscribed to. Raises EndpointInactive."""
    _check_active(endpoint)
    data = {"endpointId": endpoint.public_id, "sentBy": by.name, "sentAt": iso(timezone.now())}
    with transaction.atomic():
        message = store(tenant_id=endpoint.tenant_id, event_type=TEST_EVENT, data=data, created_by=by.user_id)
        _audit("webhook.test", message, by, request_id, endpoint=endpoint.public_id)
        return Published(message=message, jobs=enqueue([(message, endpoint)], by=by))


def resend(*, delivery: WebhookDelivery, by: Caller, request_id: str | None = None) -> Published:
    """The same message to the same endpoint again: same webhook-id, new timestamp. Raises EndpointInactive."""
    if delivery.endpoint is None:
        raise EndpointInactive("The endpoint of this delivery was removed; there is nowhere to send it.")
    _check_active(delivery.endpoint)
    with transaction.atomic():
        _audit("webhook.resend", delivery.message, by, request_id, delivery=delivery.public_id)
        return Published(message=delivery.message, jobs=enqueue([(delivery.message, delivery.endpoint)], by=by))


def store(
    *,
    tenant_id: str,
    event_type: str,
    data: dict[str, Any],
    created_by: str,
    callback_url: str | None = None,
    source_event: int | None = None,
) -> WebhookMessage:
    return WebhookMessage.objects.create(
        public_id=endpoints.new_id("msg"),
        tenant_id=tenant_id,
        event_type=event_type,
        data=data,
        created_by=created_by,
        callback_url=callback_url,
        source_event=source_event,
        created_at=timezone.now(),
    )


def enqueue(to: Sequence[tuple[WebhookMessage, WebhookEndpoint]], *, by: Caller) -> list[JobHandle]:
    """One job per message and endpoint. Tenants' limits on waiting jobs do not count these."""
    return actions.enqueue_many(
        [
            Submission(
                type="webhook",
                data={
                    "tenantId": message.tenant_id,
                    "messageId": message.public_id,
                    "eventType": message.event_type,
                    "endpointId": endpoint.public_id,
                },
                options=Options(attempts=ATTEMPTS),
            )
            for message, endpoint in to
        ],
        by=by,
        within_limits=False,
    )


def body_of(message: WebhookMessage) -> dict[str, Any]:
    """What receivers get."""
    return {
        "id": message.public_id,
        "event": message.event_type,
        "tenantId": message.tenant_id,
        "createdAt": iso(message.created_at),
        "data": message.data,
    }


def _checked(event_type: object, data: object) -> tuple[str, dict[str, Any]]:
    problems = {}
    if not endpoints.is_event_type(event_type):
        problems["eventType"] = endpoints.EVENT_TYPE_RULE
    if not isinstance(data, Mapping):
        problems["data"] = "must be an object"
    elif len(json.dumps(data)) > MOST_DATA_BYTES:
        problems["data"] = f"is larger than {MOST_DATA_BYTES // 1024} KiB"
    if problems or not isinstance(data, Mapping):
        raise InvalidPayload(problems)
    return str(event_type), dict(data)


def _check_active(endpoint: WebhookEndpoint) -> None:
    if not endpoint.active:
        raise EndpointInactive("The endpoint is disabled; set active to true first.")


def _audit(action: str, message: WebhookMessage, by: Caller, request_id: str | None, **details: Any) -> None:
    audit.record(
        caller=by,
        action=action,
        target_type="webhook_message",
        target_id=message.public_id,
        tenant_id=message.tenant_id,
        details=details,
        request_id=request_id,
    )
