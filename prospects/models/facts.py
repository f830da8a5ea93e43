"""What sources said about a prospect, company or contact, and when each was last asked."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .base import Owned, Source, Sourced, one_of
from .companies import Company, Contact
from .prospects import Prospect

_SUBJECTS = ("prospect", "company", "contact")
#: A row is about exactly one thing.
_ONE_SUBJECT = (
    Q(prospect__isnull=False, company__isnull=True, contact__isnull=True)
    | Q(prospect__isnull=True, company__isnull=False, contact__isnull=True)
    | Q(prospect__isnull=True, company__isnull=True, contact__isnull=False)
)


def _unique_per_subject(*fields: str, name: str) -> list[models.UniqueConstraint]:
    return [
        models.UniqueConstraint(
            fields=[subject, *fields], condition=Q(**{f"{subject}__isnull": False}), name=f"{name}_per_{subject}"
        )
        for subject in _SUBJECTS
    ]


class Fact(Sourced):
    """One thing that a source said. Told again, the row takes the new value and time."""

    prospect = models.ForeignKey(
        Prospect, on_delete=models.CASCADE, null=True, blank=True, related_name="facts", db_index=False
    )
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="facts", db_index=False
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="facts", db_index=False
    )
    provider = models.CharField(max_length=40, help_text="Name in providers/catalogue.py, `ucc` or `file`.")
    name = models.CharField(max_length=100, help_text="Such as violations or filings.10-K; dotted where nested.")
    value = models.JSONField()
    reference = models.CharField(max_length=500, blank=True, help_text="Where to look it up: an address or a number.")
    as_of = models.DateField(null=True, blank=True, help_text="What the source dates it.")
    fetched_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["provider", "name"]
        constraints: ClassVar = [
            *_unique_per_subject("provider", "name", name="fact_is_unique"),
            models.CheckConstraint(condition=_ONE_SUBJECT, name="fact_is_about_one_thing"),
            one_of("source", Source, "fact_source_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.name}"


class Outcome(models.TextChoices):
    FOUND = "found", "Found"
    EMPTY = "empty", "Nothing found"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not asked"


class Lookup(Owned):
    """The last time a source was asked about something, also where it had nothing to say."""

    prospect = models.ForeignKey(
        Prospect, on_delete=models.CASCADE, null=True, blank=True, related_name="lookups", db_index=False
    )
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="lookups", db_index=False
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="lookups", db_index=False
    )
    provider = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    message = models.CharField(max_length=500, blank=True, help_text="Why it failed or was not asked.")
    asked_at = models.DateTimeField(db_default=Now())
    job_id = models.CharField(max_length=200, blank=True, help_text="Of the job that asked.")

    class Meta:
        ordering: ClassVar = ["provider"]
        constraints: ClassVar = [
            *_unique_per_subject("provider", name="lookup_is_unique"),
            models.CheckConstraint(condition=_ONE_SUBJECT, name="lookup_is_about_one_thing"),
            one_of("outcome", Outcome, "lookup_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.outcome}"
