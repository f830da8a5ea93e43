"""A bulk action and how far it has come. Its job may be killed and run again: it goes on from here."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

ACTIONS = ("retry", "cancel", "run-now", "priority", "bury", "remove")


class BulkAction(models.Model):
    """`query` is what to find, among jobs up to `newest_id`: none that came later is touched.

    position: jobs from here on are behind us. run: the run of the job that may write; a later one
    shuts the earlier out.
    """

    action = models.CharField(max_length=16)
    query = models.TextField()
    priority = models.SmallIntegerField(null=True)
    #: Whether retry takes dead jobs too.
    force = models.BooleanField(db_default=False)
    #: The caller who asked, whose sight and name it has.
    actor = models.JSONField()
    newest_id = models.BigIntegerField()
    position = models.BigIntegerField()
    #: Matches when it was asked for; 0 where they were too many to count.
    expected = models.IntegerField(db_default=0)
    run = models.IntegerField(db_default=0)
    done = models.IntegerField(db_default=0)
    skipped = models.IntegerField(db_default=0)
    failed = models.IntegerField(db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "jobs"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(action__in=ACTIONS), name="jobs_bulkaction_action"),
            models.CheckConstraint(
                condition=~Q(action="priority") | Q(priority__isnull=False), name="jobs_bulkaction_priority"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} of {self.query or 'all jobs'}"
