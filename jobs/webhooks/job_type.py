"""The job type `webhook`."""

from typing import Annotated, Any

from pydantic import StringConstraints

from ..payloads import EntityId, Payload
from ..registry import job_type
from ..running import RunningJob
from . import delivery

EventType = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Webhook(Payload):
    """endpoint_id: this endpoint alone; without it every endpoint that is subscribed to the event."""

    tenant_id: EntityId
    message_id: EntityId
    event_type: EventType
    endpoint_id: EntityId | None = None


@job_type("webhook", payload=Webhook, requires_tenant=True, related="endpoint_id")
def webhook(payload: Webhook, job: RunningJob) -> dict[str, Any]:
    return delivery.deliver(
        tenant_id=payload.tenant_id,
        message_id=payload.message_id,
        event_type=payload.event_type,
        endpoint_id=payload.endpoint_id,
        job=job,
    )
