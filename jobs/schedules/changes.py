"""What operators do to schedules: keyword-only verbs, each audited in the transaction of its change."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.callers import Caller

from .cron import BadCron, BadTimeZone, Timetable, checked_cron, checked_time_zone
from .declarations import MissedRuns
from .firing import FanOutFailed, UnknownSchedule, fire_manually
from .models import Schedule, ScheduleFire
from .registration import arrange, database_now

__all__ = ["Edit", "FanOutFailed", "Refused", "UnknownSchedule", "WrongEdit", "edit", "pause", "reset", "resume", "run"]


class Refused(Exception):
    """The schedule's state forbids it; the message says what would help."""


class WrongEdit(ValueError):
    """Values that cannot be taken, each under its field's name."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name} {text}" for name, text in fields.items()))
        self.fields = fields


@dataclass(frozen=True, kw_only=True)
class Edit:
    """New values; None leaves one as it is, and an empty text goes back to what is declared."""

    cron: str | None = None
    time_zone: str | None = None
    missed: str | None = None


def checked(given: Edit, *, row: Schedule) -> tuple[Edit, Timetable]:
    """The values as they are stored, and the timetable they make. Raises WrongEdit with all that is wrong."""
    problems = {}
    cron, zone, missed = given.cron, given.time_zone, given.missed
    if cron:
        try:
            cron = checked_cron(cron)
        except BadCron as error:
            problems["cron"] = str(error)
    if zone:
        try:
            checked_time_zone(zone)
        except BadTimeZone as error:
            problems["timeZone"] = str(error)
    if missed and missed not in list(MissedRuns):
        problems["missedRuns"] = f"must be one of {', '.join(MissedRuns)}"
    if problems:
        raise WrongEdit(problems)
    timetable = Timetable(
        cron=cron or (row.declared_cron if cron == "" else row.cron),
        time_zone=zone or (row.declared_time_zone if zone == "" else row.time_zone),
    )
    return Edit(cron=cron, time_zone=zone, missed=missed), timetable


def edit(*, name: str, change: Edit, by: Caller, request_id: str | None = None) -> Schedule:
    """Change when it fires. A value equal to the declared one is kept as not edited.

    Raises UnknownSchedule and WrongEdit.
    """
    with transaction.atomic():
        row = _locked(name)
        given, _ = checked(change, row=row)
        before = _rules(row)
        if given.cron is not None:
            row.edited_cron = "" if given.cron == row.declared_cron else given.cron
        if given.time_zone is not None:
            row.edited_time_zone = "" if given.time_zone == row.declared_time_zone else given.time_zone
        if given.missed is not None:
            row.edited_missed = "" if given.missed == row.declared_missed else given.missed
        return _changed(row, "schedule.edit", by, request_id, before=before)


def reset(*, name: str, by: Caller, request_id: str | None = None) -> Schedule:
    """Back to what the app declares. Raises UnknownSchedule."""
    with transaction.atomic():
        row = _locked(name)
        before = _rules(row)
        row.edited_cron = row.edited_time_zone = row.edited_missed = ""
        return _changed(row, "schedule.reset", by, request_id, before=before)


def pause(*, name: str, by: Caller, request_id: str | None = None) -> bool:
    """Fire no more until resumed; False where it is paused already. Raises UnknownSchedule."""
    with transaction.atomic():
        row = _locked(name)
        if row.paused:
            return False
        row.paused, row.paused_at, row.paused_by = True, database_now(), by.name
        _save(row)
        _audit(row, "schedule.pause", by, request_id)
    return True


def resume(*, name: str, by: Caller, request_id: str | None = None) -> bool:
    """Fire again, from the next time on; False where it is not paused.

    Raises UnknownSchedule, and Refused where the environment or the app keeps it off.
    """
    with transaction.atomic():
        row = _locked(name)
        if row.retired:
            raise Refused(f"No app declares {name} any more; it cannot fire.")
        if not row.enabled:
            raise Refused(f"{name} is switched off; set {switch_of(name)}=true and restart the scheduler.")
        if not row.paused:
            return False
        row.paused, row.paused_at, row.paused_by = False, None, ""
        _save(row)
        _audit(row, "schedule.resume", by, request_id)
    return True


def run(*, name: str, by: Caller, request_id: str | None = None) -> ScheduleFire:
    """Fire now, also where it is paused or off; its next time stays. Jobs get ids of their own.

    Raises UnknownSchedule, and FanOutFailed where the function that names the jobs raises.
    """
    try:
        with transaction.atomic():
            fired = fire_manually(schedule=name, by=by.name)
            details = {"jobs": fired.jobs, "ids": fired.job_ids}
            audit.record(
                caller=by,
                action="schedule.run",
                target_type="schedule",
                target_id=name,
                details=details,
                request_id=request_id,
            )
    except FanOutFailed as failed:
        audit.record(
            caller=by,
            action="schedule.run",
            target_type="schedule",
            target_id=name,
            outcome="failed",
            details={"reason": str(failed)},
            request_id=request_id,
        )
        raise
    return fired


def switch_of(name: str) -> str:
    """The variable that switches a schedule: SCHEDULE_UCC_DAILY_ENABLED."""
    return f"SCHEDULE_{name.upper().replace('-', '_')}_ENABLED"


def _locked(name: str) -> Schedule:
    row = Schedule.objects.select_for_update().filter(name=name).first()
    if row is None:
        raise UnknownSchedule(name)
    return row


def _rules(row: Schedule) -> dict[str, str]:
    return {"cron": row.cron, "timeZone": row.time_zone, "missedRuns": row.missed}


def _changed(row: Schedule, action: str, by: Caller, request_id: str | None, *, before: dict[str, str]) -> Schedule:
    after = _rules(row)
    if after != before:
        _save(row)
        _audit(row, action, by, request_id, before=before, after=after)
    return row


def _save(row: Schedule) -> None:
    arrange(row, now=database_now(), recompute=True)
    row.save()


def _audit(row: Schedule, action: str, by: Caller, request_id: str | None, **details: Any) -> None:
    audit.record(
        caller=by,
        action=action,
        target_type="schedule",
        target_id=row.name,
        details=details,
        request_id=request_id,
    )
