"""What companies and people did: signals as they were reported, and the buying signals found in all there is."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from .base import Owned
from .companies import Company


class Signal(Owned):
    """One event that an outer system reported. `signal_id` is that system's id and makes a repeat harmless."""

    signal_id = models.CharField(max_length=100)
    signal_type = models.CharField(max_length=100, help_text="In the reporter's words, such as Email Open.")
    kind = models.CharField(max_length=30, blank=True, help_text="The scored kind it counts as; empty: none.")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="signals", db_index=False)
    data = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["-occurred_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "signal_id"], name="signal_is_unique"),
            models.CheckConstraint(condition=~models.Q(signal_id=""), name="signal_id_is_given"),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "-occurred_at"], name="signal_of_company")]

    def __str__(self) -> str:
        return f"{self.signal_type} ({self.signal_id})"


class SignalCount(Owned):
    """How many signals of a type a company has shown; written in the transaction that stores the signal."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="signal_counts", db_index=False)
    signal_type = models.CharField(max_length=100)
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-count"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "signal_type"], name="signal_count_is_unique"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="signal_count_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.signal_type}: {self.count}"


class BuyingSignal(Owned):
    """A reason to call a company now. Found once for each piece of evidence, however often it is looked for."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="buying_signals", db_index=False)
    kind = models.CharField(max_length=30, help_text="A key of prospects/signals/kinds.py, such as contract-award.")
    title = models.CharField(max_length=300)
    confidence = models.DecimalField(max_digits=3, decimal_places=2, help_text="0 to 1.")
    occurred_at = models.DateTimeField()
    evidence_key = models.CharField(max_length=300, help_text="What it was found in, such as filing:NY:123.")
    evidence = models.JSONField(default=dict, help_text="Source, reference and the figures it rests on.")

    class Meta:
        ordering: ClassVar = ["-occurred_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "kind", "evidence_key"], name="buying_signal_is_unique"),
            models.CheckConstraint(
                condition=models.Q(confidence__range=(0, 1)), name="buying_signal_confidence_is_in_range"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "-occurred_at"], name="buying_signal_of_company")]

    def __str__(self) -> str:
        return self.title
