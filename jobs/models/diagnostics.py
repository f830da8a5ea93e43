"""What the diagnostic job types leave behind."""

from django.db import models
from django.db.models.functions import Now


class DiagnosticEffect(models.Model):
    """What `diag-effect` leaves behind: one row per committed run."""

    job_id = models.BigIntegerField()
    public_id = models.CharField(max_length=200)
    attempt = models.IntegerField()
    key = models.CharField(max_length=200, db_index=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.key
