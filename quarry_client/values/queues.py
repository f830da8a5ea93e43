"""Queues, workers, schedules and the health of the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .base import Resource


@dataclass(frozen=True, kw_only=True)
class QueueCounts:
    waiting: int
    active: int
    completed: int
    failed: int
    delayed: int
    paused: int
    rate_limited: int
    cancelled: int
    dead: int
    total: int


@dataclass(frozen=True, kw_only=True)
class QueueSummary(Resource):
    """workers: live worker processes that take its jobs. policy: as the API shows it."""

    queue: str
    is_paused: bool
    counts: QueueCounts
    workers: int
    policy: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class QueueChange(Resource):
    """What an action did: `changed` for pause and resume, `removed` or `retried` and `ids` for the others."""

    queue: str
    action: str
    changed: bool | None = None
    is_paused: bool | None = None
    removed: int = 0
    retried: int = 0
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WorkerProcess:
    """One worker process, as far as it serves the queue. Shown to administrators."""

    worker: str
    host: str
    pid: int
    is_running: bool
    is_stopping: bool
    is_quiet: bool
    slots: int
    busy: int
    started_at: datetime
    last_heartbeat: datetime
    memory_mb: int | None = None


@dataclass(frozen=True, kw_only=True)
class Worker(Resource):
    """The workers of one queue taken together. concurrency: slots, of which `busy` run a job."""

    name: str
    is_running: bool
    is_paused: bool
    concurrency: int
    busy: int
    last_heartbeat: datetime | None = None
    slots: tuple[WorkerProcess, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Health(Resource):
    """status: healthy, degraded or unhealthy. database, redis, scheduler: `ok` or a sentence with the cure."""

    status: str
    database: str
    redis: str
    scheduler: str
    workers: Mapping[str, Worker]
    queues: Mapping[str, QueueCounts]


@dataclass(frozen=True, kw_only=True)
class Fire:
    """One time that a schedule fired. result: what became of its jobs."""

    fire_time: datetime
    fired_at: datetime
    trigger: str
    outcome: str
    result: str
    jobs: int
    counts: Mapping[str, int] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule(Resource):
    """state: on, paused, off or retired."""

    name: str
    cron: str
    time_zone: str
    state: str
    is_edited: bool
    description: str = ""
    next_fires: tuple[datetime, ...] = ()
    next_fire_at: datetime | None = None
    last_fire_at: datetime | None = None
    last_fire: Fire | None = None


@dataclass(frozen=True, kw_only=True)
class Schedules(Resource):
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True, kw_only=True)
class ScheduleChange(Resource):
    """ids: of the jobs that `run` made. changed: whether pause or resume changed something."""

    name: str
    action: str
    schedule: Schedule
    jobs: int = 0
    ids: tuple[str, ...] = ()
    changed: bool | None = None
