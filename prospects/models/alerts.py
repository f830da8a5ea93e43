"""Reasons to look at a portfolio company, found when its health was scored."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from .base import Owned
from .companies import Company
from .scores import HealthScore


class HealthAlert(Owned):
    """A health score that fell far within a month, or changed its grade. At most one per score."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="health_alerts", db_index=False)
    health_score = models.OneToOneField(HealthScore, on_delete=models.CASCADE, related_name="alert")
    #: A person has looked: it leaves the list of what waits.
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    reason = models.CharField(max_length=200, help_text="Such as: fell by 12.50 points within 30 days.")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["company", "-created_at"], name="health_alert_of_company"),
            models.Index(fields=["tenant_id", "-created_at"], name="health_alert_newest_first"),
            models.Index(
                fields=["tenant_id", "-id"],
                name="health_alert_waiting",
                condition=models.Q(acknowledged_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.reason
