"""Organisations, which the API calls tenants, and who belongs to them."""

from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from ..plans import Plan
from ..roles import TENANT_ROLES, Role, choices
from .users import User

#: The alphabet of ids in the API. Slugs are opaque: upper and lower case differ.
SLUG_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}\Z"


class Organisation(models.Model):
    slug = models.CharField(
        max_length=100,
        unique=True,
        validators=[RegexValidator(SLUG_PATTERN, "Use letters, digits, dot, colon, hyphen and underscore.")],
        help_text="The API's tenantId. Jobs carry it: renaming cuts the organisation off from its old jobs.",
    )
    name = models.CharField(max_length=200)
    plan = models.CharField(max_length=20, choices=Plan.choices, default=Plan.FREE)
    max_waiting_jobs = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Submissions beyond this many waiting jobs are refused; empty: no limit.",
    )
    starts_per_minute = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Jobs that may start in any minute; empty: no limit.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["slug"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(slug__regex=SLUG_PATTERN), name="organisation_slug_is_well_formed"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="organisation_name_is_given"),
            models.CheckConstraint(condition=models.Q(plan__in=Plan.values), name="organisation_plan_is_known"),
            models.CheckConstraint(
                condition=models.Q(max_waiting_jobs__isnull=True) | models.Q(max_waiting_jobs__gte=1),
                name="organisation_max_waiting_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_per_minute__isnull=True) | models.Q(starts_per_minute__gte=1),
                name="organisation_starts_are_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    """A user's role in one organisation. The oldest membership is the session's default."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=choices(TENANT_ROLES), default=Role.MEMBER.value)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_is_unique"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in TENANT_ROLES]), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organisation} ({self.role})"
