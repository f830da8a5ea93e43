"""The prospects found among the debtors of UCC filings, or brought by a user's list."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from .base import STATE_IS_TWO_CAPITALS, Source, Sourced, one_of


class Prospect(Sourced):
    """A debtor organisation in one state; its filings are the debtor parties with the same name key.

    The score and what stands beside it are the newest of prospects/models/scores.py:ProspectScore,
    repeated here so that a list is sorted and filtered by one index.
    """

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    state = models.CharField(max_length=2)
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300, editable=False)
    first_filed_on = models.DateField(null=True, blank=True)
    last_filed_on = models.DateField(null=True, blank=True)
    filing_count = models.PositiveIntegerField(help_text="0 for a prospect that only a user's list names.")
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="0 to 100.")
    ucc_risk = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="0 to 100.")
    secured_classes = ArrayField(
        models.CharField(max_length=20),
        default=list,
        db_default=[],
        blank=True,
        help_text="Kinds of secured parties among its active liens, such as mca and bank.",
    )
    scored_at = models.DateTimeField(null=True, blank=True)
    enriched_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "state", "name_key"], name="prospect_is_unique"),
            models.CheckConstraint(condition=STATE_IS_TWO_CAPITALS, name="prospect_state_is_two_capitals"),
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(name_key=""), name="prospect_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(first_filed_on__lte=models.F("last_filed_on"))
                | (models.Q(first_filed_on__isnull=True) & models.Q(last_filed_on__isnull=True)),
                name="prospect_dates_are_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__range=(0, 100)),
                name="prospect_score_is_in_range",
            ),
            one_of("source", Source, "prospect_source_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                "tenant_id", models.F("score").desc(nulls_last=True), models.F("id").desc(), name="prospect_best_first"
            ),
            models.Index("tenant_id", models.F("enriched_at").asc(nulls_first=True), name="prospect_stale_first"),
            GinIndex(fields=["secured_classes"], name="prospect_secured_classes"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"
