"""Index series and everything that was ever published of them."""

from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now

from prospects.models.base import Origin

from .base import CODE, CURRENCY, AddedOnly, CodeField, Owned, one_of


class Frequency(models.TextChoices):
    """How often values are expected. The words are those of pricing/calculation/observations.py."""

    DAILY = "daily", "Every working day"
    CALENDAR_DAILY = "calendar-daily", "Every day"
    WEEKLY = "weekly", "Weekly"
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    YEARLY = "yearly", "Yearly"
    IRREGULAR = "irregular", "Irregular"


class Series(Owned):
    """frequency and currency are proposed to new contracts; those that exist say so themselves."""

    code = CodeField()
    name = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=40, blank=True, help_text="Such as $/BBL.")
    currency = models.CharField(max_length=3, blank=True, help_text="Three capitals; empty for a plain index.")
    frequency = models.CharField(max_length=20, choices=Frequency.choices, default=Frequency.IRREGULAR)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "series"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="series_is_unique"),
            models.CheckConstraint(condition=models.Q(code__regex=CODE), name="series_code_is_a_code"),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="series_currency_is_a_currency"),
            one_of("frequency", Frequency, "series_frequency_is_known"),
        ]

    def __str__(self) -> str:
        return self.code


class ValueImport(Owned):
    """One file of values that was read; the same file is not read twice."""

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=300)
    size_bytes = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    inserted = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    problems = models.JSONField(default=list, help_text="The first rejected rows, as {line, reason}.")
    duration_ms = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "sha256"], name="value_import_is_unique"),
            models.CheckConstraint(
                condition=models.Q(
                    rows=models.F("inserted") + models.F("updated") + models.F("unchanged") + models.F("rejected")
                ),
                name="value_import_counts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Observation(AddedOnly):
    """One published value. Another value for the same series, date and version is the next revision.

    Ids grow in the order in which values become known to the organisation (pricing/ingestion/storing.py
    holds a lock), so that `id <= n` is exactly what was known at one moment.
    """

    # The database checks series and organisation together, once a statement (migration 0005).
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, related_name="observations", db_index=False, db_constraint=False
    )
    as_of_date = models.DateField()
    version_tag = models.CharField(max_length=32, help_text="preliminary, final, revised or another word.")
    revision = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=8)
    published_at = models.DateTimeField(help_text="When it was published; where nobody said, when it was stored.")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    source = models.CharField(max_length=50, help_text="As its sender named it, such as csv or eia.")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    # Not checked by the database: of a million rows each check counts, and imports are never deleted.
    value_import = models.ForeignKey(
        ValueImport,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    created_at = None  # type: ignore[assignment]  # recorded_at says it

    class Meta:
        ordering: ClassVar = ["series_id", "-as_of_date", "version_tag", "-revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "as_of_date", "version_tag", "revision"], name="observation_is_unique"
            ),
            models.CheckConstraint(condition=models.Q(revision__gte=1), name="observation_revision_is_positive"),
            models.CheckConstraint(condition=~models.Q(version_tag=""), name="observation_version_is_given"),
            one_of("origin", Origin, "observation_origin_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of_date} {self.version_tag}: {self.value}"
