"""Many jobs at once: batches and workflows."""

from dataclasses import dataclass
from datetime import datetime

from .base import Resource
from .jobs import Job, JobError, JobStatus


@dataclass(frozen=True, kw_only=True)
class WorkCounts:
    """The jobs of a batch or workflow by what became of them."""

    total: int
    waiting: int
    active: int
    completed: int
    failed: int
    cancelled: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class WorkStep:
    """A job of a workflow. id: of the job. status: `removed` where it is gone."""

    id: str
    name: str
    type: str
    status: JobStatus | str
    progress: int = 0
    depends_on: tuple[str, ...] = ()
    error: JobError | None = None


@dataclass(frozen=True, kw_only=True)
class Batch(Resource):
    """Jobs of one type, stored together, and one job more when all have ended.

    progress: how many of a hundred jobs have ended.
    """

    id: str
    status: str
    progress: int
    counts: WorkCounts
    created_at: datetime
    finished_at: datetime | None = None
    name: str = ""
    jobs: tuple[WorkStep, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Workflow(Batch):
    """Jobs that depend on each other. duplicate: it was there before the call that answers with it."""

    duplicate: bool = False


@dataclass(frozen=True, kw_only=True)
class Enqueued(Resource):
    """batch: where `on_complete` was asked for."""

    jobs: tuple[Job, ...]
    count: int
    batch: Batch | None = None
