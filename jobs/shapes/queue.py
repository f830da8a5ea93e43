"""Queues, their policies and numbers, their workers, and the state of the whole."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from .job import Job
from .words import Count, Json, Time, one_of


class Counts(TypedDict):
    """Jobs by state."""

    waiting: Count
    active: Count
    completed: Count
    failed: Count
    delayed: Count
    paused: Count
    rateLimited: Count
    cancelled: Count
    dead: Count


class CountsWithTotal(Counts):
    total: Count


class QueueStatistics(CountsWithTotal):
    queue: str
    isPaused: bool


class AllCounts(TypedDict):
    totalJobs: Count
    queues: dict[str, CountsWithTotal]
    timestamp: Time


class Statistics(TypedDict):
    queues: list[QueueStatistics]


class Performance(TypedDict):
    """depth: ready, not started. ratePerSecond: over 5 minutes; the rest over 15."""

    depth: Count
    ratePerSecond: float
    failureRate: Annotated[float, Field(ge=0, le=1)]
    averageDurationMs: int | None
    p95DurationMs: int | None
    workerUtilization: Annotated[float, Field(ge=0, le=1)]


class QueueMetrics(Counts):
    performance: Performance


class Metrics(TypedDict):
    metrics: dict[str, QueueMetrics]
    timestamp: Time


# --- Policy ---------------------------------------------------------------------------------------
class PolicyStartLimit(TypedDict):
    max: int
    durationMs: int


class Keep(TypedDict):
    """rule: how count and age combine; null where only one is given."""

    count: int | None
    ageMs: int | None
    rule: str | None


class Backoff(TypedDict):
    type: str
    baseMs: int
    factor: float


class TypePolicy(TypedDict):
    type: str
    maxAttempts: int
    backoff: Backoff
    waitsMs: list[int]
    priority: int | None
    estimatedSeconds: int


class OwnSettings(TypedDict, total=False):
    """What the environment says of the settings that operators changed."""

    concurrency: int
    maxConcurrency: int | None
    startLimit: "StartLimit | None"


class StartLimit(TypedDict):
    count: int
    windowMs: int


class QueuePolicy(TypedDict):
    priority: int
    concurrency: int
    maxConcurrency: int | None
    timeoutMs: int
    startLimit: PolicyStartLimit | None
    keepCompleted: Keep
    keepFailed: Keep
    isolation: str
    workerEnabled: bool
    types: list[TypePolicy]
    overridden: OwnSettings


class PolicyChange(TypedDict):
    """reverted: whether the setting went back to what the environment says."""

    setting: Literal["concurrency", "maxConcurrency", "startLimit"]
    old: Json
    new: Json
    reverted: bool
    reason: str
    by: str
    at: Time


class ChangedPolicy(TypedDict):
    queue: str
    changes: list[PolicyChange]
    policy: QueuePolicy


class PolicyHistory(TypedDict):
    queue: str
    changes: list[PolicyChange]


# --- Queues ---------------------------------------------------------------------------------------
class Queue(TypedDict):
    queue: str
    isPaused: bool
    counts: CountsWithTotal
    policy: QueuePolicy
    workers: Annotated[Count, Field(description="Live worker processes that serve it.")]


class QueueNow(Queue):
    """jobs: with `includeJobs=true`."""

    timestamp: Time
    jobs: NotRequired[list[Job]]


class QueueActed(TypedDict):
    """What was done: `isPaused` and `changed` of pause and resume, `removed` of clean, `retried` of retry-failed."""

    queue: str
    action: Literal["pause", "resume", "clean", "retry-failed", "reset-policy"]
    isPaused: NotRequired[bool]
    changed: NotRequired[bool]
    removed: NotRequired[Count]
    retried: NotRequired[Count]
    ids: NotRequired[list[str]]
    changes: NotRequired[list[PolicyChange]]
    policy: NotRequired[QueuePolicy]


class JobsRemoved(TypedDict):
    """notFound: of another queue, too. skipped: running ones."""

    removed: Count
    notFound: Count
    skipped: Count


# --- Workers and health ---------------------------------------------------------------------------
class WorkerSlots(TypedDict):
    """One worker process, as admins see it."""

    worker: str
    group: str
    host: str
    pid: int
    isRunning: bool
    isStopping: bool
    isQuiet: bool
    slots: Count
    busy: Count
    queues: list[str]
    memoryMb: int | None
    startedAt: Time
    lastHeartbeat: Time


class WorkerGroup(TypedDict):
    """The workers of one queue taken together. pid, host: the latest one's, for admins. slots: with `detail=true`."""

    name: str
    isRunning: bool
    isPaused: bool
    concurrency: Count
    busy: Count
    queues: list[str]
    lastHeartbeat: Time | None
    pid: int | None
    host: str | None
    slots: NotRequired[list[WorkerSlots]]


class WorkerTold(TypedDict):
    worker: str
    action: Literal["quiet", "resume", "stop"]
    changed: bool


class StuckJob(TypedDict):
    id: str
    queue: str
    type: str
    activeSeconds: int


class Health(TypedDict):
    """database, redis, scheduler: `ok`, or what is wrong and its cure."""

    status: Annotated[str, one_of(("healthy", "degraded", "unhealthy"))]
    database: str
    redis: str
    scheduler: str
    stuckJobs: list[StuckJob]
    workers: dict[str, WorkerGroup]
    queues: dict[str, CountsWithTotal]
    timestamp: Time


class Deploy(TypedDict):
    version: str
    note: str
    by: str
    at: Time


class Deploys(TypedDict):
    deploys: list[Deploy]
