"""What language models cost: prices, budgets, every call, and the sums of each month."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ModelPrice(models.Model):
    """US dollars for a million tokens, from a day on."""

    model = models.CharField(max_length=200, help_text="As LLM_MODEL names it.")
    valid_from = models.DateField()
    input_price = models.DecimalField(max_digits=12, decimal_places=6)
    cached_input_price = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, help_text="Empty: as the input."
    )
    output_price = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        ordering: ClassVar = ["model", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "valid_from"], name="model_price_is_unique"),
            models.CheckConstraint(
                condition=Q(input_price__gte=0, output_price__gte=0)
                & (Q(cached_input_price__isnull=True) | Q(cached_input_price__gte=0)),
                name="model_price_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} from {self.valid_from}"


class ModelBudget(models.Model):
    """US dollars that an organisation may spend in a month, instead of LLM_MONTHLY_BUDGET_USD."""

    tenant_id = models.CharField(max_length=100, unique=True, help_text="The organisation's slug.")
    monthly_usd = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["tenant_id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(monthly_usd__gte=0), name="model_budget_is_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.monthly_usd} USD"


class ModelCall(models.Model):
    """One question. Until it is answered its `reserved` counts against the budget, then its cost."""

    tenant_id = models.CharField(max_length=100, blank=True, default="")
    month = models.DateField(help_text="First day of the month, UTC.")
    job_id = models.CharField(max_length=200, blank=True)
    task = models.CharField(max_length=60)
    backend = models.CharField(max_length=20)
    model = models.CharField(max_length=200)
    reserved = models.DecimalField(max_digits=14, decimal_places=8, default=0)
    cost = models.DecimalField(
        max_digits=14, decimal_places=8, null=True, blank=True, help_text="Empty while it runs, and without a price."
    )
    input_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="model_call_month_is_a_first_day"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "month"], name="model_call_of_month"),
            models.Index(fields=["job_id"], name="model_call_of_job"),
        ]

    def __str__(self) -> str:
        return f"{self.task} by {self.model}"


class ModelMonth(models.Model):
    """The ended calls of a month, added up as they end; it outlives them."""

    tenant_id = models.CharField(max_length=100, blank=True, default="")
    month = models.DateField(help_text="First day of the month, UTC.")
    task = models.CharField(max_length=60)
    backend = models.CharField(max_length=20)
    model = models.CharField(max_length=200)
    calls = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unpriced = models.PositiveIntegerField(default=0, help_text="Calls that used tokens of a model without a price.")
    input_tokens = models.PositiveBigIntegerField(default=0)
    cached_tokens = models.PositiveBigIntegerField(default=0)
    output_tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=20, decimal_places=8, default=0, help_text="US dollars, as far as known.")

    class Meta:
        ordering: ClassVar = ["-month", "tenant_id", "task"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "month", "task", "backend", "model"], name="model_month_is_unique"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="model_month_is_a_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.task} by {self.model}"
