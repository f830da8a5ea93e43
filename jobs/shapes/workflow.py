"""Workflows and batches, and schedules."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from ..states import DelayReason, Status
from ..workflows.words import REMOVED, Kind, WorkflowStatus
from .job import JobError, SubmittedJob
from .words import Count, Percent, Time, one_of


class WorkflowCounts(TypedDict):
    total: Count
    waiting: Count
    active: Count
    completed: Count
    failed: Count
    cancelled: Count
    removed: Count


class WorkflowSummary(TypedDict):
    id: str
    kind: Annotated[str, one_of(Kind)]
    name: str
    status: Annotated[str, one_of(WorkflowStatus)]
    progress: Percent
    counts: WorkflowCounts
    tenantId: str | None
    userId: str | None
    correlationId: str | None
    cancelRequestedAt: Time | None
    createdAt: Time
    finishedAt: Time | None
    pollUrl: str


class WorkflowJob(TypedDict):
    """A job of a workflow, by the name it has there."""

    name: str
    id: str
    type: str
    queue: str | None
    status: Annotated[str, one_of([*Status, REMOVED])]
    delayReason: Annotated[str, one_of(DelayReason)] | None
    progress: Percent
    dependsOn: list[str]
    error: JobError | None
    startedAt: Time | None
    finishedAt: Time | None
    durationMs: int | None
    pollUrl: str


class BatchCallback(TypedDict):
    """The job that runs when all have ended."""

    id: str
    type: str
    status: Annotated[str, one_of(Status)]
    pollUrl: str


class Workflow(WorkflowSummary):
    jobs: list[WorkflowJob]


class MadeWorkflow(Workflow):
    duplicate: NotRequired[bool]


class ChangedWorkflow(Workflow):
    changed: Annotated[Count, Field(description="Jobs that were stopped or began again.")]


class Batch(WorkflowSummary):
    """jobs: with `include=jobs`."""

    callback: BatchCallback | None
    jobs: NotRequired[list[WorkflowJob]]


class ChangedBatch(Batch):
    changed: Count


class Workflows(TypedDict):
    limit: int
    offset: Count
    count: Count
    hasMore: bool
    workflows: list[WorkflowSummary]


class Batches(TypedDict):
    limit: int
    offset: Count
    count: Count
    hasMore: bool
    batches: list[WorkflowSummary]


class SubmittedBatch(TypedDict):
    """batch: where `onComplete` asked for a callback."""

    count: Count
    jobs: list[SubmittedJob]
    batch: NotRequired[Batch]


# --- Schedules ------------------------------------------------------------------------------------
class Fire(TypedDict):
    """One occurrence. counts: its jobs by state. ids: of the first hundred."""

    fireTime: Time
    firedAt: Time
    trigger: Annotated[str, one_of(("clock", "catch-up", "manual"))]
    outcome: Annotated[str, one_of(("fired", "skipped", "failed"))]
    result: Annotated[str, one_of(("skipped", "failed", "empty", "running", "jobs-failed", "completed"))]
    jobs: Count
    duplicates: Count
    counts: dict[str, int]
    ids: list[str]
    by: str | None
    note: str | None


class Declared(TypedDict):
    cron: str
    timeZone: str
    missedRuns: str


class Schedule(TypedDict):
    """declared: what the app says, where operators have edited it."""

    name: str
    kind: Literal["schedule"]
    description: str
    type: str | None
    data: dict[str, Any]
    options: dict[str, Any]
    cron: str
    timeZone: str
    missedRuns: str
    isEdited: bool
    declared: Declared
    state: Annotated[str, one_of(("on", "paused", "off", "retired"))]
    isEnabled: bool
    isPaused: bool
    pausedAt: Time | None
    pausedBy: str | None
    nextFireAt: Time | None
    nextFires: list[Time]
    lastFireAt: Time | None
    lastFire: Fire | None


class ScheduleWithFires(Schedule):
    fires: list[Fire]


class Chore(TypedDict):
    """Housekeeping that workers do by themselves."""

    name: str
    kind: Literal["housekeeping"]
    description: str
    rhythm: str
    lastFireAt: Time | None
    nextFireAt: Time | None


class Schedules(TypedDict):
    schedules: list[Schedule]
    housekeeping: list[Chore]


class ScheduleActed(TypedDict):
    """jobs and ids: of a run. changed: of pause and resume."""

    name: str
    action: Annotated[str, one_of(("run", "pause", "resume", "reset"))]
    jobs: NotRequired[Count]
    ids: NotRequired[list[str]]
    changed: NotRequired[bool]
    schedule: Schedule
