"""What fired, and what became of its jobs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from ..models import Job
from ..states import TERMINAL
from .models import ScheduleFire

#: Fires are kept so long; the newest of each schedule for ever.
KEEP_DAYS = 90
KEEP_NEWEST = 100
REMOVED = "removed"
_BAD = frozenset({"failed", "dead"})


@dataclass(frozen=True, kw_only=True)
class Fire:
    """A fire with the states of its jobs by id, as far as ids are kept with it."""

    row: ScheduleFire
    jobs: Mapping[str, str]

    @property
    def result(self) -> str:
        """skipped, failed (to fire), empty, running, jobs-failed or completed: the worst that holds."""
        if self.row.outcome != "fired":
            return str(self.row.outcome)
        if not self.row.jobs:
            return "empty"
        states = set(self.jobs.values())
        if states & _BAD:
            return "jobs-failed"
        return "completed" if states <= {*TERMINAL, REMOVED} else "running"

    @property
    def counts(self) -> dict[str, int]:
        """Jobs by state, the most frequent first."""
        return dict(Counter(self.jobs.values()).most_common())


def fires_of(name: str, *, limit: int, offset: int = 0) -> list[Fire]:
    """The newest first."""
    rows = ScheduleFire.objects.filter(schedule__name=name).order_by("-fire_time")
    return _with_jobs(rows[offset : offset + limit])


def latest_fires(*, each: int) -> dict[int, list[Fire]]:
    """The newest fires of every schedule, by the schedule's key, the newest first."""
    place = Window(RowNumber(), partition_by=F("schedule_id"), order_by=F("fire_time").desc())
    rows = ScheduleFire.objects.annotate(place=place).filter(place__lte=each).order_by("schedule_id", "place")
    found: dict[int, list[Fire]] = {}
    for fire in _with_jobs(rows):
        found.setdefault(fire.row.schedule_id, []).append(fire)
    return found


def _with_jobs(rows: Iterable[ScheduleFire]) -> list[Fire]:
    fires = list(rows)
    ids = {job_id for fire in fires for job_id in fire.job_ids}
    states = dict(Job.objects.filter(public_id__in=ids).values_list("public_id", "status"))
    return [Fire(row=fire, jobs={job_id: states.get(job_id, REMOVED) for job_id in fire.job_ids}) for fire in fires]


def forget_old_fires() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM jobs_schedulefire f USING jobs_schedule s
            WHERE f.schedule_id = s.id AND f.fired_at < clock_timestamp() - %s * interval '1 day'
            AND f.fire_time < (
                SELECT n.fire_time FROM jobs_schedulefire n WHERE n.schedule_id = s.id
                ORDER BY n.fire_time DESC OFFSET %s LIMIT 1
            )
            """,
            [KEEP_DAYS, KEEP_NEWEST - 1],
        )
        return int(cursor.rowcount)
