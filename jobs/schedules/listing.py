"""The schedule list: what the rows say, what fired, and the housekeeping that workers do by themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..alerts import watch
from ..maintenance import REPAIRS
from ..models import Tick
from ..timestamps import iso, iso_or_none
from . import history
from .cron import BadCron, BadTimeZone, Timetable
from .history import Fire
from .models import Schedule
from .registration import database_now

#: Fires that the list shows of each schedule, and times to come.
STRIP = 24
PREVIEW = 5


@dataclass(frozen=True, kw_only=True)
class Listed:
    row: Schedule
    #: The newest first.
    fires: list[Fire]
    next_fires: list[datetime]

    @property
    def last(self) -> Fire | None:
        return self.fires[0] if self.fires else None


@dataclass(frozen=True, kw_only=True)
class Chore:
    """Housekeeping: a repair that some worker runs when it is due; nobody schedules or stops it."""

    name: str
    description: str
    rhythm: str
    last_run_at: datetime | None
    next_run_at: datetime | None

    def late(self, now: datetime) -> bool:
        """More than a minute after its time: no worker runs, or the repair fails."""
        return self.next_run_at is None or now > self.next_run_at + timedelta(minutes=1)


def schedules() -> list[Listed]:
    fires, now = history.latest_fires(each=STRIP), database_now()
    return [_listed(row, fires.get(row.pk, []), now) for row in Schedule.objects.order_by("retired", "name")]


def find(name: str, *, fires: int = STRIP) -> Listed | None:
    row = Schedule.objects.filter(name=name).first()
    return None if row is None else _listed(row, history.fires_of(name, limit=fires), database_now())


def _listed(row: Schedule, fires: list[Fire], now: datetime) -> Listed:
    coming: list[datetime] = []
    if row.next_fire_at is not None:
        try:
            timetable = Timetable(cron=row.cron, time_zone=row.time_zone)
        except (BadCron, BadTimeZone):
            coming = [row.next_fire_at]
        else:
            later = timetable.next_ones(max(now, row.next_fire_at), PREVIEW - 1)
            coming = [row.next_fire_at, *later]
    return Listed(row=row, fires=fires, next_fires=coming)


def chores() -> list[Chore]:
    last = dict(Tick.objects.values_list("name", "last_run_at"))
    return [_chore(name, rhythm, repair, last.get(name)) for name, rhythm, repair in (*REPAIRS, *watch.WORK)]


def _chore(name: str, rhythm: timedelta | Timetable, repair: Any, last: datetime | None) -> Chore:
    if isinstance(rhythm, timedelta):
        text, coming = f"every {_span(rhythm)}", last + rhythm if last else None
    else:
        text, coming = rhythm.cron, rhythm.next_after(last) if last else None
    first_line = (repair.__doc__ or "").strip().partition("\n")[0]
    return Chore(name=name, description=first_line, rhythm=text, last_run_at=last, next_run_at=coming)


def _span(period: timedelta) -> str:
    for unit, size in (("h", timedelta(hours=1)), ("min", timedelta(minutes=1))):
        if period >= size and not period % size:
            return f"{period // size} {unit}"
    return f"{period.total_seconds():g} s"


# --- As JSON --------------------------------------------------------------------------------------
def schedule_resource(listed: Listed) -> dict[str, Any]:
    row = listed.row
    return {
        "name": row.name,
        "kind": "schedule",
        "description": row.description,
        "type": row.type or None,
        "data": row.data,
        "options": row.options,
        "cron": row.cron,
        "timeZone": row.time_zone,
        "missedRuns": row.missed,
        "isEdited": row.edited,
        "declared": {
            "cron": row.declared_cron,
            "timeZone": row.declared_time_zone,
            "missedRuns": row.declared_missed,
        },
        "state": row.state,
        "isEnabled": row.enabled,
        "isPaused": row.paused,
        "pausedAt": iso_or_none(row.paused_at),
        "pausedBy": row.paused_by or None,
        "nextFireAt": iso_or_none(row.next_fire_at),
        "nextFires": [iso(moment) for moment in listed.next_fires],
        "lastFireAt": iso_or_none(row.last_fire_at),
        "lastFire": fire_resource(listed.last) if listed.last else None,
    }


def fire_resource(fire: Fire) -> dict[str, Any]:
    row = fire.row
    return {
        "fireTime": iso(row.fire_time),
        "firedAt": iso(row.fired_at),
        "trigger": row.trigger,
        "outcome": row.outcome,
        "result": fire.result,
        "jobs": row.jobs,
        "duplicates": row.duplicates,
        "counts": fire.counts,
        "ids": list(fire.jobs),
        "by": row.by or None,
        "note": row.note or None,
    }


def chore_resource(chore: Chore) -> dict[str, Any]:
    return {
        "name": chore.name,
        "kind": "housekeeping",
        "description": chore.description,
        "rhythm": chore.rhythm,
        "lastFireAt": iso_or_none(chore.last_run_at),
        "nextFireAt": iso_or_none(chore.next_run_at),
    }
