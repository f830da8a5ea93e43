"""Companies, whether prospects or in the portfolio, their figures and their contacts."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from .base import Origin, Owned, one_of


class Company(Owned):
    """A company of an organisation. `key` is the id by which its own systems know it, and the API's companyId.

    Scores stand here too, as the newest of prospects/models/scores.py, so that lists need no join.
    """

    key = models.CharField(max_length=100)
    name = models.CharField(max_length=300, blank=True, help_text="Empty until somebody says it.")
    name_key = models.CharField(max_length=300, blank=True, editable=False, help_text="See prospects/names.py.")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.GIVEN)
    domain = models.CharField(max_length=253, blank=True, help_text="Such as acme.com, without www.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1, such as US.")
    region = models.CharField(max_length=100, blank=True, help_text="State; for the US two capitals.")
    city = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=40, blank=True)
    industry = models.CharField(max_length=200, blank=True)
    naics = models.CharField("NAICS code", max_length=6, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    technologies = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    registration_number = models.CharField(
        "Companies House number", max_length=20, blank=True, help_text="Eight characters."
    )
    cik = models.CharField("SEC number (CIK)", max_length=10, blank=True)
    ticker = models.CharField(max_length=20, blank=True)
    uei = models.CharField("SAM number (UEI)", max_length=12, blank=True)
    is_portfolio = models.BooleanField("in the portfolio", default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lead_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="0 to 100.")
    lead_tier = models.CharField(max_length=1, blank=True, help_text="A to D.")
    lead_scored_at = models.DateTimeField(null=True, blank=True)
    health_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="0 to 100.")
    health_grade = models.CharField(max_length=1, blank=True, help_text="A to D and F.")
    health_scored_at = models.DateTimeField(null=True, blank=True, help_text="Also where data was insufficient.")
    enriched_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "companies"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="company_is_unique"),
            models.CheckConstraint(condition=~models.Q(key=""), name="company_key_is_given"),
            models.CheckConstraint(
                condition=models.Q(lead_score__isnull=True) | models.Q(lead_score__range=(0, 100)),
                name="company_lead_score_is_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(health_score__isnull=True) | models.Q(health_score__range=(0, 100)),
                name="company_health_score_is_in_range",
            ),
            one_of("origin", Origin, "company_origin_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name_key"], name="company_by_name"),
            models.Index(
                "tenant_id",
                models.F("lead_score").desc(nulls_last=True),
                models.F("id").desc(),
                name="company_best_first",
            ),
            models.Index(
                "tenant_id",
                models.F("health_scored_at").asc(nulls_first=True),
                condition=models.Q(is_portfolio=True),
                name="company_stale_health_first",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class FigureName(models.TextChoices):
    PAYMENT = "payment", "Payment score, 0 to 100"
    REVENUE = "revenue", "Revenue of the twelve months that end the period"


class CompanyFigure(Owned):
    """A number about a company and a period, from which health is computed."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="figures", db_index=False)
    name = models.CharField(max_length=20, choices=FigureName.choices)
    period_end = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4)
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217, for money.")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.GIVEN)

    class Meta:
        ordering: ClassVar = ["-period_end"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "name", "period_end"], name="figure_is_unique"),
            models.CheckConstraint(
                condition=~models.Q(name="payment") | models.Q(value__range=(0, 100)),
                name="figure_payment_is_in_range",
            ),
            one_of("name", FigureName, "figure_name_is_known"),
            one_of("origin", Origin, "figure_origin_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.period_end}: {self.value}"


class EmailStatus(models.TextChoices):
    VALID = "valid", "Valid"
    INVALID = "invalid", "Invalid"
    UNKNOWN = "unknown", "Unknown"


class Contact(Owned):
    """A person at a company. `key` is the API's contactId."""

    key = models.CharField(max_length=100)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=254, blank=True)
    email_status = models.CharField(max_length=10, choices=EmailStatus.choices, default=EmailStatus.UNKNOWN)
    email_reason = models.CharField(max_length=200, blank=True, help_text="Why the address has this status.")
    email_checked_at = models.DateTimeField(null=True, blank=True)
    linkedin_slug = models.CharField(
        max_length=100, blank=True, help_text="What follows /in/. A key for licensed sources; never fetched."
    )
    job_title = models.CharField(max_length=300, blank=True)
    employer = models.CharField(max_length=300, blank=True, help_text="As the source names it.")
    location = models.CharField(max_length=300, blank=True)
    skills = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    lawful_basis = models.CharField(
        max_length=200, blank=True, help_text="Why these personal data may be held, in the organisation's words."
    )
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.GIVEN)
    enriched_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="contact_is_unique"),
            models.CheckConstraint(condition=~models.Q(key=""), name="contact_key_is_given"),
            one_of("email_status", EmailStatus, "contact_email_status_is_known"),
            one_of("origin", Origin, "contact_origin_is_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.key


class Suppression(Owned):
    """A person who must not be looked up again: an address or a profile, in lower case."""

    value = models.CharField(max_length=254)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "value"], name="suppression_is_unique"),
            models.CheckConstraint(condition=~models.Q(value=""), name="suppression_value_is_given"),
        ]

    def __str__(self) -> str:
        return self.value
