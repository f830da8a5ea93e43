"""Webhook endpoints, messages and deliveries."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from .words import Count, Time


class Webhook(TypedDict):
    """successRate and what follows it: how its latest deliveries went; null before the first."""

    id: str
    tenantId: str
    url: str
    description: str | None
    events: list[str]
    active: bool
    disabledReason: str | None
    disabledAt: Time | None
    successRate: float | None
    lastStatusCode: int | None
    lastError: str | None
    lastDeliveryAt: Time | None
    createdAt: Time
    updatedAt: Time


class MadeWebhook(Webhook):
    secret: Annotated[str, Field(description="Signs its deliveries. Shown this once.")]


class Webhooks(TypedDict):
    limit: int
    offset: Count
    count: Count
    total: Count
    webhooks: list[Webhook]


class RotatedSecret(TypedDict):
    """overlapSeconds: so long the secret before it signs beside it."""

    id: str
    secret: str
    overlapSeconds: int


class CallbackSecret(TypedDict):
    tenantId: str
    secret: str


class RotatedCallbackSecret(CallbackSecret):
    overlapSeconds: int


class Message(TypedDict):
    id: str
    tenantId: str
    eventType: str
    data: dict[str, Any]
    createdAt: Time


class Messages(TypedDict):
    limit: int
    offset: Count
    count: Count
    hasMore: bool
    messages: list[Message]


class JobLink(TypedDict):
    id: str
    pollUrl: str


class Published(TypedDict):
    """count: endpoints that are told, each by a job."""

    message: Message
    count: Count
    jobs: list[JobLink]


class DeliveryError(TypedDict):
    code: str
    message: str


class Delivery(TypedDict):
    """One attempt to deliver a message."""

    id: str
    messageId: str
    eventType: str
    endpointId: str | None
    tenantId: str
    jobId: str | None
    url: str
    attempt: int
    succeeded: bool
    statusCode: int | None
    durationMs: int | None
    error: DeliveryError | None
    responseExcerpt: str | None
    sentAt: Time


class Deliveries(TypedDict):
    limit: int
    offset: Count
    count: Count
    hasMore: bool
    deliveries: list[Delivery]
