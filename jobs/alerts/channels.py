"""Telling people of an alert: jobs like any other, so that a receiver that is down is tried again."""

from typing import Any

from django.conf import settings

from .. import actions
from ..handle import JobHandle
from ..submission import Options
from ..timestamps import iso, iso_or_none
from .models import Alert

EMAIL_TYPE = "alert-email"
WEBHOOK_TYPE = "alert-webhook"


def send(alert: Alert, notice: str) -> list[JobHandle]:
    """Enqueue one job per channel, in the transaction that changed the alert."""
    told = {"notice": notice, "alert": shown(alert)}
    sent = [_enqueue(EMAIL_TYPE, {**told, "to": address}) for address in settings.ALERT_EMAILS]
    if settings.ALERT_WEBHOOK_URL:
        sent.append(_enqueue(WEBHOOK_TYPE, told))
    return sent


def shown(alert: Alert) -> dict[str, Any]:
    """An alert as JSON, for receivers."""
    return {
        "id": alert.pk,
        "rule": alert.rule,
        "subject": alert.subject,
        "queue": alert.queue or None,
        "severity": alert.severity,
        "message": alert.message,
        "value": alert.value,
        "threshold": alert.threshold,
        "startedAt": iso(alert.started_at),
        "resolvedAt": iso_or_none(alert.resolved_at),
    }


def _enqueue(type_name: str, data: dict[str, Any]) -> JobHandle:
    return actions.enqueue(type=type_name, data=data, options=Options(priority=500))
