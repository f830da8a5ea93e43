"""Where values of a series are fetched from, day by day."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from .base import Owned, one_of
from .series import Series


class Provider(models.TextChoices):
    """The words are those of providers/catalogue.py."""

    EIA = "eia", "US Energy Information Administration"
    FRED = "fred", "FRED, St. Louis Fed"
    BLS = "bls", "US Bureau of Labor Statistics"


class SeriesFeed(Owned):
    """One series' source. `problem`: why the last fetch brought nothing; empty where it succeeded."""

    series = models.OneToOneField(Series, on_delete=models.CASCADE, related_name="feed")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    external_id = models.CharField(max_length=200, help_text="The source's own name; for EIA ROUTE:SERIES.")
    period = models.CharField(max_length=10, blank=True, help_text="For EIA: daily, weekly, monthly and so on.")
    first_day = models.DateField(help_text="Values before it are not asked for.")
    is_daily = models.BooleanField(default=True, help_text="Whether the clock fetches it.")
    tried_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    inserted = models.PositiveIntegerField(default=0, help_text="By the last fetch that succeeded.")
    updated = models.PositiveIntegerField(default=0, help_text="The same.")
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["series_id"]
        constraints: ClassVar = [
            one_of("provider", Provider, "series_feed_provider_is_known"),
            models.CheckConstraint(condition=~models.Q(external_id=""), name="series_feed_names_what_it_asks_for"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id}"
