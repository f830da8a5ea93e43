"""Limits on what one tenant may have waiting, so that no tenant starves the others."""

from django.core.cache import cache

from accounts.models import Organisation

from .models import Job

#: Seconds a tenant's limit is remembered; a change in admin takes effect that much later.
REMEMBERED_SECONDS = 10


class TooManyWaiting(Exception):
    """The tenant has as many jobs waiting as it may; submit again when some have run."""

    code = "tenant_limit"

    def __init__(self, limit: int) -> None:
        super().__init__(f"Your organisation may have {limit} jobs waiting; submit again when some have run.")


def check_waiting(tenant_id: str | None, more: int) -> None:
    """Raises TooManyWaiting if `more` jobs would exceed the tenant's limit, where it has one."""
    if tenant_id is None:
        return
    key = f"jobs.max_waiting.{tenant_id}"
    limit = cache.get(key, "unknown")
    if limit == "unknown":
        limit = Organisation.objects.filter(slug=tenant_id).values_list("max_waiting_jobs", flat=True).first()
        cache.set(key, limit, REMEMBERED_SECONDS)
    if limit is None:
        return
    waiting = Job.objects.filter(tenant_id=tenant_id, status__in=["waiting", "rate-limited", "delayed"]).count()
    if waiting + more > limit:
        raise TooManyWaiting(limit)
