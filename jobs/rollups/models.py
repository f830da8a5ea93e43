"""The tables of the rollups. Reading and folding is in SQL; the ORM only creates them."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Rollup(models.Model):
    """What happened to the jobs of one queue and type within one step of time.

    kind: see jobs/rollups/kinds.py. label: the error class where there is one, else empty.
    step_seconds: 60, 3600, or 0 for all time, which makes counters that never fall.
    buckets: histogram of times by bucket number, see jobs/rollups/buckets.py.
    """

    step_seconds = models.IntegerField()
    start = models.DateTimeField()
    queue = models.CharField(max_length=64)
    type = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    label = models.CharField(max_length=32, db_default="")
    number = models.BigIntegerField()
    total_ms = models.BigIntegerField()
    buckets = models.JSONField(db_default={})

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["step_seconds", "queue", "start", "type", "kind", "label"], name="jobs_rollup_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["step_seconds", "start"], name="jobs_rollup_start")]

    def __str__(self) -> str:
        return f"{self.queue} {self.type}: {self.number} {self.kind} at {self.start}"


class RollupDelta(models.Model):
    """What the trigger on jobs appends, once per statement and group; the tick folds it into Rollup."""

    at = models.DateTimeField(db_default=Now())
    queue = models.CharField(max_length=64)
    type = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    label = models.CharField(max_length=32, db_default="")
    bucket = models.SmallIntegerField(null=True)
    number = models.IntegerField()
    total_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.queue} {self.type}: {self.number} {self.kind}"
