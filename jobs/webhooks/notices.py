"""Notices of finished jobs: the events of the job layer, read as an outbox.

A transition writes its event in its own transaction, so the hot path knows nothing of webhooks. Once a
second one worker reads what is new and, in one transaction, stores the messages, enqueues their jobs
and moves the cursor: each event becomes at most one message (a constraint says so too), and none is
lost, for a tick that dies has moved nothing.

Ids are drawn before their transactions commit, so a smaller id may appear after a larger one. The
cursor therefore settles behind a barrier: the top id and the snapshot's next transaction id are
remembered, and once every transaction older than that has ended, no id up to the remembered one can
appear any more; what lies between is read a second time then.
"""

import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from accounts.callers import system_caller

from ..models import Job
from ..resource import resources
from . import endpoints, messages
from .models import NoticeCursor, WebhookEndpoint, WebhookMessage, WebhookSecret

logger = logging.getLogger("quarry.webhooks")

#: An event to tell of: its id, its name, the job's primary key, the job's own URL, the endpoints' primary keys.
_Found = tuple[int, str, int, str | None, list[int]]

EVENTS = {name: f"job.{name}" for name in ("completed", "failed", "cancelled", "dead")}
#: Events read in one pass; a tick makes as many passes as it needs, up to MOST_PASSES.
PASS = 20_000
MOST_PASSES = 10

_TOP = """
SELECT COALESCE(max(id), 0), pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint
FROM jobs_event
"""
_NEW = """
SELECT e.id, e.event, e.job_id, c.url, array_remove(array_agg(w.id ORDER BY w.id), NULL)
FROM jobs_event e
JOIN jobs_job j ON j.id = e.job_id
LEFT JOIN jobs_jobcallback c ON c.job_id = j.id
LEFT JOIN jobs_webhookendpoint w ON w.tenant_id = j.tenant_id AND w.active AND w.kind = 'subscription'
    AND w.events && ARRAY['job.' || e.event, '*']::varchar[] AND w.created_at <= e.at
WHERE e.id > %s AND e.id <= %s AND e.event IN ('completed', 'failed', 'cancelled', 'dead') AND e.type <> 'webhook'
  AND j.tenant_id IS NOT NULL
GROUP BY e.id, e.event, e.job_id, c.url
HAVING c.url IS NOT NULL OR count(w.id) > 0
ORDER BY e.id
"""


def notify() -> int:
    """Turn new events into webhook messages.

    Returns how many. Another worker's pass in progress is left alone.
    """
    total = 0
    for _ in range(MOST_PASSES):
        with transaction.atomic():
            number, more = _pass()
        total += number
        if not more:
            break
    return total


def _pass() -> tuple[int, bool]:
    top, oldest, following = _top()
    cursor, made = NoticeCursor.objects.get_or_create(
        id=1, defaults={"settled_id": top, "seen_id": top, "barrier_id": top, "barrier_xid": following}
    )
    held = NoticeCursor.objects.select_for_update(skip_locked=True).filter(id=1).first()
    if made or held is None:
        return 0, False
    # Read again under the lock: the pass before may have gone beyond what was seen above.
    top, oldest, following = _top()
    cursor = held
    if cursor.barrier_xid > following:
        # The database came from another server, whose transactions had other numbers.
        cursor.barrier_xid = following
    settles = oldest >= cursor.barrier_xid
    start = cursor.settled_id if settles else cursor.seen_id
    end = min(top, max(start, cursor.seen_id) + PASS)
    number = _tell(start, end)
    if settles:
        cursor.settled_id, cursor.barrier_id, cursor.barrier_xid = cursor.barrier_id, end, following
    cursor.seen_id = max(end, cursor.seen_id)
    cursor.save()
    return number, end < top


def _top() -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_TOP)
        top, oldest, following = cursor.fetchone()
        return top, oldest, following


def _tell(start: int, end: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [start, end])
        rows = cursor.fetchall()
    known = set(
        WebhookMessage.objects.filter(source_event__in=[row[0] for row in rows]).values_list("source_event", flat=True)
    )
    return _store_all([row for row in rows if row[0] not in known])


def _store_all(rows: Sequence[_Found]) -> int:
    """Store messages and their jobs; returns how many. One that cannot be stored holds up no other's."""
    if not rows:
        return 0
    try:
        with transaction.atomic():
            _store(rows)
        return len(rows)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(rows) > 1:
            logger.warning("Notices of %d events could not be stored together; each is tried alone.", len(rows))
            return sum(_store_all([row]) for row in rows)
        logger.exception("No notice of event %s of job %s could be stored", rows[0][0], rows[0][2])
        return 0


def _store(rows: Sequence[_Found]) -> None:
    jobs = list(Job.objects.filter(pk__in={row[2] for row in rows}))
    shown = {job.pk: (job, resource) for job, resource in zip(jobs, resources(jobs), strict=True)}
    targets = WebhookEndpoint.objects.in_bulk({pk for row in rows for pk in row[4]})
    to: list[tuple[WebhookMessage, WebhookEndpoint]] = []
    for event_id, event, key, url, endpoint_ids in rows:
        job, resource = shown[key]
        message = messages.store(
            tenant_id=str(job.tenant_id),
            event_type=EVENTS[event],
            data=_bounded(resource),
            created_by=system_caller().user_id,
            callback_url=url,
            source_event=event_id,
        )
        to += [(message, targets[pk]) for pk in endpoint_ids]
        if url:
            to.append((message, endpoints.callbacks_of(message.tenant_id)))
    messages.enqueue(to, by=system_caller())


def _bounded(resource: dict[str, Any]) -> dict[str, Any]:
    """The job without data and result where they are too large for a message; the poll URL leads to them."""
    if len(json.dumps(resource)) <= messages.MOST_DATA_BYTES:
        return resource
    return resource | {"data": None, "result": None, "truncated": True}


def forget() -> None:
    """Messages and deliveries past their time, and secrets that no longer sign."""
    WebhookSecret.objects.filter(expires_at__lt=timezone.now()).delete()
    old = WebhookMessage.objects.filter(created_at__lt=timezone.now() - timedelta(days=settings.WEBHOOK_RECORD_DAYS))
    while ids := list(old.order_by("id").values_list("pk", flat=True)[:1000]):
        WebhookMessage.objects.filter(pk__in=ids).delete()
