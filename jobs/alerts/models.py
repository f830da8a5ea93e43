"""Alerts, each from its start to its end, and how far failures were mailed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Alert(models.Model):
    """A rule that found something wrong with a subject. Active until `resolved_at`."""

    rule = models.CharField(max_length=32)
    #: A queue, a worker, a job's id, or empty where the rule is about the whole.
    subject = models.CharField(max_length=200, db_default="")
    #: The queue it is about, empty where there is none.
    queue = models.CharField(max_length=64, db_default="")
    severity = models.CharField(max_length=16)
    message = models.TextField()
    value = models.FloatField(null=True)
    threshold = models.FloatField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True)
    last_notified_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=200, db_default="")
    note = models.TextField(db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "subject"], name="jobs_alert_one_active", condition=Q(resolved_at__isnull=True)
            ),
            models.CheckConstraint(condition=Q(severity__in=["warning", "critical"]), name="jobs_alert_severity"),
        ]
        indexes: ClassVar = [models.Index(fields=["-started_at"], name="jobs_alert_started")]

    def __str__(self) -> str:
        return self.message


class FailureDigest(models.Model):
    """How far the failures of a queue were put into digests, and when one was sent last."""

    queue = models.CharField(max_length=64, primary_key=True)
    covered_until = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.queue} until {self.covered_until}"
