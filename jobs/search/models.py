"""The search index: one narrow row per job, written after the fact so that enqueueing pays nothing for it."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchDocument(models.Model):
    """What a job can be found by. A missing or late row hides a job from search, and does no other harm.

    No foreign key: its lock would write to the hot job rows. `event_id` is the last event that the
    row takes in.
    """

    job_id = models.BigIntegerField(primary_key=True)
    words = SearchVectorField()
    event_id = models.BigIntegerField(db_default=0)

    class Meta:
        app_label = "jobs"
        indexes: ClassVar = [GinIndex(fields=["words"], name="jobs_search_words")]

    def __str__(self) -> str:
        return f"search words of job {self.job_id}"


class SearchPending(models.Model):
    """Jobs to index again for a change that makes no event, such as their archiving."""

    job_id = models.BigIntegerField(primary_key=True)

    class Meta:
        app_label = "jobs"

    def __str__(self) -> str:
        return f"job {self.job_id}"


class SearchCursor(models.Model):
    """How far the index has come: one row.

    Every event up to `low` is indexed. `candidate` follows once the transactions that may still
    write events below it have ended: those older than `candidate_xid`.
    """

    low = models.BigIntegerField(db_default=0)
    candidate = models.BigIntegerField(db_default=0)
    candidate_xid = models.TextField(db_default="0")
    #: Changes committed before this are searchable.
    current_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "jobs"

    def __str__(self) -> str:
        return f"indexed up to event {self.low}"
