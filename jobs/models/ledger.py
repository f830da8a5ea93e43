"""The ledger: jobs, their attempts, and what handlers wrote about them.

Hot rows are written by the statements in jobs/ledger/; the ORM reads them and serves admin.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ..states import STORED, TERMINAL, DelayReason, Outcome, Status

_TERMINAL = [str(status) for status in sorted(TERMINAL)]


class Job(models.Model):
    """One piece of work. `run` is the fence: it grows with every claim and settles only its own."""

    public_id = models.CharField(max_length=200, unique=True)
    type = models.CharField(max_length=64)
    queue = models.CharField(max_length=64)
    status = models.CharField(max_length=16, db_default=Status.WAITING)
    delay_reason = models.CharField(max_length=16, null=True)  # noqa: DJ001  absent is null in the API
    data = models.JSONField(db_default={})
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    error_type = models.CharField(max_length=32, null=True)  # noqa: DJ001
    error_message = models.TextField(null=True)  # noqa: DJ001
    progress = models.SmallIntegerField(db_default=0)
    stage = models.CharField(max_length=200, db_default="")
    #: Executions ever started; the fencing token of the current one.
    run = models.IntegerField(db_default=0)
    attempts_made = models.IntegerField(db_default=0)
    max_attempts = models.SmallIntegerField()
    #: Manual retries that were granted; bounded by DLQ_MAX_REDRIVES.
    redrives = models.SmallIntegerField(db_default=0)
    interruptions = models.IntegerField(db_default=0)
    losses = models.IntegerField(db_default=0)
    #: Runs next in a process slot of its own, for the worker that ran it last was lost.
    isolated = models.BooleanField(db_default=False)
    priority = models.SmallIntegerField(db_default=0)
    delay_ms = models.BigIntegerField(null=True)
    timeout_ms = models.IntegerField()
    duration_ms = models.BigIntegerField(null=True)
    related_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    user_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    tenant_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    correlation_id = models.CharField(max_length=200, null=True)  # noqa: DJ001
    #: Public id of the job that this one repeats with edited data.
    rerun_of = models.CharField(max_length=200, null=True)  # noqa: DJ001
    #: W3C trace context of the submission, where tracing was on.
    trace_parent = models.CharField(max_length=55, null=True)  # noqa: DJ001
    worker = models.CharField(max_length=200, null=True)  # noqa: DJ001
    lease_until = models.DateTimeField(null=True)
    #: When the dispatcher handed out a start to this job; gated queues only.
    permitted_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    archived = models.BooleanField(db_default=False)
    #: Somebody waits for its end (a dependent, a workflow): a trigger then writes a Notice of it.
    followed = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    first_failed_at = models.DateTimeField(null=True)
    run_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=[str(s) for s in STORED]), name="jobs_job_status"),
            models.CheckConstraint(condition=Q(progress__range=(0, 100)), name="jobs_job_progress"),
            models.CheckConstraint(condition=Q(priority__range=(-100, 1000)), name="jobs_job_priority"),
            models.CheckConstraint(
                condition=Q(status="active", lease_until__isnull=False, worker__isnull=False)
                | (~Q(status="active") & Q(lease_until__isnull=True)),
                name="jobs_job_lease_while_active",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_TERMINAL, finished_at__isnull=False)
                | (~Q(status__in=_TERMINAL) & Q(finished_at__isnull=True)),
                name="jobs_job_finished_when_terminal",
            ),
            models.CheckConstraint(
                condition=Q(status="delayed", delay_reason__in=[str(r) for r in DelayReason])
                | (~Q(status="delayed") & Q(delay_reason__isnull=True)),
                name="jobs_job_delay_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="delayed") | Q(run_at__isnull=False) | Q(delay_reason="dependency"),
                name="jobs_job_due_when_delayed",
            ),
            models.CheckConstraint(
                condition=Q(archived=False) | Q(status__in=_TERMINAL), name="jobs_job_archived_when_terminal"
            ),
        ]
        indexes: ClassVar = [
            # What may start next, in the order it starts.
            models.Index(
                F("queue"),
                F("priority").desc(),
                F("id"),
                name="jobs_job_ready",
                condition=Q(status__in=["waiting", "rate-limited"]),
            ),
            # The queue that shares its slots among endpoints walks them; see jobs/ledger/fair.py.
            models.Index(
                F("related_id"),
                F("priority").desc(),
                F("id"),
                name="jobs_job_fair",
                condition=Q(status__in=["waiting", "rate-limited"], queue="webhooks", related_id__isnull=False),
            ),
            models.Index(fields=["run_at"], name="jobs_job_due", condition=Q(status="delayed")),
            models.Index(fields=["lease_until"], name="jobs_job_lease", condition=Q(status="active")),
            models.Index(
                fields=["queue", "permitted_at"], name="jobs_job_permitted", condition=Q(permitted_at__isnull=False)
            ),
            models.Index(
                fields=["queue", "status", "finished_at"],
                name="jobs_job_finished",
                condition=Q(finished_at__isnull=False, archived=False),
            ),
            # Dead letters of all queues, the latest first.
            models.Index(
                F("finished_at").desc(),
                F("id").desc(),
                name="jobs_job_letters",
                condition=Q(status__in=["failed", "dead"], archived=False),
            ),
            # What ended lately, archived or not: the performance figures of the last minutes.
            models.Index(fields=["finished_at"], name="jobs_job_ended", condition=Q(finished_at__isnull=False)),
            models.Index(fields=["related_id", "id"], name="jobs_job_related", condition=Q(related_id__isnull=False)),
            models.Index(fields=["rerun_of"], name="jobs_job_rerun", condition=Q(rerun_of__isnull=False)),
            models.Index(fields=["user_id", "id"], name="jobs_job_user", condition=Q(user_id__isnull=False)),
            models.Index(fields=["tenant_id", "id"], name="jobs_job_tenant", condition=Q(tenant_id__isnull=False)),
            models.Index(fields=["type", "id"], name="jobs_job_type"),
        ]

    def __str__(self) -> str:
        return self.public_id


class Attempt(models.Model):
    """One execution of a job. Open while `finished_at` is null."""

    job = models.ForeignKey(Job, on_delete=models.DO_NOTHING, db_constraint=False, related_name="attempts")
    run = models.IntegerField()
    #: Counts the job's own executions; interrupted and lost ones repeat their number.
    attempt = models.IntegerField()
    worker = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    duration_ms = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=16, null=True)  # noqa: DJ001
    error = models.JSONField(null=True)
    error_type = models.CharField(max_length=32, null=True)  # noqa: DJ001
    traceback = models.TextField(null=True)  # noqa: DJ001
    next_delay_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "run"], name="jobs_attempt_once_per_run"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, finished_at__isnull=True)
                | Q(outcome__in=[str(o) for o in Outcome], finished_at__isnull=False),
                name="jobs_attempt_outcome_when_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.run} of job {self.job_id}"


class LogLine(models.Model):
    """A line a handler wrote about its own job."""

    job = models.ForeignKey(Job, on_delete=models.DO_NOTHING, db_constraint=False, related_name="log_lines")
    run = models.IntegerField()
    at = models.DateTimeField(db_default=Now())
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
