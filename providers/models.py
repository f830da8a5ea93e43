"""What all workers of all hosts share about outside sources: limits, circuits and kept answers.

The rows are written by the functions of migration 0001, each in one round trip and with Postgres' clock.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from .llm.models import ModelBudget, ModelCall, ModelMonth, ModelPrice

__all__ = ["KeptAnswer", "ModelBudget", "ModelCall", "ModelMonth", "ModelPrice", "SourceState", "Start"]


class SourceState(models.Model):
    """How a source does. The circuit is open from `opened_at` on; one trial at a time may close it."""

    name = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row, since the last answer.")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When the circuit opened; empty while closed.")
    trial = models.BigIntegerField(null=True, blank=True, help_text="Number of the call that tries whether it works.")
    trial_until = models.DateTimeField(null=True, blank=True, help_text="When that call is given up.")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="Until when the source wants no calls.")
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error_code = models.CharField(max_length=60, blank=True, default="")
    last_error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = "source"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(trial__isnull=True, trial_until__isnull=True)
                | Q(trial__isnull=False, trial_until__isnull=False, opened_at__isnull=False),
                name="trial_belongs_to_an_open_circuit",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Start(models.Model):
    """One call that started, or will at `started_at`; kept for as long as the limit's window."""

    source = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    busy_until = models.DateTimeField(null=True, help_text="Counts as under way until then, where that is limited.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "started_at"], name="start_by_source")]

    def __str__(self) -> str:
        return f"{self.source} at {self.started_at}"


class KeptAnswer(models.Model):
    """An answer that may be given again. `key` is a digest of the request, which never holds our key."""

    key = models.CharField(max_length=64, primary_key=True)
    source = models.CharField(max_length=40)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField(help_text="Packed by zlib.")
    size_bytes = models.PositiveIntegerField(help_text="As kept.")
    fetched_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-fetched_at"]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="answer_by_expiry"),
            models.Index(fields=["fetched_at"], name="answer_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.path}"
