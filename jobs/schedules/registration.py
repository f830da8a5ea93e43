"""Declarations into rows: safe to repeat, at once from several processes, and without touching what
operators set."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from . import declarations
from .cron import BadCron, BadTimeZone, Timetable
from .declarations import Declaration
from .models import Schedule

logger = logging.getLogger("quarry.scheduler")


#: A schedule that is declared again fires what was due this long before.
COMES_BACK = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Synced:
    """Names, by what happened to their rows."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def database_now() -> datetime:
    """Postgres's clock, the only one that schedules follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def sync(*, now: datetime | None = None) -> Synced:
    """Make the rows what the apps of this process declare; returns what changed."""
    moment = now or database_now()
    added, changed = [], []
    for one in declarations.declared():
        with transaction.atomic():
            row, new = Schedule.objects.get_or_create(name=one.name, defaults=_declared(one))
            row = Schedule.objects.select_for_update().get(pk=row.pk)
            before = {**_declared(one), "retired": False}
            differing = [key for key, value in before.items() if getattr(row, key) != value]
            # Gone from a release and back at once, or retired by an older one while releases overlapped: what was due
            # meanwhile is not lost, and what has fired does not fire again.
            since = moment - COMES_BACK if row.retired else moment
            for key in differing:
                setattr(row, key, before[key])
            arrange(row, now=since, recompute=bool({"declared_cron", "declared_time_zone"} & set(differing)))
            row.save()
        if new:
            added.append(one.name)
        elif differing:
            changed.append(one.name)
    return Synced(added=added, changed=changed, retired=_retire())


def _declared(one: Declaration) -> dict[str, object]:
    return {
        "description": one.description,
        "type": one.type,
        "data": dict(one.data),
        "options": dict(one.options),
        "declared_cron": one.cron,
        "declared_time_zone": one.time_zone or settings.TIME_ZONE,
        "declared_missed": str(one.missed),
        "enabled": settings.SCHEDULE_SWITCHES.get(one.name, one.enabled),
    }


def _retire() -> list[str]:
    known = [one.name for one in declarations.declared()]
    gone = Schedule.objects.filter(retired=False).exclude(name__in=known)
    names = list(gone.values_list("name", flat=True))
    Schedule.objects.filter(name__in=names).update(retired=True, next_fire_at=None, retry_at=None)
    return names


def arrange(row: Schedule, *, now: datetime, recompute: bool) -> None:
    """Set when the row fires next; the caller saves it.

    What is overdue stays due, whatever changed: the scheduler fires it once and then follows the new
    expression. Resuming is the exception, for what lies in a pause was not missed.
    """
    if not row.on:
        row.next_fire_at = row.retry_at = None
        row.failures = 0
        return
    if row.next_fire_at is not None and (row.next_fire_at <= now or not recompute):
        return
    try:
        row.next_fire_at = Timetable(cron=row.cron, time_zone=row.time_zone).next_after(now)
    except (BadCron, BadTimeZone) as error:
        # An edited zone that this host's zone data no longer has: one schedule stands still, not all.
        logger.error("Schedule %s has no next time: %s %s", row.name, row.cron, error)
        row.next_fire_at = None
