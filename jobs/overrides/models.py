"""What operators changed of the queues' policies: as it is now, and every change there was."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

#: The settings of a queue that may change at run time, by the API's names.
SETTINGS = ("concurrency", "maxConcurrency", "startLimit")


class QueueOverride(models.Model):
    """A queue's changed settings: `values` maps a setting to its value, null meaning none at all.

    A setting that is absent is as the environment has it.
    """

    queue = models.CharField(max_length=64, primary_key=True)
    values = models.JSONField(db_default={})
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "jobs"

    def __str__(self) -> str:
        return self.queue


class OverrideChange(models.Model):
    """One setting, changed once. Append-only: a trigger refuses to change or remove a row."""

    queue = models.CharField(max_length=64)
    setting = models.CharField(max_length=32)
    #: What held before and after.
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    #: Whether the setting went back to what the environment says.
    reverted = models.BooleanField(db_default=False)
    reason = models.CharField(max_length=500, db_default="")
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "jobs"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(setting__in=SETTINGS), name="jobs_override_setting"),
        ]
        indexes: ClassVar = [models.Index(fields=["queue", "-id"], name="jobs_override_history")]

    def __str__(self) -> str:
        return f"{self.setting} of {self.queue}"
