"""The audit trail: who did what to what, and how it ended."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """Append-only: a trigger in the database refuses UPDATE and DELETE.

    Actor and target are texts, not foreign keys: an entry outlives what it speaks of.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.CharField(max_length=100)
    actor_name = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=100)
    target_type = models.CharField(max_length=50)
    target_id = models.CharField(max_length=200)
    tenant_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001  null: of no tenant
    outcome = models.CharField(max_length=50, default="ok")
    details = models.JSONField(default=dict)
    request_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  null: no request

    class Meta:
        verbose_name_plural = "audit entries"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["actor", "at"], name="audit_actor"),
            models.Index(fields=["target_type", "target_id", "at"], name="audit_target"),
            models.Index(fields=["tenant_id", "at"], name="audit_tenant"),
            models.Index(fields=["action", "at"], name="audit_action"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(actor="")
                & ~models.Q(action="")
                & ~models.Q(target_type="")
                & ~models.Q(outcome=""),
                name="audit_entry_is_complete",
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or self.actor}: {self.action} {self.target_type} {self.target_id} ({self.outcome})"
