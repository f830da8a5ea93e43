"""Contracts with the versions of their terms, and batches of what is to be priced."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from .base import CODE, AddedOnly, CodeField, Owned


class Contract(Owned):
    code = CodeField()
    name = models.CharField(max_length=300, blank=True)
    counterparty = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="contract_is_unique"),
            models.CheckConstraint(condition=models.Q(code__regex=CODE), name="contract_code_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.code


class ContractVersion(AddedOnly):
    """Terms and lines as agreed from a date on. An amendment is a further version, never an edit."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    effective_from = models.DateField(help_text="First pricing date that it holds for.")
    terms = models.JSONField(help_text="As pricing/calculation/terms.py describes, every default written out.")
    note = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["contract_id", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "number"], name="contract_version_is_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="contract_version_is_positive"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class ContractLine(AddedOnly):
    """One priced item of a version."""

    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="lines", db_index=False)
    code = CodeField()
    description = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    base_price = models.DecimalField(max_digits=20, decimal_places=8, null=True, help_text="Empty in a difference.")
    quantity = models.DecimalField(max_digits=20, decimal_places=8, help_text="Unless the batch says otherwise.")
    content = models.DecimalField(
        max_digits=20, decimal_places=8, null=True, help_text="Percent, in place of that of the terms."
    )

    class Meta:
        ordering: ClassVar = ["version_id", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "code"], name="contract_line_is_unique"),
            models.CheckConstraint(condition=models.Q(code__regex=CODE), name="contract_line_code_is_a_code"),
            models.CheckConstraint(
                condition=models.Q(base_price__isnull=True) | models.Q(base_price__gt=0),
                name="contract_line_base_price_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(content__isnull=True) | models.Q(content__gt=0),
                name="contract_line_content_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Batch(Owned):
    """What is priced together: all of it or nothing."""

    code = CodeField(help_text="The batchId of calculation jobs.")
    name = models.CharField(max_length=300, blank=True)
    pricing_date = models.DateField(help_text="Which windows count from, and versions of contracts are chosen by.")
    as_of = models.DateTimeField(
        null=True, blank=True, help_text="Only what was published until then counts. Empty: all that is known."
    )
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "batches"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="batch_is_unique"),
            models.CheckConstraint(condition=models.Q(code__regex=CODE), name="batch_code_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.code


class BatchItem(Owned):
    """A line of a contract, by its code: the version is chosen when the batch is calculated."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    line_code = CodeField()
    quantity = models.DecimalField(
        max_digits=20, decimal_places=8, null=True, blank=True, help_text="Empty: that of the line."
    )

    class Meta:
        ordering: ClassVar = ["batch_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="batch_item_has_its_place"),
            models.UniqueConstraint(fields=["batch", "contract", "line_code"], name="batch_item_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.line_code}"
