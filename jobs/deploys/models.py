"""Deploy marks."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Deploy(models.Model):
    """A version that went live, as its first worker or the deployment itself said."""

    version = models.CharField(max_length=100)
    note = models.CharField(max_length=500, db_default="")
    by = models.CharField(max_length=200, db_default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "jobs"
        indexes: ClassVar = [models.Index(fields=["at"], name="jobs_deploy_at")]

    def __str__(self) -> str:
        return self.version
