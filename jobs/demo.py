"""What the demonstration set shows of webhooks: an endpoint, and a message that can be delivered."""

from accounts.callers import system_caller

from .demonstration import Loaded, demo_part
from .webhooks import endpoints, messages
from .webhooks.models import WebhookEndpoint, WebhookMessage

#: A name that is reserved for documentation: nobody receives what is sent there.
URL = "https://example.com/hooks/quarry"
EVENT = "demo.loaded"


@demo_part
def load(*, tenant_id: str) -> Loaded:
    said = [f"sample webhook endpoint: {URL}, disabled"] if _ensure_endpoint(tenant_id) else []
    message = _ensure_message(tenant_id)
    data = {"tenantId": tenant_id, "messageId": message.public_id, "eventType": EVENT}
    return Loaded(said=said, examples={"webhook": data})


def _ensure_endpoint(tenant_id: str) -> bool:
    """Whether it is new. It is disabled: enabling it after its URL has been changed is for who owns one."""
    if WebhookEndpoint.objects.filter(tenant_id=tenant_id, kind=WebhookEndpoint.SUBSCRIPTION).exists():
        return False
    values = {
        "url": URL,
        "events": ["calc.batch.completed", "job.failed"],
        "description": "Sample: give it a URL of yours, then enable it.",
        "active": False,
    }
    endpoints.create(tenant_id=tenant_id, values=values, by=system_caller())
    return True


def _ensure_message(tenant_id: str) -> WebhookMessage:
    found = WebhookMessage.objects.filter(tenant_id=tenant_id, event_type=EVENT).order_by("id").first()
    if found is not None:
        return found
    data = {"text": "The demonstration set is loaded."}
    published = messages.publish(tenant_id=tenant_id, event_type=EVENT, data=data, by=system_caller())
    return published.message
