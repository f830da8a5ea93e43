"""What the job layer remembers beside the ledger: queues, counts, starts, workers, ticks."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class QueueState(models.Model):
    """What operators set of a queue at run time."""

    queue = models.CharField(max_length=64, primary_key=True)
    paused = models.BooleanField(db_default=False)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=200, db_default="")
    pause_reason = models.CharField(max_length=500, db_default="")

    def __str__(self) -> str:
        return self.queue


class Count(models.Model):
    """Folded counts: jobs now in a state, and entries into it ever. Add CountDelta's rows for the truth."""

    queue = models.CharField(max_length=64)
    type = models.CharField(max_length=64)
    status = models.CharField(max_length=16)
    current = models.BigIntegerField(db_default=0)
    entered = models.BigIntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["queue", "type", "status"], name="jobs_count_once")]

    def __str__(self) -> str:
        return f"{self.queue} {self.status}"


class CountDelta(models.Model):
    """Changes to the counts, appended by a trigger: appending never waits for another transaction."""

    queue = models.CharField(max_length=64)
    type = models.CharField(max_length=64)
    status = models.CharField(max_length=16)
    current = models.IntegerField()
    entered = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.queue} {self.status} {self.current:+}"


class Start(models.Model):
    """A start that counts against a window limit. Kept apart from jobs, whose removal frees no start."""

    queue = models.CharField(max_length=64)
    tenant_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    started_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["queue", "started_at"], name="jobs_start_queue"),
            models.Index(fields=["tenant_id", "started_at"], name="jobs_start_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.queue} at {self.started_at}"


class Worker(models.Model):
    """A worker process, as its own heartbeat last told."""

    name = models.CharField(max_length=200, primary_key=True)
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    group = models.CharField(max_length=64, db_default="")
    #: Queue name to slots, and queue name to slots in use.
    slots = models.JSONField(db_default={})
    busy = models.JSONField(db_default={})
    memory_mb = models.IntegerField(db_default=0)
    stopping = models.BooleanField(db_default=False)
    #: What operators want of it (jobs/worker/orders.py), and whether it takes no more jobs.
    wanted = models.CharField(max_length=8, db_default="run")
    quiet = models.BooleanField(db_default=False)
    started_at = models.DateTimeField(db_default=Now())
    heartbeat_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Tick(models.Model):
    """When each recurring repair last ran, so that several workers share one rhythm."""

    name = models.CharField(max_length=64, primary_key=True)
    last_run_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
