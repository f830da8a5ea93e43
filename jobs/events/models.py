"""Events as they are stored: one row per transition."""

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """A transition, written in the transaction that made it. Kept a week; `id` orders a job's events.

    The table has a column more, `txid`: the transaction that wrote the row. See jobs/events/reading.py.
    """

    job_id = models.BigIntegerField(null=True, db_index=True)
    public_id = models.CharField(max_length=200, null=True)  # noqa: DJ001
    queue = models.CharField(max_length=64)
    type = models.CharField(max_length=64, null=True)  # noqa: DJ001
    #: Whose job it was: the job itself may be gone when the event is read.
    tenant_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    user_id = models.CharField(max_length=100, null=True)  # noqa: DJ001
    event = models.CharField(max_length=16)
    payload = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.event} {self.public_id or self.queue}"
