"""Uploaded lists on their way into the database."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from .base import Owned, one_of


class ImportKind(models.TextChoices):
    PROSPECTS = "prospects", "Prospects"
    COMPANIES = "companies", "Companies"
    CONTACTS = "contacts", "Contacts"
    FIGURES = "figures", "Figures of companies"


class ImportStatus(models.TextChoices):
    DRAFT = "draft", "To be confirmed"
    RUNNING = "running", "Running"
    DONE = "done", "Done"


class Import(Owned):
    """One uploaded file. `position` rows of it are stored or rejected; a job that is run again goes on there."""

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    status = models.CharField(max_length=10, choices=ImportStatus.choices, default=ImportStatus.DRAFT)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    size_bytes = models.PositiveIntegerField()
    row_count = models.PositiveIntegerField()
    mapping = models.JSONField(default=dict, help_text="Field to the number of its column, from 0.")
    job_id = models.CharField(max_length=200, blank=True)
    #: The run of the job that may write; a later one shuts the earlier out.
    run = models.IntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            one_of("kind", ImportKind, "import_kind_is_known"),
            one_of("status", ImportStatus, "import_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(
                    position=models.F("created") + models.F("updated") + models.F("unchanged") + models.F("rejected")
                ),
                name="import_counts_every_row",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "-id"], name="import_of_organisation")]

    def __str__(self) -> str:
        return self.file_name


class ImportContent(models.Model):
    """The file itself, kept until every row of it is stored or rejected."""

    upload = models.OneToOneField(Import, on_delete=models.CASCADE, primary_key=True, related_name="content")
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"the content of {self.upload_id}"


class RejectedRow(models.Model):
    """A row that was not stored: its number as a spreadsheet counts, its cells, and what is wrong with which."""

    upload = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejects", db_index=False)
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    problems = models.JSONField(help_text="List of {column, message}.")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "number"], name="rejected_row_is_unique"),
        ]

    def __str__(self) -> str:
        return f"row {self.number}"
