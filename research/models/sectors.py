"""The sector pipeline: a sector, its sub-sectors, their ranked stocks."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from accounts.public_ids import random_id
from prospects.models.base import Owned, one_of

from .market import Security


def new_sector_id() -> str:
    return random_id("sec")


def new_sub_sector_id() -> str:
    return random_id("sub")


def new_stock_id() -> str:
    return random_id("stk")


class SectorAnalysis(Owned):
    """One sector being looked at, from research to the last insight."""

    class Status(models.TextChoices):
        RESEARCHING = "researching", "Looking for sub-sectors"
        ACTIVE = "active", "Under way"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    public_id = models.CharField(max_length=40, unique=True, default=new_sector_id, editable=False)
    name = models.CharField(max_length=100, help_text="The sector, as its owner called it.")
    user_id = models.CharField(max_length=100, blank=True, help_text="Its owner.")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.RESEARCHING)
    job_id = models.CharField(max_length=200, blank=True, help_text="Public id of its sector-research job.")
    summary = models.TextField(blank=True)
    backend = models.CharField(max_length=20, blank=True, help_text="analyst (rules), openai or anthropic.")
    model = models.CharField(max_length=200, blank=True)
    exchanges = models.JSONField(default=list, help_text="What was asked and answered.")
    problem = models.CharField(max_length=500, blank=True, help_text="Why it failed.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "sector analyses"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=["researching", "active"], finished_at__isnull=True)
                | models.Q(status__in=["completed", "failed", "cancelled"], finished_at__isnull=False),
                name="sector_analysis_is_open_or_finished",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "-id"], name="sector_analysis_newest"),
            # What waits for a job is looked up when that ends badly.
            models.Index(fields=["job_id"], condition=models.Q(status="researching"), name="sector_analysis_open_job"),
        ]

    def __str__(self) -> str:
        return self.name


class SubSectorStatus(models.TextChoices):
    PENDING_APPROVAL = "pending_approval", "Awaits approval"
    REJECTED = "rejected", "Rejected"
    APPROVED = "approved", "Being ranked"
    ANALYSING = "analysing", "Being analysed"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class SubSector(Owned):
    """A group of peers within a sector, which somebody approves before it costs anything."""

    Status = SubSectorStatus

    public_id = models.CharField(max_length=40, unique=True, default=new_sub_sector_id, editable=False)
    sector = models.ForeignKey(SectorAnalysis, on_delete=models.CASCADE, related_name="sub_sectors", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="From 1, as proposed.")
    name = models.CharField(max_length=150)
    description = models.TextField(blank=True)
    symbols = models.JSONField(default=list, help_text="Tickers of the shares to rank.")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING_APPROVAL)
    decided_by = models.CharField(max_length=100, blank=True, help_text="Who approved or rejected it.")
    decided_at = models.DateTimeField(null=True, blank=True)
    ranking_job_id = models.CharField(max_length=200, blank=True)
    ranked_at = models.DateTimeField(null=True, blank=True)
    excluded = models.JSONField(default=list, help_text="Shares that could not be ranked: {symbol, reason}.")
    backend = models.CharField(max_length=20, blank=True, help_text="Who wrote the rationales; the ranks are computed.")
    model = models.CharField(max_length=200, blank=True)
    exchanges = models.JSONField(default=list, help_text="What was asked and answered.")
    problem = models.CharField(max_length=500, blank=True, help_text="Why it failed.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["sector_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sector", "position"], name="sub_sector_has_its_place"),
            models.UniqueConstraint(fields=["sector", "name"], name="sub_sector_is_unique"),
            one_of("status", SubSectorStatus, "sub_sector_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(status__in=["completed", "failed", "cancelled"])
                | models.Q(finished_at__isnull=True),
                name="sub_sector_is_finished_when_over",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ranking_job_id"], condition=models.Q(status="approved"), name="sub_sector_open_job"),
        ]

    def __str__(self) -> str:
        return self.name


class StockStatus(models.TextChoices):
    RANKED = "ranked", "Ranked only"
    ANALYSING = "analysing", "Being analysed"
    REVIEWING = "reviewing", "Before the judge"
    FORMATTING = "formatting", "Approved, being formatted"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Stock(Owned):
    """A share in the ranking of its sub-sector. The best five are analysed."""

    Status = StockStatus

    public_id = models.CharField(max_length=40, unique=True, default=new_stock_id, editable=False)
    sub_sector = models.ForeignKey(SubSector, on_delete=models.CASCADE, related_name="stocks", db_index=False)
    security = models.ForeignKey(Security, on_delete=models.SET_NULL, null=True, related_name="+")
    symbol = models.CharField(max_length=20)
    name = models.CharField(max_length=300)
    rank = models.PositiveSmallIntegerField(help_text="1 is best.")
    composite = models.DecimalField(max_digits=7, decimal_places=3, help_text="0 to 100.")
    coverage = models.DecimalField(max_digits=4, decimal_places=3, help_text="Share of the weights that was known.")
    factors = models.JSONField(
        help_text="By factor: {value, percentile, weight, facts}; facts names the numbers that it was computed from."
    )
    rationale = models.TextField(blank=True, help_text="Why, in words. It decides nothing.")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.RANKED)
    rejections = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True, help_text="Why it failed.")
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["sub_sector_id", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sub_sector", "rank"], name="stock_has_its_rank"),
            models.UniqueConstraint(fields=["sub_sector", "symbol"], name="stock_is_unique"),
            models.CheckConstraint(condition=models.Q(rank__range=(1, 10)), name="stock_rank_is_in_range"),
            models.CheckConstraint(condition=models.Q(composite__range=(0, 100)), name="stock_composite_is_in_range"),
            one_of("status", StockStatus, "stock_status_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.symbol}"
