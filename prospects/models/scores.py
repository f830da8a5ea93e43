"""Scores with the factors they came from, and the weights they were computed with."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from .base import Owned, one_of
from .companies import Company
from .prospects import Prospect


class ScoreKind(models.TextChoices):
    PROSPECT = "prospect", "Prospect score"
    LEAD = "lead", "Lead score"
    HEALTH = "health", "Health score"


class ScoreWeights(Owned):
    """One version of the weights of a score. Never changed: an edit is a new version, and the highest counts.

    An organisation without rows, and tenant "" above it, use the built-in weights, which are version 0.
    """

    kind = models.CharField(max_length=10, choices=ScoreKind.choices)
    version = models.PositiveIntegerField()
    values = models.JSONField(help_text="As prospects/scoring/weights.py describes for the kind.")
    note = models.CharField(max_length=300, blank=True, help_text="Why it was changed.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "score weights"
        ordering: ClassVar = ["kind", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "kind", "version"], name="score_weights_are_unique"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="score_weights_version_is_positive"),
            one_of("kind", ScoreKind, "score_weights_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} weights, version {self.version}"


class Scored(Owned):
    """What every score keeps: the number, its factors and the version of the weights."""

    factors = models.JSONField(
        help_text="List of {name, label, weight, value, contribution, detail}; contributions add up as documented."
    )
    coverage = models.DecimalField(
        max_digits=4, decimal_places=3, help_text="Share of the weights whose value was known, 0 to 1."
    )
    weights_version = models.PositiveIntegerField(help_text="0 are the built-in weights.")
    computed_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True


class ProspectScore(Scored):
    """The newest score of a prospect, with its reasons."""

    prospect = models.OneToOneField(Prospect, on_delete=models.CASCADE, related_name="score_row")
    score = models.DecimalField(max_digits=5, decimal_places=2)
    ucc_risk = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.score}"


class LeadScore(Scored):
    """A lead score as it was computed at one time; the history stays."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="lead_scores", db_index=False)
    score = models.DecimalField(max_digits=5, decimal_places=2)
    tier = models.CharField(max_length=1)
    fit = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="Empty where nothing is known.")
    intent = models.DecimalField(max_digits=5, decimal_places=2)
    explanation = models.JSONField(
        default=dict, db_default={}, help_text="As prospects/scores/explaining.py writes it; empty for many at once."
    )

    class Meta:
        ordering: ClassVar = ["-computed_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["company", "-computed_at"], name="lead_score_of_company")]

    def __str__(self) -> str:
        return f"{self.score} ({self.tier})"


class HealthScore(Scored):
    """A health score as it was computed at one time; without a score where too little was known."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="health_scores", db_index=False)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    grade = models.CharField(max_length=1, blank=True)
    sentiment = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="The sentiment component, 0 to 100."
    )

    class Meta:
        ordering: ClassVar = ["-computed_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(score__isnull=True, grade="")
                | (models.Q(score__isnull=False) & ~models.Q(grade="")),
                name="health_score_has_its_grade",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["company", "-computed_at"], name="health_score_of_company")]

    def __str__(self) -> str:
        return f"{self.score} ({self.grade})"
