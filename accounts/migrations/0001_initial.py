import accounts.models.users
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "public_id",
                    models.CharField(
                        default=accounts.models.users.new_public_id, editable=False, max_length=32, unique=True
                    ),
                ),
                (
                    "email",
                    accounts.models.users.LowerCaseEmailField(
                        max_length=254, unique=True, verbose_name="e-mail address"
                    ),
                ),
                ("email_verified", models.BooleanField(default=False, verbose_name="e-mail verified")),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("admin", "Admin")],
                        default="",
                        help_text="Empty for everybody whose rights come from memberships.",
                        max_length=20,
                        verbose_name="site-wide role",
                    ),
                ),
                (
                    "plan",
                    models.CharField(
                        choices=[("free", "Free"), ("pro", "Pro"), ("enterprise", "Enterprise")],
                        default="free",
                        max_length=20,
                    ),
                ),
                (
                    "research_quota",
                    models.PositiveIntegerField(
                        blank=True, help_text="Research requests a month; empty: as the plan says.", null=True
                    ),
                ),
                ("notify_job_failures", models.BooleanField(default=False, verbose_name="mail me when my jobs fail")),
                ("notify_buying_signals", models.BooleanField(default=True, verbose_name="mail me buying signals")),
                ("notify_reports", models.BooleanField(default=True, verbose_name="mail me reports")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Switch off instead of deleting: sign-in and tokens stop at once.",
                        verbose_name="active",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["email"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="user_email_is_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", ""), _negated=True), name="user_email_is_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("public_id__regex", "^user_[a-z2-7]{12}\\Z")),
                        name="user_public_id_is_well_formed",
                    ),
                    models.CheckConstraint(condition=models.Q(("role__in", ["", "admin"])), name="user_role_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(("plan__in", ["free", "pro", "enterprise"])), name="user_plan_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("actor", models.CharField(max_length=100)),
                ("actor_name", models.CharField(blank=True, max_length=254)),
                ("action", models.CharField(max_length=100)),
                ("target_type", models.CharField(max_length=50)),
                ("target_id", models.CharField(max_length=200)),
                ("tenant_id", models.CharField(blank=True, max_length=100, null=True)),
                ("outcome", models.CharField(default="ok", max_length=50)),
                ("details", models.JSONField(default=dict)),
                ("request_id", models.CharField(blank=True, max_length=200, null=True)),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["at"], name="audit_at"),
                    models.Index(fields=["actor", "at"], name="audit_actor"),
                    models.Index(fields=["target_type", "target_id", "at"], name="audit_target"),
                    models.Index(fields=["tenant_id", "at"], name="audit_tenant"),
                    models.Index(fields=["action", "at"], name="audit_action"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor", ""), _negated=True),
                            models.Q(("action", ""), _negated=True),
                            models.Q(("target_type", ""), _negated=True),
                            models.Q(("outcome", ""), _negated=True),
                        ),
                        name="audit_entry_is_complete",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.CharField(
                        help_text="The API's tenantId. Jobs carry it: renaming cuts the organisation off from its old jobs.",
                        max_length=100,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}\\Z",
                                "Use letters, digits, dot, colon, hyphen and underscore.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "plan",
                    models.CharField(
                        choices=[("free", "Free"), ("pro", "Pro"), ("enterprise", "Enterprise")],
                        default="free",
                        max_length=20,
                    ),
                ),
                (
                    "max_waiting_jobs",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Submissions beyond this many waiting jobs are refused; empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "starts_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Jobs that may start in any minute; empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}\\Z")),
                        name="organisation_slug_is_well_formed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="organisation_name_is_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("plan__in", ["free", "pro", "enterprise"])),
                        name="organisation_plan_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_waiting_jobs__isnull", True), ("max_waiting_jobs__gte", 1), _connector="OR"
                        ),
                        name="organisation_max_waiting_is_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_per_minute__isnull", True), ("starts_per_minute__gte", 1), _connector="OR"
                        ),
                        name="organisation_starts_are_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuotaUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        help_text="Whose quota: a user's public id, or any other stable id.", max_length=100
                    ),
                ),
                ("kind", models.CharField(help_text="Of what, such as research.", max_length=50)),
                ("month", models.DateField(help_text="First day of the month, UTC.")),
                ("used", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "quota use",
                "ordering": ["-month", "subject", "kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "kind", "month"), name="quota_use_is_unique"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="quota_month_is_a_first_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", ""), _negated=True), models.Q(("kind", ""), _negated=True)
                        ),
                        name="quota_use_is_complete",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("viewer", "Viewer"), ("member", "Member"), ("tenant-admin", "Tenant admin")],
                        default="member",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "organisation"), name="membership_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["viewer", "member", "tenant-admin"])),
                        name="membership_role_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("viewer", "Viewer"),
                            ("member", "Member"),
                            ("tenant-admin", "Tenant admin"),
                            ("admin", "Admin"),
                        ],
                        max_length=20,
                        null=True,
                    ),
                ),
                ("is_service", models.BooleanField(default=False, verbose_name="service")),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("prefix", models.CharField(db_index=True, editable=False, max_length=12)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("jobs:read", "jobs:read"),
                                ("jobs:write", "jobs:write"),
                                ("queues:manage", "queues:manage"),
                                ("metrics:read", "metrics:read"),
                            ],
                            max_length=50,
                        ),
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}\\Z")), name="token_digest_is_sha256"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("user__isnull", False), ("is_service", True), _connector="OR"),
                        name="token_has_an_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_service", False), ("role__isnull", False), _connector="OR"),
                        name="token_of_a_service_has_a_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__isnull", True),
                            ("role__in", ["viewer", "member", "tenant-admin", "admin"]),
                            _connector="OR",
                        ),
                        name="token_role_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scopes__contained_by", ["jobs:read", "jobs:write", "queues:manage", "metrics:read"])
                        ),
                        name="token_scopes_are_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="token_name_is_given"),
                ],
            },
        ),
    ]
