"""Files of values that were uploaded, on their way into series."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from .base import Owned, one_of
from .series import ValueImport


class UploadStatus(models.TextChoices):
    DRAFT = "draft", "To be confirmed"
    RUNNING = "running", "Running"
    DONE = "done", "Done"


class ValueUpload(Owned):
    """One uploaded file. What a job made of it says `value_import`; `repeated`: it was known already."""

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=UploadStatus.choices, default=UploadStatus.DRAFT)
    file_name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    job_id = models.CharField(max_length=200, blank=True)
    value_import = models.ForeignKey(ValueImport, on_delete=models.PROTECT, null=True, related_name="+")
    repeated = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            one_of("status", UploadStatus, "value_upload_status_is_known"),
            models.CheckConstraint(
                condition=~models.Q(status="done") | models.Q(value_import__isnull=False),
                name="value_upload_that_is_done_has_an_import",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "-id"], name="value_upload_of_organisation")]

    def __str__(self) -> str:
        return self.file_name


class UploadPiece(models.Model):
    """A part of the file, kept until the file has been read: nobody holds a large one in memory."""

    upload = models.ForeignKey(ValueUpload, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["upload_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "number"], name="upload_piece_has_its_place"),
        ]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.upload_id}"
