"""Schedules as rows: what is declared, what operators changed of it, what fired, and who is the clock."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Schedule(models.Model):
    """One schedule. What its app declares and what operators set are kept apart; `cron` and the like
    are what holds. `next_fire_at` is null while nothing shall fire."""

    name = models.CharField(max_length=64, unique=True)
    description = models.TextField(db_default="")
    type = models.CharField(max_length=64, db_default="")
    data = models.JSONField(db_default={})
    options = models.JSONField(db_default={})
    declared_cron = models.CharField(max_length=100)
    declared_time_zone = models.CharField(max_length=64)
    declared_missed = models.CharField(max_length=8)
    #: Empty where the declaration holds.
    edited_cron = models.CharField(max_length=100, db_default="", blank=True)
    edited_time_zone = models.CharField(max_length=64, db_default="", blank=True)
    edited_missed = models.CharField(max_length=8, db_default="", blank=True)
    #: As declared, or as SCHEDULE_<NAME>_ENABLED has it.
    enabled = models.BooleanField(db_default=True)
    paused = models.BooleanField(db_default=False)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=200, db_default="")
    #: No app declares it any more. It keeps its history and never fires.
    retired = models.BooleanField(db_default=False)
    next_fire_at = models.DateTimeField(null=True)
    #: After a fan-out that failed: not before this moment.
    retry_at = models.DateTimeField(null=True)
    failures = models.SmallIntegerField(db_default=0)
    last_fire_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(next_fire_at__isnull=True) | Q(enabled=True, paused=False, retired=False),
                name="jobs_schedule_next_only_while_on",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_fire_at"], name="jobs_schedule_due", condition=Q(next_fire_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def cron(self) -> str:
        return self.edited_cron or self.declared_cron

    @property
    def time_zone(self) -> str:
        return self.edited_time_zone or self.declared_time_zone

    @property
    def missed(self) -> str:
        return self.edited_missed or self.declared_missed

    @property
    def edited(self) -> bool:
        return bool(self.edited_cron or self.edited_time_zone or self.edited_missed)

    @property
    def on(self) -> bool:
        return self.enabled and not self.paused and not self.retired

    @property
    def state(self) -> str:
        if self.retired:
            return "retired"
        if not self.enabled:
            return "off"
        return "paused" if self.paused else "on"


class ScheduleFire(models.Model):
    """One occurrence, and what became of it. Once per schedule and fire time, whoever else tries."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="fires")
    fire_time = models.DateTimeField()
    trigger = models.CharField(max_length=8)
    #: fired, skipped, or failed: the function that names the jobs raised.
    outcome = models.CharField(max_length=8)
    #: Jobs it enqueued, and how many of these were there already.
    jobs = models.IntegerField(db_default=0)
    duplicates = models.IntegerField(db_default=0)
    #: The first hundred, as the API writes them.
    job_ids: models.JSONField[Any, Any] = models.JSONField(db_default=[])
    #: Why it was skipped or failed.
    note = models.TextField(db_default="")
    by = models.CharField(max_length=200, db_default="")
    fired_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "fire_time"], name="jobs_schedulefire_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["fired", "skipped", "failed"]), name="jobs_schedulefire_outcome"
            ),
            models.CheckConstraint(
                condition=Q(trigger__in=["clock", "catch-up", "manual"]), name="jobs_schedulefire_trigger"
            ),
            models.CheckConstraint(condition=Q(duplicates__lte=F("jobs")), name="jobs_schedulefire_duplicates"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} at {self.fire_time}"


class SchedulerProcess(models.Model):
    """A process of `manage.py rqscheduler`, as its own heartbeat last told."""

    name = models.CharField(max_length=200, primary_key=True)
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    #: Holds the lock; the others stand by.
    active = models.BooleanField(db_default=False)
    started_at = models.DateTimeField(db_default=Now())
    heartbeat_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "scheduler processes"

    def __str__(self) -> str:
        return self.name
