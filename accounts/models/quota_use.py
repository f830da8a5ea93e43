"""What has been used of a monthly quota; written by accounts/quotas.py only."""

from typing import ClassVar

from django.db import models


class QuotaUse(models.Model):
    subject = models.CharField(max_length=100, help_text="Whose quota: a user's public id, or any other stable id.")
    kind = models.CharField(max_length=50, help_text="Of what, such as research.")
    month = models.DateField(help_text="First day of the month, UTC.")
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "quota use"
        ordering: ClassVar = ["-month", "subject", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "kind", "month"], name="quota_use_is_unique"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="quota_month_is_a_first_day"),
            models.CheckConstraint(condition=~models.Q(subject="") & ~models.Q(kind=""), name="quota_use_is_complete"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.used} of {self.kind} in {self.month:%Y-%m}"
