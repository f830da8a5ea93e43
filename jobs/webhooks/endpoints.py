"""Endpoints and their secrets: the verbs, and who may see what."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts import audit
from accounts.callers import Caller, system_caller
from accounts.roles import Role

from ..payloads import InvalidPayload
from .models import WebhookEndpoint, WebhookSecret
from .signing import new_secret
from .transport import checked_url

#: How long the secret before a rotation still signs beside the new one.
OVERLAP = timedelta(hours=24)
MOST_ENDPOINTS = 100
MOST_EVENTS = 50
EVERYTHING = "*"
EVENT_TYPE = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+\Z")
EVENT_TYPE_RULE = "must be a dotted name in lower case, such as calc.batch.completed"


class TooManyEndpoints(Exception):
    """The organisation has as many endpoints as it may; remove one first."""

    code = "too_many_endpoints"


@dataclass(frozen=True, kw_only=True)
class Issued:
    """An endpoint and the secret that is shown this once."""

    endpoint: WebhookEndpoint
    secret: str


def visible(caller: Caller) -> QuerySet[WebhookEndpoint]:
    """Subscriptions that the caller manages: all for admins, else those of the tenants they administer."""
    endpoints = WebhookEndpoint.objects.filter(kind=WebhookEndpoint.SUBSCRIPTION)
    return endpoints if caller.is_admin else endpoints.filter(tenant_id__in=managed_tenants(caller))


def managed_tenants(caller: Caller) -> list[str]:
    return sorted(caller.tenants) if caller.role >= Role.TENANT_ADMIN else []


def subscribed(tenant_id: str, event_type: str) -> QuerySet[WebhookEndpoint]:
    wanted = Q(events__contains=[event_type]) | Q(events__contains=[EVERYTHING])
    own = WebhookEndpoint.objects.filter(tenant_id=tenant_id, kind=WebhookEndpoint.SUBSCRIPTION, active=True)
    return own.filter(wanted).order_by("id")


def checked_events(events: object) -> list[str]:
    """Event types to subscribe to. Raises ValueError with the sentence for the caller."""
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        raise ValueError(f"must be a list of 1 to {MOST_EVENTS} event types, or of * alone for all")
    for name in events:
        if name != EVERYTHING and not is_event_type(name):
            raise ValueError(f"{str(name)[:60]!r} {EVENT_TYPE_RULE}, or *")
    return list(dict.fromkeys(events))


def is_event_type(name: object) -> bool:
    return isinstance(name, str) and len(name) <= 100 and bool(EVENT_TYPE.match(name))


def checked_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Values of an endpoint from a caller's fields. Raises InvalidPayload naming each that is wrong."""
    parsers = {"url": checked_url, "events": checked_events, "active": _flag, "description": _description}
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in given:
        try:
            values[name] = parsers[name](given[name])
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise InvalidPayload(problems)
    return values


def create(*, tenant_id: str, values: Mapping[str, Any], by: Caller, request_id: str | None = None) -> Issued:
    """values: checked ones, `url` and `events` among them. Raises TooManyEndpoints."""
    with transaction.atomic():
        if WebhookEndpoint.objects.filter(tenant_id=tenant_id).count() >= MOST_ENDPOINTS:
            raise TooManyEndpoints(f"An organisation has at most {MOST_ENDPOINTS} endpoints; remove one first.")
        active = values.get("active", True)
        endpoint = WebhookEndpoint.objects.create(
            public_id=new_id("whe"),
            tenant_id=tenant_id,
            url=values["url"],
            events=values["events"],
            description=values.get("description", ""),
            created_by=by.user_id,
            **_activity(active),
        )
        secret = _first_secret(endpoint)
        _audit("webhook.create", endpoint, by, request_id, **_shown(values))
    endpoint.refresh_from_db()
    return Issued(endpoint=endpoint, secret=secret)


def change(
    *, endpoint: WebhookEndpoint, values: Mapping[str, Any], by: Caller, request_id: str | None = None
) -> WebhookEndpoint:
    """values: checked ones; what is not among them stays."""
    changes = dict(values)
    active = changes.pop("active", None)
    if active is not None and active != endpoint.active:
        changes |= _activity(active)
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**changes, updated_at=Now())
        _audit("webhook.change", endpoint, by, request_id, **_shown(values))
    endpoint.refresh_from_db()
    return endpoint


def remove(*, endpoint: WebhookEndpoint, by: Caller, request_id: str | None = None) -> None:
    """Remove an endpoint with its secrets. Its deliveries stay in the records of their messages."""
    with transaction.atomic():
        _audit("webhook.remove", endpoint, by, request_id, **_shown({"url": endpoint.url}))
        endpoint.delete()


def rotate(*, endpoint: WebhookEndpoint, by: Caller, request_id: str | None = None) -> Issued:
    """A new secret. Until OVERLAP has passed the one before signs as well."""
    with transaction.atomic():
        WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
        endpoint.secrets.filter(expires_at__isnull=True).update(expires_at=timezone.now() + OVERLAP)
        endpoint.secrets.filter(expires_at__lt=timezone.now()).delete()
        secret = _first_secret(endpoint)
        _audit("webhook.rotate_secret", endpoint, by, request_id)
    return Issued(endpoint=endpoint, secret=secret)


def disable_gone(endpoint: WebhookEndpoint) -> bool:
    """The endpoint answered 410: it wants nothing any more. False where it was disabled already."""
    with transaction.atomic():
        changed = WebhookEndpoint.objects.filter(pk=endpoint.pk, active=True, kind=WebhookEndpoint.SUBSCRIPTION).update(
            active=False, disabled_reason="gone", disabled_at=Now(), updated_at=Now()
        )
        if changed:
            _audit("webhook.disable", endpoint, system_caller(), None, reason="answered 410 Gone")
    return bool(changed)


def callbacks_of(tenant_id: str) -> WebhookEndpoint:
    """The organisation's holder of the secret that signs notices to jobs' own URLs; made when first needed."""
    with transaction.atomic():
        endpoint, made = WebhookEndpoint.objects.get_or_create(
            tenant_id=tenant_id, kind=WebhookEndpoint.CALLBACKS, defaults={"public_id": new_id("whe")}
        )
        if made:
            _first_secret(endpoint)
    return endpoint


def valid_secrets(endpoint: WebhookEndpoint, at: datetime) -> list[str]:
    """Newest first."""
    valid = endpoint.secrets.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at)).order_by("-id")
    return [row.secret for row in valid]


def current_secret(endpoint: WebhookEndpoint) -> WebhookSecret:
    return endpoint.secrets.get(expires_at__isnull=True)


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def _first_secret(endpoint: WebhookEndpoint) -> str:
    secret = new_secret()
    WebhookSecret.objects.create(endpoint=endpoint, secret=secret)
    return secret


def _activity(active: bool) -> dict[str, Any]:
    if active:
        return {"active": True, "disabled_reason": "", "disabled_at": None}
    return {"active": False, "disabled_reason": "operator", "disabled_at": timezone.now()}


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the audit trail keeps them: people put keys into queries."""
    return {name: value.partition("?")[0] if name == "url" else value for name, value in values.items()}


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _description(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError("must be a text of at most 200 characters")
    return value


def _audit(action: str, endpoint: WebhookEndpoint, by: Caller, request_id: str | None, **details: Any) -> None:
    audit.record(
        caller=by,
        action=action,
        target_type="webhook",
        target_id=endpoint.public_id,
        tenant_id=endpoint.tenant_id,
        details=details,
        request_id=request_id,
    )
