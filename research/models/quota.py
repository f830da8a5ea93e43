"""Units of the monthly quota that research requests hold."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class QuotaUnit(models.Model):
    """One unit, taken with its job in one transaction, given back once the job turns out not to count."""

    job_id = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=100, help_text="Whose quota.")
    month = models.DateField()
    given_back_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["subject", "month"], condition=models.Q(given_back_at__isnull=True), name="quota_unit_held"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} for {self.job_id}"
