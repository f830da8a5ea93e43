"""A finished report: its content as data, and its file where it was asked for as one."""

from typing import ClassVar

from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models

from accounts.public_ids import random_id
from prospects.models import Company
from prospects.models.base import Owned, one_of


def new_report_id() -> str:
    return random_id("rep")


def report_storage() -> Storage:
    """Where files of reports lie. They are handed out by a view that asks who may see them, never by address."""
    return storages["reports"]


class Kind(models.TextChoices):
    WEEKLY = "weekly", "Weekly"
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    PRICE_MATH = "price-math", "Price derivation"
    RESEARCH = "research", "Research"


class Format(models.TextChoices):
    HTML = "html", "Web page"
    PDF = "pdf", "PDF"
    CSV = "csv", "CSV"
    JSON = "json", "JSON"


class Report(Owned):
    """One report. It belongs to the job that makes it, so that a second run of the job finds it."""

    Kind = Kind
    Format = Format

    public_id = models.CharField(max_length=40, unique=True, default=new_report_id, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.HTML)
    title = models.CharField(max_length=300)
    user_id = models.CharField(max_length=100, blank=True, help_text="Who asked for it.")
    job_id = models.CharField(max_length=200, unique=True, help_text="Public id of the job that made it.")
    company = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    subject_id = models.CharField(max_length=200, blank=True, help_text="Of what: a company's key, a batch's code.")
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True, help_text="Its last day.")
    content = models.JSONField(default=dict, help_text="Metrics, charts, insights, recommendations; empty for files.")
    file = models.FileField(storage=report_storage, max_length=300, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    emailed_to = models.EmailField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            one_of("kind", Kind, "report_kind_is_known"),
            one_of("format", Format, "report_format_is_known"),
            models.CheckConstraint(
                condition=models.Q(period_start__isnull=True, period_end__isnull=True)
                | models.Q(period_start__lte=models.F("period_end")),
                name="report_period_is_a_period",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "-id"], name="report_newest_first"),
            models.Index(fields=["company", "-id"], name="report_of_company"),
        ]

    def __str__(self) -> str:
        return self.title
