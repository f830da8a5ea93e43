"""The job type that tells one member of the team of health alerts."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from pydantic import Field

from accounts.mails import mail_kind, send_mail
from accounts.models import User
from jobs.payloads import Payload
from jobs.policy import exponential
from jobs.registry import job_type
from jobs.running import RunningJob

from ..models import HealthAlert
from .alerts import MAIL_TYPE, team_of

LISTED = 20

HEALTH_ALERTS = mail_kind(
    name="health-alerts",
    label="Health alerts",
    preference="notify_health_alerts",
    samples={
        "name": "Ana",
        "count": "2 new health alerts",
        "headline": "Acme Foods: health grade changed from B to C",
        "alerts": "Acme Foods: grade changed from B to C\nBest Roofing: fell by 12.50 points within 30 days",
        "link": "https://quarry.example.com/prospects/alerts",
    },
)


class HealthAlertsMail(Payload):
    """alert_ids: rows of HealthAlert."""

    user: str
    alert_ids: list[int] = Field(min_length=1)


@job_type(
    MAIL_TYPE,
    queue="default",
    payload=HealthAlertsMail,
    attempts=10,
    backoff=exponential(seconds=90),
    internal=True,
)
def tell_member(payload: HealthAlertsMail, job: RunningJob) -> dict[str, Any]:
    """Ten attempts, the last about a day after the first: a mail server may be down for a night."""
    tenant_id = job.tenant_id or ""
    user = team_of(tenant_id).filter(public_id=payload.user).first()
    of_tenant = HealthAlert.objects.filter(pk__in=payload.alert_ids, tenant_id=tenant_id)
    alerts = list(of_tenant.select_related("company").order_by("pk"))
    if user is None or not alerts:
        return {"sent": False}
    job.progress(50, "sending")
    return {"sent": tell(user=user, alerts=alerts)}


def tell(*, user: User, alerts: Sequence[HealthAlert]) -> bool:
    """Send the mail. False where the user has switched such mails off meanwhile."""
    number = len(alerts)
    lines = [f"{one.company}: {one.reason}" for one in alerts[:LISTED]]
    if number > LISTED:
        lines.append(f"… and {number - LISTED} more")
    count = f"{number} new health alert{'s' if number != 1 else ''}"
    first = f"{alerts[0].company}: health {alerts[0].reason}"
    values = {
        "name": user.get_short_name(),
        "count": count,
        "headline": first if number == 1 else f"{first}, and {number - 1} more",
        "alerts": "\n".join(lines),
        # Empty where PUBLIC_URL does not say under which address users reach it.
        "link": settings.PUBLIC_URL + reverse("prospects:alerts") if settings.PUBLIC_URL else "",
    }
    return send_mail(kind=HEALTH_ALERTS, to=user, values=values)
