"""Acknowledging: somebody has seen the alert, so it is not repeated; it still resolves by itself."""

from django.db import transaction
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller

from .models import Alert

LONGEST_NOTE = 1000


@transaction.atomic
def acknowledge(*, alert_id: int, note: str, by: Caller) -> bool:
    """False where the alert is over, or somebody was first: nothing is changed then."""
    changed = Alert.objects.filter(pk=alert_id, resolved_at__isnull=True, acknowledged_at__isnull=True).update(
        acknowledged_at=Now(), acknowledged_by=by.name[:200], note=note[:LONGEST_NOTE]
    )
    if changed:
        audit.record(
            caller=by, action="alert.acknowledge", target_type="alert", target_id=str(alert_id), details={"note": note}
        )
    return bool(changed)
