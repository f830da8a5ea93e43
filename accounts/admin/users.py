"""Users: site-wide role, verified address, plan, memberships, notification preferences."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from ..guards import would_leave_no_admin
from ..models import Membership, User
from ..roles import Role
from .auditing import AuditedAdmin
from .generic import AdminUserCreationForm, DjangoUserAdmin, TabularInline, UserChangeForm

# Rights come from roles alone; see accounts/models/users.py.
admin.site.unregister(Group)
LAST_ADMIN = "the last administrator who can sign in; make another one first"


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("organisation",)


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)
        field_classes: ClassVar[dict[str, Any]] = {}


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, Any]] = {}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        stays = values.get("role") == Role.ADMIN.value and values.get("is_active")
        if not stays and would_leave_no_admin([self.instance.pk]):
            raise ValidationError(f"{self.instance} is {LAST_ADMIN}.")
        return values


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):
    add_form = NewUserForm
    form = UserForm
    inlines = (MembershipInline,)
    list_display = ("email", "name", "role", "plan", "email_verified", "is_active", "last_login")
    list_filter = ("role", "plan", "email_verified", "is_active")
    search_fields = ("email", "name", "public_id")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("public_id", "last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "name", "public_id", "password")}),
        ("Rights", {"fields": ("role", "email_verified", "is_active")}),
        ("Plan", {"fields": ("plan", "research_quota")}),
        (
            "Notifications",
            {"fields": ("notify_job_failures", "notify_buying_signals", "notify_health_alerts", "notify_reports")},
        ),
        ("Dates", {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "usable_password", "password1", "password2", "role", "plan", "email_verified")}),
    )

    def audit_target(self, obj: User) -> str:
        return obj.public_id

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """For one user as for a selection: the last administrator counts as protected."""
        deleted, count, lacking, protected = super().get_deleted_objects(objs, request)
        with transaction.atomic():
            if would_leave_no_admin([user.pk for user in objs]):
                protected = [*protected, f"Administrators: among these is {LAST_ADMIN}"]
        return deleted, count, lacking, protected

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002  Django's name
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            user = self.get_object(request, id)
            # The view redirects only after it changed the password.
            if request.method == "POST" and answer.status_code == 302 and user is not None:
                self.audit(request, user, "password")
        return answer
