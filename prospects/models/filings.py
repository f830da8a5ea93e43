"""UCC liens with their filings, parties and collateral.

prospects/filings/storing.py writes them; what a lien says is always computed from its filings, so that
the order in which filings arrive does not matter.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import MD5, Now

from .base import STATE_IS_TWO_CAPITALS, Source, Sourced, one_of


class LienStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    LAPSED = "lapsed", "Lapsed"
    TERMINATED = "terminated", "Terminated"


class Action(models.TextChoices):
    INITIAL = "initial", "UCC1 financing statement"
    AMENDMENT = "amendment", "UCC3 amendment"
    ASSIGNMENT = "assignment", "UCC3 assignment"
    CONTINUATION = "continuation", "UCC3 continuation"
    TERMINATION = "termination", "UCC3 termination"


class Role(models.TextChoices):
    DEBTOR = "debtor", "Debtor"
    SECURED = "secured", "Secured party"
    ASSIGNOR = "assignor", "Assignor"


class Kind(models.TextChoices):
    ORGANISATION = "organisation", "Organisation"
    INDIVIDUAL = "individual", "Individual"


class Lien(Sourced):
    state = models.CharField(max_length=2)
    file_number = models.CharField("original file number", max_length=60)
    lien_type = models.CharField(max_length=60, blank=True, help_text="In the register's own words.")
    status = models.CharField(max_length=10, choices=LienStatus.choices, default=LienStatus.ACTIVE)
    filed_on = models.DateField(null=True, blank=True, help_text="Empty where the source does not say.")
    lapses_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "state", "file_number"], name="lien_is_unique"),
            models.CheckConstraint(condition=STATE_IS_TWO_CAPITALS, name="lien_state_is_two_capitals"),
            models.CheckConstraint(condition=~models.Q(file_number=""), name="lien_file_number_is_given"),
            one_of("status", LienStatus, "lien_status_is_known"),
            one_of("source", Source, "lien_source_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.file_number}"


class Filing(Sourced):
    # No index of their own for the foreign keys of this app: the unique ones begin with them.
    lien = models.ForeignKey(Lien, on_delete=models.CASCADE, related_name="filings", db_index=False)
    file_number = models.CharField(max_length=60)
    action = models.CharField(max_length=20, choices=Action.choices)
    filed_on = models.DateField(null=True, blank=True, help_text="Empty where the source does not say.")
    lien_type = models.CharField(max_length=60, blank=True)
    lien_status = models.CharField(
        max_length=10, choices=LienStatus.choices, blank=True, help_text="Of the lien, as stated with this filing."
    )
    lien_lapses_on = models.DateField(null=True, blank=True, help_text="Of the lien, as stated with this filing.")
    #: The file whose account counts, see prospects/filings/storing.py; empty: no file's.
    told_in = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    #: Where in that file, see providers/ucc/inbox.py:OpenFile.at; 0: not known.
    told_at = models.BigIntegerField(default=0, db_default=0, editable=False)
    #: Of the account stored last, see prospects/filings/digests.py; empty: to be compared value by value.
    content_digest = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            # Within the lien: one amendment may concern several liens and then has the same number in each.
            models.UniqueConstraint(fields=["lien", "file_number"], name="filing_is_unique"),
            models.CheckConstraint(condition=~models.Q(file_number=""), name="filing_file_number_is_given"),
            models.CheckConstraint(
                condition=models.Q(lien_status="") | models.Q(lien_status__in=LienStatus.values),
                name="filing_lien_status_is_known",
            ),
            one_of("action", Action, "filing_action_is_known"),
            one_of("source", Source, "filing_source_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.file_number} ({self.action})"


class Party(Sourced):
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="parties", db_index=False)
    #: The lien's, repeated so that one index finds a prospect's filings; `region` is the address.
    state = models.CharField(max_length=2, editable=False)
    role = models.CharField(max_length=10, choices=Role.choices)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300, editable=False, help_text="See prospects/names.py.")
    first_name = models.CharField(max_length=300, blank=True)
    middle_name = models.CharField(max_length=300, blank=True)
    last_name = models.CharField(max_length=300, blank=True)
    suffix = models.CharField(max_length=300, blank=True)
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=420, blank=True)
    country = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "parties"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["filing", "role", "kind", "name_key"], name="party_is_unique"),
            models.CheckConstraint(condition=STATE_IS_TWO_CAPITALS, name="party_state_is_two_capitals"),
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(name_key=""), name="party_has_a_name"),
            one_of("role", Role, "party_role_is_known"),
            one_of("kind", Kind, "party_kind_is_known"),
            one_of("source", Source, "party_source_is_known"),
        ]
        indexes: ClassVar = [
            # A prospect's filings, and nothing else, are looked up by name.
            models.Index(
                fields=["tenant_id", "state", "name_key"],
                name="party_debtor_organisation",
                condition=models.Q(role=Role.DEBTOR, kind=Kind.ORGANISATION),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"


class Collateral(Sourced):
    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="collateral", db_index=False)
    text = models.TextField()
    #: Stands in for the text in the unique index, whose entries PostgreSQL limits to 2,700 bytes.
    digest = models.GeneratedField(
        expression=MD5("text"), output_field=models.CharField(max_length=32), db_persist=True
    )

    class Meta:
        verbose_name_plural = "collateral"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["filing", "digest"], name="collateral_is_unique"),
            models.CheckConstraint(condition=~models.Q(text=""), name="collateral_text_is_given"),
            one_of("source", Source, "collateral_source_is_known"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
