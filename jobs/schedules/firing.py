"""Firing: one occurrence, its jobs and the schedule's next time, in one transaction.

Whoever else tries the same occurrence finds the schedule's row locked or the fire recorded. Time is
Postgres's; a scheduler's own clock decides nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Q

from accounts.callers import system_caller

from .. import actions
from ..handle import JobHandle
from ..models import Job
from . import declarations
from .cron import Timetable
from .declarations import Declaration, MissedRuns, Occurrence, Submission, Trigger
from .models import Schedule, ScheduleFire
from .registration import database_now

logger = logging.getLogger("quarry.scheduler")

#: Fired later than this after its time, an occurrence counts as caught up.
ON_TIME = timedelta(seconds=60)
#: Missed occurrences that are recorded one by one, the newest; a note stands for those before.
MOST_SKIPPED = 100
#: Job ids kept with a fire.
MOST_IDS = 100
LONGEST_RETRY_SECONDS = 600


class UnknownSchedule(LookupError):
    """No schedule of this name is declared here."""


class FanOutFailed(Exception):
    """The function that names a schedule's jobs raised; `__cause__` is what it raised."""

    def __init__(self, at: datetime, cause: Exception) -> None:
        super().__init__(f"{type(cause).__name__}: {cause}"[:2000])
        self.at = at


def fire_due(*, now: datetime | None = None, overdue_by: timedelta = timedelta(0)) -> list[ScheduleFire]:
    """Fire everything that is due; returns what this call fired. Safe to run from many processes.

    overdue_by: leave alone what is due for less than this, for a scheduler that stands by.
    """
    moment = now or database_now()
    names = [one.name for one in declarations.declared()]
    due = _due(moment - overdue_by).filter(name__in=names).order_by("next_fire_at", "id")
    fires = [_fire_next(name, moment) for name in due.values_list("name", flat=True)]
    return [fire for fire in fires if fire is not None]


def _due(now: datetime) -> Any:
    return Schedule.objects.filter(next_fire_at__lte=now).filter(Q(retry_at=None) | Q(retry_at__lte=now))


def fire(schedule: str, fire_time: str) -> list[str]:
    """What a schedule's entry in rq-scheduler's set calls: its occurrence, unless it has fired; job ids.

    Raises UnknownSchedule and FanOutFailed.
    """
    at = datetime.fromisoformat(fire_time)
    with transaction.atomic():
        row, declared = _locked(schedule)
        done = _fire(row, declared, at, Trigger.CLOCK)
    return list(done.job_ids) if done else []


def fire_manually(*, schedule: str, by: str) -> ScheduleFire:
    """Fire now, whatever the schedule's state; its next time stays as it is. In the caller's transaction.

    Raises UnknownSchedule and FanOutFailed.
    """
    row, declared = _locked(schedule)
    made = _fire(row, declared, database_now(), Trigger.MANUAL, by=by)
    assert made is not None, "a moment of microseconds, under the row's lock, is nobody else's"  # noqa: S101
    return made


def _locked(name: str) -> tuple[Schedule, Declaration]:
    declared = declarations.declaration(name)
    row = Schedule.objects.select_for_update().filter(name=name, retired=False).first()
    if declared is None or row is None:
        raise UnknownSchedule(name)
    return row, declared


# --- By the clock ---------------------------------------------------------------------------------
def _fire_next(name: str, now: datetime) -> ScheduleFire | None:
    declared = declarations.declaration(name)
    assert declared is not None  # noqa: S101  fire_due asks for declared ones only
    try:
        with transaction.atomic():
            row = _due(now).select_for_update(skip_locked=True).filter(name=name).first()
            return None if row is None else _catch_up(row, declared, now)
    except Exception as error:
        # Of one schedule alone: those after it are due as well.
        if _database_is_lost(error):
            raise
        cause = error.__cause__ if isinstance(error, FanOutFailed) else error
        logger.error("Schedule %s failed to fire.", name, exc_info=cause)
        _note_failure(name, error, now)
        return None


def _catch_up(row: Schedule, declared: Declaration, now: datetime) -> ScheduleFire | None:
    """Fire the last occurrence that is due, record those before it as skipped, move on to the next one."""
    timetable = Timetable(cron=row.cron, time_zone=row.time_zone)
    first = row.next_fire_at
    assert first is not None  # noqa: S101  it is due
    times, more = timetable.due_until(first, now, most=MOST_SKIPPED + 1)
    *missed, last = times
    late = now - last > ON_TIME
    if late and row.missed == MissedRuns.SKIP:
        missed, made = times, None
    else:
        made = _fire(row, declared, last, Trigger.CATCH_UP if late else Trigger.CLOCK)
    _skip(row, missed, earlier_since=first if more else None)
    row.next_fire_at = timetable.next_after(now)
    row.retry_at, row.failures = None, 0
    row.save(update_fields=["next_fire_at", "retry_at", "failures", "last_fire_at"])
    return made


def _skip(row: Schedule, missed: Sequence[datetime], *, earlier_since: datetime | None) -> None:
    if not missed:
        return
    note = "No scheduler ran when it was due."
    notes = [note] * len(missed)
    if earlier_since:
        notes[0] = f"{note} So were all before it, since {earlier_since.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
    ScheduleFire.objects.bulk_create(
        [
            ScheduleFire(schedule=row, fire_time=at, trigger=Trigger.CLOCK, outcome="skipped", note=text)
            for at, text in zip(missed, notes, strict=True)
        ],
        ignore_conflicts=True,
    )
    logger.warning("Schedule %s: %d missed occurrences were skipped, the last of %s.", row, len(missed), missed[-1])


def _note_failure(name: str, error: Exception, now: datetime) -> None:
    """Record it and try again soon; the occurrence stays due until the next one takes its place."""
    with transaction.atomic():
        row = Schedule.objects.select_for_update().get(name=name)
        if row.next_fire_at is None:
            return
        at = error.at if isinstance(error, FanOutFailed) else row.next_fire_at
        _record(row, at, Trigger.CLOCK, outcome="failed", note=str(error) or type(error).__name__)
        row.failures = min(row.failures + 1, 100)
        row.retry_at = now + timedelta(seconds=min(5 * 2 ** min(row.failures - 1, 10), LONGEST_RETRY_SECONDS))
        row.save(update_fields=["failures", "retry_at"])


def _database_is_lost(error: Exception) -> bool:
    """Whether the connection is gone, as opposed to one statement refused."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    return connection.connection is None or connection.connection.closed


# --- One occurrence -------------------------------------------------------------------------------
def _fire(row: Schedule, declared: Declaration, at: datetime, trigger: Trigger, *, by: str = "") -> ScheduleFire | None:
    """Record the fire and store its jobs. None where it has fired before."""
    record = _record(row, at, trigger, by=by)
    if record is None:
        return None
    timetable = Timetable(cron=row.cron, time_zone=row.time_zone)
    label = _manual_label(at) if trigger is Trigger.MANUAL else timetable.label(at)
    occurrence = Occurrence(schedule=row.name, fire_time=at.astimezone(timetable.zone), label=label, trigger=trigger)
    try:
        handles = _enqueue(declared, occurrence)
    except Exception as error:
        if _database_is_lost(error):
            raise
        raise FanOutFailed(at, error) from error
    record.jobs = len(handles)
    record.duplicates = sum(handle.duplicate for handle in handles)
    record.job_ids = [handle.id for handle in handles[:MOST_IDS]]
    record.save(update_fields=["jobs", "duplicates", "job_ids"])
    row.last_fire_at = max(filter(None, [row.last_fire_at, at]))
    row.save(update_fields=["last_fire_at"])
    logger.info("Schedule %s fired for %s: %d jobs, %d of them new.", row, label, record.jobs, _new(record))
    return record


def _new(record: ScheduleFire) -> int:
    return record.jobs - record.duplicates


def _manual_label(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H%M%S}.{utc.microsecond:06d}Z"


def _record(
    row: Schedule, at: datetime, trigger: Trigger, *, outcome: str = "fired", note: str = "", by: str = ""
) -> ScheduleFire | None:
    """A failed fire may be tried again; any other stands, and the answer is None."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO jobs_schedulefire (schedule_id, fire_time, trigger, outcome, note, by)
            VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (schedule_id, fire_time) DO UPDATE
            SET trigger = excluded.trigger, outcome = excluded.outcome, note = excluded.note,
                fired_at = clock_timestamp()
            WHERE jobs_schedulefire.outcome = 'failed'
            RETURNING id
            """,
            [row.pk, at, str(trigger), outcome, note, by],
        )
        found = cursor.fetchone()
    return ScheduleFire.objects.get(pk=found[0]) if found else None


def _enqueue(declared: Declaration, occurrence: Occurrence) -> list[JobHandle]:
    submissions = list(declared.fan_out(occurrence))
    return actions.enqueue_many(
        _with_free_ids(submissions, occurrence),
        by=system_caller(),
        correlation_id=f"schedule:{occurrence.schedule}:{occurrence.label}",
    )


def _with_free_ids(submissions: list[Submission], occurrence: Occurrence) -> list[Submission]:
    """Anybody may have used an id that a schedule will want; that must not stop the schedule."""
    wanted = [one.options.job_id for one in submissions if one.options.job_id]
    theirs = set(
        Job.objects.filter(public_id__in=wanted)
        .exclude(user_id=system_caller().user_id)
        .values_list("public_id", flat=True)
    )
    if theirs:
        logger.warning("Schedule %s: ids of somebody's own jobs are left to them: %s", occurrence.schedule, theirs)
    return [
        replace(one, options=replace(one.options, job_id=f"{one.options.job_id}-scheduled"))
        if one.options.job_id in theirs
        else one
        for one in submissions
    ]
