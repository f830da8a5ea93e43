"""Which prospects, known by a register's spelling, are which companies."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from .base import Owned, one_of
from .companies import Company
from .prospects import Prospect


class MatchStatus(models.TextChoices):
    CERTAIN = "certain", "Certain"
    DOUBTFUL = "doubtful", "To review"
    CONFIRMED = "confirmed", "Confirmed"
    REJECTED = "rejected", "Rejected"


class Match(Owned):
    """A prospect that is, or may be, a company. What a person decided is never changed by a program."""

    prospect = models.ForeignKey(Prospect, on_delete=models.CASCADE, related_name="matches", db_index=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="matches")
    similarity = models.DecimalField(max_digits=5, decimal_places=2, help_text="0 to 100.")
    status = models.CharField(max_length=10, choices=MatchStatus.choices)
    reasons = models.JSONField(default=list, help_text="Sentences that say what agrees and what does not.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "matches"
        ordering: ClassVar = ["-similarity", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["prospect", "company"], name="match_is_unique"),
            models.UniqueConstraint(
                fields=["prospect"],
                condition=models.Q(status__in=["certain", "confirmed"]),
                name="match_is_one_company",
            ),
            one_of("status", MatchStatus, "match_status_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant_id", "-similarity"],
                condition=models.Q(status="doubtful"),
                name="match_to_review",
            )
        ]

    def __str__(self) -> str:
        return f"{self.prospect_id} is {self.company_id}: {self.status}"
