"""What was computed, with every step. A later calculation of a batch stands beside the earlier ones."""

from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now

from .base import AddedOnly, ExactField
from .contracts import Batch, ContractLine, ContractVersion


class Calculation(AddedOnly):
    """One run of a batch. as_of and known_id say what was known, so that it can be repeated for ever."""

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="calculations", db_index=False)
    number = models.PositiveIntegerField()
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", help_text="The calculation it trues up."
    )
    job_id = models.CharField(max_length=200, blank=True, help_text="Public id of the job that ran it.")
    pricing_date = models.DateField()
    as_of = models.DateTimeField(help_text="Values published later do not count.")
    known_id = models.BigIntegerField(help_text="Observations with greater ids were not known.")
    item_count = models.PositiveIntegerField()
    provisional = models.BooleanField(help_text="Whether a preliminary or unpublished value took part.")
    totals = models.JSONField(help_text="By currency: {amount, delta}, as texts; delta null without an earlier one.")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the digests of all items in order.")
    computed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="calculation_is_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="calculation_number_is_positive"),
            models.CheckConstraint(
                condition=models.Q(number=1, previous__isnull=True) | models.Q(number__gt=1, previous__isnull=False),
                name="calculation_names_the_one_before",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "-id"], name="calculation_newest_first")]

    def __str__(self) -> str:
        return f"{self.batch} run {self.number}"


class CalculationItem(AddedOnly):
    """The price of one item. Texts and numbers are copied: a reader needs no other row to show it."""

    calculation = models.ForeignKey(Calculation, on_delete=models.PROTECT, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.ForeignKey(ContractLine, on_delete=models.PROTECT, related_name="priced", db_index=False)
    contract_code = models.CharField(max_length=100)
    line_code = models.CharField(max_length=100)
    quantity = models.DecimalField(max_digits=20, decimal_places=8)
    price_before = ExactField(null=True, help_text="Of the period before, where a collar per period asked for it.")
    before_item = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, help_text="Where it stands."
    )
    factor = ExactField(null=True, help_text="Empty in a difference.")
    price = ExactField(help_text="Per unit; in a difference the adjustment per unit.")
    amount = ExactField()
    currency = models.CharField(max_length=3)
    provisional = models.BooleanField()
    previous_amount = ExactField(null=True, help_text="In the calculation before.")
    delta = ExactField(null=True, help_text="What is still to be settled: amount less previous amount.")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the steps, without the true-up.")

    class Meta:
        ordering: ClassVar = ["calculation_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calculation", "position"], name="calculation_item_has_its_place"),
            models.CheckConstraint(
                condition=models.Q(previous_amount__isnull=True, delta__isnull=True)
                | models.Q(delta=models.F("amount") - models.F("previous_amount")),
                name="calculation_item_delta_is_the_difference",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "contract_code", "line_code", "-id"], name="calculation_item_of_line")
        ]

    def __str__(self) -> str:
        return f"{self.contract_code} {self.line_code}: {self.amount} {self.currency}"


class CalculationStep(AddedOnly):
    """One step. Without item it belongs to all items of its contract's version in the calculation."""

    calculation = models.ForeignKey(Calculation, on_delete=models.PROTECT, related_name="steps", db_index=False)
    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(
        CalculationItem, on_delete=models.PROTECT, null=True, related_name="own_steps", db_index=False
    )
    order = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=30)
    subject = models.CharField(max_length=100, blank=True)
    detail = models.TextField(blank=True)
    inputs = models.JSONField(default=list)
    expression = models.TextField()
    unrounded = ExactField()
    rounded = ExactField()
    rounding = models.CharField(max_length=40, blank=True, help_text="Empty: all digits are kept.")

    class Meta:
        ordering: ClassVar = ["calculation_id", "version_id", "item_id", "order"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["calculation", "version", "item", "order"],
                name="calculation_step_has_its_place",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=models.Q(order__gte=1), name="calculation_step_order_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.rule} {self.subject}".strip()
