"""The user: an e-mail address to log in with, and at most one site-wide role."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from ..plans import Plan
from ..public_ids import random_id
from ..roles import Role

if TYPE_CHECKING:
    _EmailField = models.EmailField[str, str]
else:
    _EmailField = models.EmailField


def new_public_id() -> str:
    return random_id("user", 12)


class LowerCaseEmailField(_EmailField):
    """Stores and looks up in lower case, so that a plain unique index ignores case."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.lower() if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.lower() if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Without a password the user can be given tokens but cannot sign in."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=Role.ADMIN.value, **fields)


class User(AbstractBaseUser):
    """`role` is the only source of site-wide power; is_staff and is_superuser follow from it.

    Django's groups and permissions are left out on purpose: two systems of rights that can
    disagree would be one too many.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    email = LowerCaseEmailField("e-mail address", unique=True)
    email_verified = models.BooleanField("e-mail verified", default=False)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(
        "site-wide role",
        max_length=20,
        blank=True,
        default="",
        choices=[(Role.ADMIN.value, "Admin")],
        help_text="Empty for everybody whose rights come from memberships.",
    )
    plan = models.CharField(max_length=20, choices=Plan.choices, default=Plan.FREE)
    research_quota = models.PositiveIntegerField(
        null=True, blank=True, help_text="Research requests a month; empty: as the plan says."
    )
    notify_job_failures = models.BooleanField("mail me when my jobs fail", default=False)
    notify_buying_signals = models.BooleanField("mail me buying signals", default=True)
    notify_health_alerts = models.BooleanField("mail me health alerts", default=True)
    notify_reports = models.BooleanField("mail me reports", default=True)
    is_active = models.BooleanField(
        "active", default=True, help_text="Switch off instead of deleting: sign-in and tokens stop at once."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering: ClassVar = ["email"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(condition=~models.Q(email=""), name="user_email_is_given"),
            models.CheckConstraint(
                condition=models.Q(public_id__regex=r"^user_[a-z2-7]{12}\Z"), name="user_public_id_is_well_formed"
            ),
            models.CheckConstraint(condition=models.Q(role__in=["", Role.ADMIN.value]), name="user_role_is_known"),
            models.CheckConstraint(condition=models.Q(plan__in=Plan.values), name="user_plan_is_known"),
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or str(self.email).partition("@")[0]

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_superuser(self) -> bool:
        return self.is_admin

    @property
    def is_staff(self) -> bool:
        """Whether the dashboards open: an admin, or a verified address of the admin domain."""
        return self.is_admin or (self.email_verified and self._of_admin_domain())

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_admin

    def has_perms(self, perms: object, obj: object = None) -> bool:
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_admin

    def _of_admin_domain(self) -> bool:
        domain = settings.ADMIN_EMAIL_DOMAIN.lower().lstrip("@")
        # Everything after the last @, whole: a@evil-example.com is not of example.com.
        return bool(domain) and self.email.lower().rpartition("@")[2] == domain
