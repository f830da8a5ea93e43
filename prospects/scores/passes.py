"""Going over all rows of a tenant in chunks, so that a job may stop anywhere and be run again."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from jobs import library
from jobs.models import Job
from jobs.running import RunningJob

CHUNK = 1000
#: A pass that takes longer goes on in a job of its own, well before the queue's time limit.
LONGEST_SECONDS = 200.0


def begun_at(job: RunningJob) -> datetime:
    """When the job was enqueued: what was done after that need not be done again by its next run."""
    return Job.objects.values_list("created_at", flat=True).get(pk=job.key)


def go_over(
    job: RunningJob,
    rows: QuerySet[Any],
    *,
    scored_at: str,
    since: datetime,
    score: Callable[[list[int]], object],
    noun: str,
) -> tuple[int, bool]:
    """Score the rows whose field `scored_at` is older than `since`, each chunk in a transaction of its own.

    Returns how many, and whether all are done; if not, enqueue the job's continuation.
    """
    stale = rows.filter(Q(**{f"{scored_at}__isnull": True}) | Q(**{f"{scored_at}__lt": since})).order_by("pk")
    total, done, last = stale.count(), 0, 0
    end = time.monotonic() + LONGEST_SECONDS
    while keys := list(stale.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        if time.monotonic() > end:
            return done, False
        with transaction.atomic():
            score(keys)
        done, last = done + len(keys), keys[-1]
        job.progress(100 * done / max(total, done), f"{done} of {max(total, done)} {noun}")
    return done, True


def tenants_of(model: type[Model]) -> list[str]:
    """The tenants that have such rows. One look into the index per tenant, however many rows there are."""
    found: list[str] = []
    tenants = model._default_manager.order_by("tenant_id").values_list("tenant_id", flat=True)
    tenant = tenants.first()
    while tenant is not None:
        found.append(tenant)
        tenant = tenants.filter(tenant_id__gt=tenant).first()
    return found


def for_tenant(data: dict[str, Any], tenant_id: str) -> dict[str, Any]:
    """A job's data, of a tenant; that of no organisation is left out, as everywhere."""
    return {**data, "tenantId": tenant_id} if tenant_id else data


def enqueue_for(
    tenant_id: str,
    type: str,  # noqa: A002
    data: dict[str, Any],
    *,
    id: str | None = None,  # noqa: A002
    delay: timedelta = timedelta(0),
) -> None:
    """In the surrounding transaction. id: makes a repeat harmless."""
    milliseconds = round(delay.total_seconds() * 1000)
    library.enqueue(type, for_tenant(data, tenant_id), **dict[str, Any](job_id=id, delay=milliseconds))
