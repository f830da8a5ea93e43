"""Evaluating the rules: alerts begin, go on and end, and each change is told in its own transaction."""

import logging
from datetime import timedelta
from enum import StrEnum

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from . import channels
from .limits import Limits, current_limits
from .models import Alert
from .rules import RULES, Finding, Rule
from .snapshot import Snapshot, take

logger = logging.getLogger("quarry.alerts")

EVERY = timedelta(seconds=60)
RENOTIFY = timedelta(minutes=30)
KEPT = timedelta(days=90)
_LOCK = 0x416C657274


class Notice(StrEnum):
    FIRING = "firing"
    STILL = "still firing"
    RESOLVED = "resolved"


def evaluate() -> None:
    """Look whether an alert begins or ends.

    Safe to run from several processes: one at a time decides.
    """
    limits = current_limits()
    apply(take(limits), limits)


@transaction.atomic
def apply(snapshot: Snapshot, limits: Limits) -> None:
    """Bring the alerts' rows into agreement with a snapshot, and tell what changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    active: dict[str, dict[str, Alert]] = {}
    for alert in Alert.objects.filter(resolved_at__isnull=True):
        active.setdefault(alert.rule, {})[alert.subject] = alert
    for rule in RULES:
        known = active.get(rule.name, {})
        findings = rule.check(snapshot, limits, frozenset(known))
        if findings is None:
            continue
        for finding in findings:
            _fire(rule, finding, known.pop(finding.subject, None))
        for gone in known.values():
            _resolve(gone)


def _fire(rule: Rule, finding: Finding, known: Alert | None) -> None:
    values = {"message": finding.message, "value": finding.value, "threshold": finding.threshold}
    if known is None:
        alert = Alert.objects.create(
            rule=rule.name, severity=rule.severity, subject=finding.subject, queue=finding.queue, **values
        )
        _tell(alert, Notice.FIRING)
        return
    Alert.objects.filter(pk=known.pk).update(**values, last_seen_at=Now())
    quiet = Q(last_notified_at__gt=Now() - RENOTIFY) | Q(acknowledged_at__isnull=False)
    if Alert.objects.filter(pk=known.pk).exclude(quiet).exists():
        known.refresh_from_db()
        _tell(known, Notice.STILL)


def _resolve(alert: Alert) -> None:
    Alert.objects.filter(pk=alert.pk).update(resolved_at=Now())
    alert.refresh_from_db()
    _tell(alert, Notice.RESOLVED)


def _tell(alert: Alert, notice: Notice) -> None:
    if notice is Notice.RESOLVED:
        logger.info("Resolved: %s", alert.message, extra={"queue": alert.queue or None})
    else:
        logger.warning("%s", alert.message, extra={"queue": alert.queue or None})
    Alert.objects.filter(pk=alert.pk).update(last_notified_at=Now())
    channels.send(alert, str(notice))


def forget() -> None:
    """Past alerts after 90 days."""
    Alert.objects.filter(resolved_at__lt=Now() - KEPT).delete()
