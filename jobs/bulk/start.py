"""Asking for a bulk action, in one transaction: its row, its job and its one audit entry."""

from dataclasses import asdict

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.callers import Caller
from accounts.roles import Role

from .. import actions
from ..handle import JobHandle
from ..models import Job
from .models import BulkAction


def start(
    *,
    action: str,
    query: str,
    by: Caller,
    expected: int,
    priority: int | None = None,
    force: bool = False,
    request_id: str | None = None,
) -> JobHandle:
    """Do `action` to every job that `query` finds and that is there now; returns the job that does it.

    expected: matches as the preview counted them, 0 where they were too many to count.
    """
    newest = Job.objects.aggregate(newest=Max("id"))["newest"] or 0
    with transaction.atomic():
        bulk = BulkAction.objects.create(
            action=action,
            query=query,
            priority=priority,
            force=force,
            actor=asdict(by) | {"tenants": sorted(by.tenants), "scopes": sorted(by.scopes), "role": str(by.role)},
            newest_id=newest,
            position=newest + 1,
            expected=expected,
        )
        handle = actions.enqueue(type="bulk-action", data={"bulkId": bulk.pk}, by=by, correlation_id=request_id)
        details = {
            "filter": query,
            "matching": expected or "more than were counted",
            "newestId": newest,
            "bulkId": bulk.pk,
        }
        if priority is not None:
            details["priority"] = priority
        audit.record(
            caller=by,
            action=f"jobs.bulk-{action}",
            target_type="job",
            target_id=handle.id,
            outcome="started",
            details=details | ({"force": True} if force else {}),
            request_id=request_id,
        )
    return handle


def caller_of(bulk: BulkAction) -> Caller:
    """Who asked, as they were then."""
    actor = dict(bulk.actor)
    return Caller(
        **actor
        | {
            "tenants": frozenset(actor["tenants"]),
            "scopes": frozenset(actor["scopes"]),
            "role": Role(actor["role"]),
        }
    )
