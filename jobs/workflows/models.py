"""Who waits for whom, and the workflows that jobs are steps of.

Written by the statements in jobs/workflows/ and by a trigger; the ORM reads.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from .words import CONTINUE, ENDED, ENDS, FAIL, Kind, WorkflowStatus


class Dependency(models.Model):
    """`job` waits for `depends_on_id`, which may be removed while the edge stays.

    outcome: how the other job ended, null while it has not. satisfied_at: since when this edge holds
    the job back no longer. An edge with an outcome that is not satisfied has failed the job.
    """

    job = models.ForeignKey("jobs.Job", on_delete=models.DO_NOTHING, db_constraint=False, related_name="dependencies")
    depends_on_id = models.BigIntegerField()
    depends_on = models.CharField(max_length=200)
    #: What the job calls the other one; a step's name in a workflow.
    name = models.CharField(max_length=64, db_default="")
    on_failure = models.CharField(max_length=8, db_default=FAIL)
    outcome = models.CharField(max_length=16, null=True)  # noqa: DJ001  absent is null in the API
    satisfied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "dependencies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "depends_on_id"], name="jobs_dependency_once"),
            # Jobs wait for older jobs only, so a cycle cannot be stored.
            models.CheckConstraint(condition=Q(job_id__gt=F("depends_on_id")), name="jobs_dependency_acyclic"),
            models.CheckConstraint(condition=Q(on_failure__in=[FAIL, CONTINUE]), name="jobs_dependency_on_failure"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True) | Q(outcome__in=ENDS), name="jobs_dependency_outcome"
            ),
            models.CheckConstraint(
                condition=Q(satisfied_at__isnull=True)
                | (Q(outcome__isnull=False) & (Q(outcome="completed") | Q(on_failure=CONTINUE))),
                name="jobs_dependency_satisfied",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["depends_on_id"], name="jobs_dependency_of"),
            models.Index(fields=["job"], name="jobs_dependency_unmet", condition=Q(satisfied_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"job {self.job_id} on {self.depends_on}"


class Notice(models.Model):
    """A followed job ended, came back or was removed (by trigger), or a job with new dependencies is to be checked.

    Written in the transaction of the change; jobs/workflows/release.py takes it and acts on it.
    """

    job_id = models.BigIntegerField()
    #: Of a job that ended: its state then, which outlives the job itself.
    outcome = models.CharField(max_length=16, null=True)  # noqa: DJ001
    check_job = models.BooleanField(db_default=False)
    #: What outlives a job that is gone; null in requests to check. ended: its state, or `removed` where it had none.
    public_id = models.CharField(max_length=200, null=True)  # noqa: DJ001
    type = models.CharField(max_length=64, null=True)  # noqa: DJ001
    tenant_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    ended = models.CharField(max_length=16, null=True)  # noqa: DJ001

    def __str__(self) -> str:
        return f"{'check' if self.check_job else self.outcome or 'back'} {self.job_id}"


class Workflow(models.Model):
    """Jobs that belong together. Counts and status follow the jobs; see release.py."""

    public_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=8, db_default=Kind.WORKFLOW)
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=16, db_default=WorkflowStatus.RUNNING)
    user_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    tenant_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    correlation_id = models.CharField(max_length=200, null=True)  # noqa: DJ001
    #: A batch's job that runs once all others have ended.
    callback_id = models.BigIntegerField(null=True, unique=True)
    total = models.IntegerField()
    completed = models.IntegerField(db_default=0)
    failed = models.IntegerField(db_default=0)
    cancelled = models.IntegerField(db_default=0)
    removed = models.IntegerField(db_default=0)
    cancel_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=[str(k) for k in Kind]), name="jobs_workflow_kind"),
            models.CheckConstraint(
                condition=Q(status=WorkflowStatus.RUNNING, finished_at__isnull=True)
                | Q(status__in=ENDED, finished_at__isnull=False),
                name="jobs_workflow_finished_when_ended",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("completed") + F("failed") + F("cancelled") + F("removed")),
                name="jobs_workflow_counts",
            ),
            models.CheckConstraint(
                condition=Q(status=WorkflowStatus.RUNNING)
                | Q(total=F("completed") + F("failed") + F("cancelled") + F("removed")),
                name="jobs_workflow_ended_when_all_have",
            ),
            models.CheckConstraint(
                condition=Q(callback_id__isnull=True) | Q(kind=Kind.BATCH), name="jobs_workflow_callback_of_batch"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "-id"], name="jobs_workflow_tenant"),
            models.Index(fields=["user_id", "-id"], name="jobs_workflow_user"),
            models.Index(fields=["status", "-id"], name="jobs_workflow_status"),
            models.Index(fields=["finished_at"], name="jobs_workflow_ended", condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.public_id


class Step(models.Model):
    """One job of a workflow. Outlives the job: `outcome` is the end it came to, null while it has none."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=64)
    #: Place in the workflow: a step comes after all it depends on.
    place = models.IntegerField()
    job_id = models.BigIntegerField(db_index=True)
    public_id = models.CharField(max_length=200)
    type = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, null=True)  # noqa: DJ001

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workflow", "name"], name="jobs_step_name_once"),
            models.UniqueConstraint(fields=["workflow", "job_id"], name="jobs_step_job_once"),
            models.CheckConstraint(condition=Q(outcome__isnull=True) | Q(outcome__in=ENDS), name="jobs_step_outcome"),
        ]

    def __str__(self) -> str:
        return self.name
