"""Reasons to look at a portfolio company, found when its health was scored."""

from typing import ClassVar

from django.db import models

from .base import Owned
from .companies import Company
from .scores import HealthScore


class HealthAlert(Owned):
    """A health score that fell far within a month, or changed its grade. At most one per score."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="health_alerts", db_index=False)
    health_score = models.OneToOneField(HealthScore, on_delete=models.CASCADE, related_name="alert")
    reason = models.CharField(max_length=200, help_text="Such as: fell by 12.50 points within 30 days.")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["company", "-created_at"], name="health_alert_of_company"),
            models.Index(fields=["tenant_id", "-created_at"], name="health_alert_newest_first"),
        ]

    def __str__(self) -> str:
        return self.reason
