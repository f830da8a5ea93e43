"""The tables of webhooks."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class WebhookEndpoint(models.Model):
    """Where an organisation wants messages to be sent.

    kind `callbacks` is one per organisation and has no URL: it holds the secret that signs the
    notices of jobs with a `webhookUrl` of their own.
    """

    SUBSCRIPTION, CALLBACKS = "subscription", "callbacks"

    public_id = models.CharField(max_length=40, unique=True)
    tenant_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, db_default=SUBSCRIPTION)
    url = models.CharField(max_length=2048, db_default="")
    description = models.CharField(max_length=200, db_default="")
    #: Event types, or `*` for all.
    events = ArrayField(models.CharField(max_length=100), db_default=[])
    active = models.BooleanField(db_default=True)
    #: Why it is not active: `operator` or `gone` (it answered 410); empty while active.
    disabled_reason = models.CharField(max_length=16, db_default="")
    disabled_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=100, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id"], name="jobs_webhook_one_callbacks", condition=Q(kind="callbacks")
            ),
            models.CheckConstraint(
                condition=Q(kind="subscription") & ~Q(url="") | Q(kind="callbacks", url="", active=True),
                name="jobs_webhook_url_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(active=True, disabled_reason="", disabled_at__isnull=True)
                | Q(active=False, disabled_at__isnull=False) & ~Q(disabled_reason=""),
                name="jobs_webhook_reason_when_disabled",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "id"], name="jobs_webhook_tenant")]

    def __str__(self) -> str:
        return self.url or f"callbacks of {self.tenant_id}"


class WebhookSecret(models.Model):
    """A signing secret. An endpoint has one without `expires_at`, and for a day those it replaced."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    secret = models.CharField(max_length=100)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint"], name="jobs_webhook_one_current_secret", condition=Q(expires_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"secret of {self.endpoint_id}"


class WebhookMessage(models.Model):
    """What happened, as it is told to every endpoint that wants to know."""

    public_id = models.CharField(max_length=40, unique=True)
    tenant_id = models.CharField(max_length=100)
    event_type = models.CharField(max_length=100)
    data = models.JSONField()
    #: The job's own `webhookUrl`, where it has one.
    callback_url = models.CharField(max_length=2048, null=True)  # noqa: DJ001
    #: The event of the job layer that this tells of: at most one message for each.
    source_event = models.BigIntegerField(null=True, unique=True)
    created_by = models.CharField(max_length=100, db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "-id"], name="jobs_webhookmsg_tenant"),
            models.Index(fields=["created_at"], name="jobs_webhookmsg_created"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.public_id}"


class WebhookDelivery(models.Model):
    """One attempt to deliver a message, as it went."""

    public_id = models.CharField(max_length=40, unique=True)
    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="deliveries")
    #: Null once the endpoint was removed.
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.SET_NULL, null=True, related_name="deliveries")
    tenant_id = models.CharField(max_length=100)
    url = models.CharField(max_length=2048)
    job_key = models.BigIntegerField()
    job_id = models.CharField(max_length=200)
    attempt = models.IntegerField()
    succeeded = models.BooleanField()
    status_code = models.SmallIntegerField(null=True)
    duration_ms = models.IntegerField()
    #: A word for programs and a sentence for people, where it failed.
    error_code = models.CharField(max_length=40, db_default="")
    error = models.CharField(max_length=500, db_default="")
    request_headers = models.JSONField(db_default={})
    response_excerpt = models.TextField(db_default="")
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "-id"], name="jobs_webhookdlv_endpoint"),
            models.Index(fields=["tenant_id", "-id"], name="jobs_webhookdlv_tenant"),
            models.Index(fields=["job_key"], name="jobs_webhookdlv_job"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}: {self.status_code or self.error_code}"


class JobCallback(models.Model):
    """The `webhookUrl` of one job; goes with the job."""

    job_id = models.BigIntegerField(primary_key=True)
    url = models.CharField(max_length=2048)

    def __str__(self) -> str:
        return self.url


class NoticeCursor(models.Model):
    """How far the events of the job layer have been read for notices; see jobs/webhooks/notices.py."""

    id = models.SmallIntegerField(primary_key=True)
    settled_id = models.BigIntegerField()
    seen_id = models.BigIntegerField()
    barrier_id = models.BigIntegerField()
    #: A transaction id as PostgreSQL's xid8 counts them.
    barrier_xid = models.BigIntegerField()

    def __str__(self) -> str:
        return f"at event {self.seen_id}"
