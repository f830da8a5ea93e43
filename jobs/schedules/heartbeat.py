"""The schedulers' sign of life: who is the clock, who stands by, and since when nobody is."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import ExpressionWrapper, F, Subquery, fields
from django.db.models.functions import Now

from .models import SchedulerProcess

#: A scheduler tells this often that it lives, and counts as gone after so much silence.
BEAT_SECONDS = 3
SILENCE_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class LiveScheduler:
    name: str
    host: str
    pid: int
    active: bool
    started_at: datetime
    heartbeat_at: datetime
    silence_seconds: float

    @property
    def running(self) -> bool:
        return self.silence_seconds <= SILENCE_SECONDS


def schedulers() -> list[LiveScheduler]:
    """All that left a row, the active one first. Silence by Postgres's clock."""
    silence = ExpressionWrapper(Now() - F("heartbeat_at"), output_field=fields.DurationField())
    rows = SchedulerProcess.objects.annotate(silence=silence).order_by("-active", "-heartbeat_at")
    return [
        LiveScheduler(
            name=row.name,
            host=row.host,
            pid=row.pid,
            active=row.active,
            started_at=row.started_at,
            heartbeat_at=row.heartbeat_at,
            silence_seconds=row.silence.total_seconds(),
        )
        for row in rows
    ]


def alive() -> bool:
    """Whether any scheduler was heard of within SILENCE_SECONDS."""
    return any(one.running for one in schedulers())


def last_seen() -> datetime | None:
    """When a scheduler was last heard of; None where none ever was, or the last one left in order."""
    return SchedulerProcess.objects.order_by("-heartbeat_at").values_list("heartbeat_at", flat=True).first()


def newest(name: str) -> bool:
    """Whether no other living scheduler started after this one: while releases overlap, the newer one declares."""
    mine = SchedulerProcess.objects.filter(name=name).values("started_at")
    alive = SchedulerProcess.objects.filter(heartbeat_at__gte=Now() - timedelta(seconds=SILENCE_SECONDS))
    return not alive.filter(started_at__gt=Subquery(mine)).exists()


# --- Told by the scheduler itself -----------------------------------------------------------------
def process_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


def beat(name: str, *, active: bool) -> None:
    """Say that this process lives. Only one is active: the others' word is older."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH others AS (
                UPDATE jobs_schedulerprocess SET active = false WHERE %(active)s AND active AND name <> %(name)s
            )
            INSERT INTO jobs_schedulerprocess (name, host, pid, active, heartbeat_at)
            VALUES (%(name)s, %(host)s, %(pid)s, %(active)s, clock_timestamp())
            ON CONFLICT (name) DO UPDATE SET active = excluded.active, heartbeat_at = excluded.heartbeat_at
            """,
            {"name": name, "host": socket.gethostname(), "pid": os.getpid(), "active": active},
        )


def withdraw(name: str) -> None:
    SchedulerProcess.objects.filter(name=name).delete()


def forget(*, silent_for: timedelta) -> None:
    SchedulerProcess.objects.filter(heartbeat_at__lt=Now() - silent_for).delete()
