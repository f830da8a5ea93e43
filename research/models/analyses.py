"""What was written about a ranked stock: analyses, what the judge said of them, the insights drawn."""

from typing import ClassVar

from django.db import models

from accounts.public_ids import random_id
from prospects.models.base import Owned, one_of

from .sectors import Stock


def new_analysis_id() -> str:
    return random_id("ana")


def new_insights_id() -> str:
    return random_id("ins")


class StockAnalysisStatus(models.TextChoices):
    RUNNING = "running", "Being written"
    WRITTEN = "written", "Before the judge"
    REJECTED = "rejected", "Rejected"
    APPROVED = "approved", "Approved"
    FORMATTED = "formatted", "Formatted"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class StockAnalysis(Owned):
    """One attempt to describe a stock. variation counts them: 0, 1, 2 by the pipeline, further ones by hand."""

    Status = StockAnalysisStatus

    public_id = models.CharField(max_length=40, unique=True, default=new_analysis_id, editable=False)
    stock = models.ForeignKey(Stock, on_delete=models.CASCADE, related_name="analyses", db_index=False)
    variation = models.PositiveSmallIntegerField()
    approach = models.CharField(max_length=40, blank=True, help_text="Which prompt and view: see research/analyses.")
    feedback = models.TextField(blank=True, help_text="What the judge said of the attempts before.")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.RUNNING)
    job_id = models.CharField(max_length=200, unique=True, help_text="Public id of its stock-analysis job.")
    judge_job_id = models.CharField(max_length=200, blank=True)
    format_job_id = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(
        default=list, help_text="Numbered facts that it was written from: {id, text, value, unit, origin, reference}."
    )
    content = models.JSONField(default=dict, help_text="The analysis, as research/analyses/content.py describes it.")
    backend = models.CharField(max_length=20, blank=True, help_text="analyst (rules), openai or anthropic.")
    model = models.CharField(max_length=200, blank=True)
    exchanges = models.JSONField(default=list, help_text="What was asked and answered.")
    problem = models.CharField(max_length=500, blank=True, help_text="Why it failed.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "stock analyses"
        ordering: ClassVar = ["stock_id", "variation"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stock", "variation"], name="stock_analysis_is_unique"),
            one_of("status", StockAnalysisStatus, "stock_analysis_status_is_known"),
            # The net under the transitions: one attempt of a stock at a time.
            models.UniqueConstraint(
                fields=["stock"],
                condition=models.Q(status__in=["running", "written", "approved"]),
                name="stock_has_one_open_analysis",
            ),
        ]
        indexes: ClassVar = [
            # What waits for a job is looked up when that ends badly.
            models.Index(
                fields=["judge_job_id"], condition=models.Q(status="written"), name="stock_analysis_before_judge"
            ),
            models.Index(
                fields=["format_job_id"], condition=models.Q(status="approved"), name="stock_analysis_formatting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stock} #{self.variation}"

    @property
    def is_rule_based(self) -> bool:
        return self.backend == "analyst"


class JudgeReview(Owned):
    """What the judge found. gates decide first; the rubric only where all of them hold."""

    analysis = models.OneToOneField(StockAnalysis, on_delete=models.CASCADE, related_name="review")
    job_id = models.CharField(max_length=200, unique=True, help_text="Public id of its judge-review job.")
    approved = models.BooleanField()
    score = models.DecimalField(max_digits=5, decimal_places=4, help_text="0 to 1; 0 where a gate failed.")
    gates = models.JSONField(help_text="List of {gate, passed, problems}.")
    criteria = models.JSONField(help_text="List of {criterion, weight, reason, score}; empty where a gate failed.")
    feedback = models.TextField(blank=True, help_text="What the next attempt must do better.")
    missing_facts = models.JSONField(default=list, help_text="Ids of facts that should have been used.")
    backend = models.CharField(max_length=20)
    model = models.CharField(max_length=200, blank=True)
    exchanges = models.JSONField(default=list, help_text="What was asked and answered.")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.analysis}: {'approved' if self.approved else 'rejected'}"


class Insights(Owned):
    """The approved analysis as data that fits the published schema."""

    public_id = models.CharField(max_length=40, unique=True, default=new_insights_id, editable=False)
    analysis = models.OneToOneField(StockAnalysis, on_delete=models.CASCADE, related_name="insights")
    job_id = models.CharField(max_length=200, unique=True, help_text="Public id of its format-insights job.")
    schema_version = models.PositiveSmallIntegerField(default=1)
    data = models.JSONField(help_text="Valid by research/analyses/insights.v<schema_version>.schema.json.")
    backend = models.CharField(max_length=20, blank=True, help_text="Who formatted it.")
    model = models.CharField(max_length=200, blank=True)
    exchanges = models.JSONField(default=list, help_text="What was asked and answered.")

    class Meta:
        verbose_name_plural = "insights"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.public_id
