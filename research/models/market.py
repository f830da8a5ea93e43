"""What is known of listed shares: who they are, what they reported, what they cost."""

from typing import ClassVar

from django.db import models

from prospects.models.base import Origin, Owned, one_of


class Security(Owned):
    """A listed share as an organisation knows it. sub_sector groups it with its peers."""

    symbol = models.CharField(max_length=20, help_text="Ticker, in capitals.")
    name = models.CharField(max_length=300)
    cik = models.CharField(max_length=10, blank=True, help_text="SEC number with ten digits; empty without one.")
    sic = models.CharField(max_length=4, blank=True)
    sector = models.CharField(max_length=100, help_text="Such as Energy; compared without regard to case.")
    sub_sector = models.CharField(max_length=150, help_text="Such as Oil and gas equipment.")
    currency = models.CharField(max_length=3, default="USD")
    source = models.CharField(max_length=10, choices=Origin.choices)
    figures_fetched_at = models.DateTimeField(
        null=True, blank=True, help_text="When its figures were last fetched from the SEC; empty if never."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "securities"
        ordering: ClassVar = ["symbol"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "symbol"], name="security_is_unique"),
            one_of("source", Origin, "security_source_is_known"),
        ]

    def __str__(self) -> str:
        return self.symbol


class ReportedFigure(Owned):
    """One number as one filing states it; a restatement is a further row, told apart by its accession."""

    security = models.ForeignKey(Security, on_delete=models.CASCADE, related_name="figures", db_index=False)
    tag = models.CharField(max_length=150, help_text="XBRL tag of us-gaap or dei, such as OperatingIncomeLoss.")
    unit = models.CharField(max_length=30, help_text="USD, shares, …")
    start = models.DateField(null=True, blank=True, help_text="Empty for what holds at one moment.")
    end = models.DateField()
    value = models.DecimalField(max_digits=30, decimal_places=6)
    form = models.CharField(max_length=20, blank=True)
    filed_on = models.DateField()
    accession = models.CharField(max_length=30, help_text="Number of the filing, or the name of the file.")
    source = models.CharField(max_length=10, choices=Origin.choices)

    class Meta:
        ordering: ClassVar = ["security_id", "tag", "-end", "-filed_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["security", "tag", "unit", "start", "end", "accession"],
                name="reported_figure_is_unique",
                nulls_distinct=False,
            ),
            one_of("source", Origin, "reported_figure_source_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.tag} {self.end}: {self.value} {self.unit}"


class DailyPrice(Owned):
    """Closing price of a day, adjusted for splits and dividends as far as its source adjusts it."""

    security = models.ForeignKey(Security, on_delete=models.CASCADE, related_name="prices", db_index=False)
    date = models.DateField()
    close = models.DecimalField(max_digits=20, decimal_places=6)
    volume = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Origin.choices)

    class Meta:
        ordering: ClassVar = ["security_id", "-date"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["security", "date"], name="daily_price_is_unique"),
            models.CheckConstraint(condition=models.Q(close__gt=0), name="daily_price_is_positive"),
            one_of("source", Origin, "daily_price_source_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.close}"
