"""When what is known of a prospect is old, and which prospects are to be asked about next."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q

from accounts.models import Organisation

from ..models import Prospect

FRESH_FOR = timedelta(days=7)
#: Prospects of one job, and of one run of the schedule.
JOB_SIZE, RUN_SIZE = 50, 500


def is_fresh(prospect: Prospect, now: datetime) -> bool:
    return prospect.enriched_at is not None and prospect.enriched_at > now - FRESH_FOR


def stale_batches(now: datetime) -> Iterator[tuple[str, list[str]]]:
    """(organisation, public ids of at most JOB_SIZE prospects), RUN_SIZE prospects in all.

    Those never enriched first, then the oldest. Organisations take turns by job, so that one with a million
    prospects does not keep the others waiting; each is asked through an index of its own rows.
    """
    left = RUN_SIZE
    tenants = ["", *Organisation.objects.order_by("slug").values_list("slug", flat=True)]
    queues = [(tenant, batch) for tenant in tenants if (batch := _stale(tenant, now))]
    while left and queues:
        for tenant, ids in queues:
            batch = ids[: min(JOB_SIZE, left)]
            if batch:
                del ids[: len(batch)]
                left -= len(batch)
                yield tenant, batch
        queues = [(tenant, ids) for tenant, ids in queues if ids]


def _stale(tenant_id: str, now: datetime) -> list[str]:
    stale = Q(enriched_at__isnull=True) | Q(enriched_at__lte=now - FRESH_FOR)
    rows = Prospect.objects.filter(stale, tenant_id=tenant_id)
    oldest_first = rows.order_by(F("enriched_at").asc(nulls_first=True), "id")
    return [str(public_id) for public_id in oldest_first.values_list("public_id", flat=True)[:RUN_SIZE]]
