"""What people do with health alerts, and who hears of new ones."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller
from accounts.models import User
from jobs import actions
from jobs.actions import Submission
from jobs.submission import Options

from ..models import HealthAlert

MAIL_TYPE = "health-alerts-mail"


def acknowledge(*, alert: HealthAlert, by: Caller) -> HealthAlert:
    """Somebody has looked. The first one stays on record, however often it is said."""
    with transaction.atomic():
        waiting = HealthAlert.objects.filter(pk=alert.pk, acknowledged_at__isnull=True)
        user = User.objects.filter(public_id=by.user_id).first()
        if waiting.update(acknowledged_at=Now(), acknowledged_by=user):
            audit.record(
                caller=by,
                action="health-alert.acknowledge",
                target_type="health-alert",
                target_id=str(alert.pk),
                details={"company": alert.company.key, "reason": alert.reason},
                tenant_id=alert.tenant_id or None,
            )
    alert.refresh_from_db()
    return alert


def waiting_for(tenant_id: str) -> QuerySet[HealthAlert]:
    """Alerts that nobody has acknowledged."""
    return HealthAlert.objects.filter(tenant_id=tenant_id, acknowledged_at__isnull=True)


def team_of(tenant_id: str) -> QuerySet[User]:
    """Members of the organisation who want to hear of health alerts."""
    members = User.objects.filter(memberships__organisation__slug=tenant_id, is_active=True)
    return members.filter(notify_health_alerts=True).order_by("pk")


def tell_team(*, tenant_id: str, alerts: Sequence[HealthAlert]) -> int:
    """One mail to each member about all of them. Call it in the transaction that stores them: so each is told once."""
    if not alerts:
        return 0
    ids = [alert.pk for alert in alerts]
    data = [{"user": user.public_id, "alertIds": ids, "tenantId": tenant_id} for user in team_of(tenant_id)]
    submissions = [Submission(type=MAIL_TYPE, data=one, options=Options(priority=100)) for one in data]
    return len(actions.enqueue_many(submissions, within_limits=False))
