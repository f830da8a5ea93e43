"""Jobs: their options, states, errors and pages of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from .base import Resource


class JobStatus(StrEnum):
    WAITING = "waiting"
    PAUSED = "paused"
    RATE_LIMITED = "rate-limited"
    DELAYED = "delayed"
    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


#: States that a job leaves only where somebody retries it.
ENDED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.DEAD, JobStatus.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a job runs. job_id makes the call idempotent, so that it is repeated when the connection breaks."""

    job_id: str | None = None
    priority: int | str | None = None
    delay: timedelta | None = None
    attempts: int | None = None
    timeout: timedelta | None = None
    queue: str | None = None
    depends_on: tuple[str, ...] = ()
    on_dependency_failure: str | None = None
    webhook_url: str | None = None

    def as_json(self) -> dict[str, Any]:
        given = {
            "jobId": self.job_id,
            "priority": self.priority,
            "delay": _milliseconds(self.delay),
            "attempts": self.attempts,
            "timeout": _milliseconds(self.timeout),
            "queue": self.queue,
            "dependsOn": list(self.depends_on) or None,
            "onDependencyFailure": self.on_dependency_failure,
            "webhookUrl": self.webhook_url,
        }
        return {name: value for name, value in given.items() if value is not None}


def _milliseconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() * 1000)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a job is not running."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class JobError:
    """The last failure. retry_after_seconds: what the other side asked for."""

    type: str | None = None
    code: str | None = None
    message: str | None = None
    retryable: bool | None = None
    retry_after_seconds: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    attempt: int
    started_at: datetime
    finished_at: datetime | None = None
    worker: str | None = None
    outcome: str | None = None
    error: JobError | None = None
    next_delay_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class LogLine:
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Job(Resource):
    """progress: 0 to 100. explanation: why it is not running, None while it runs and when it has ended.

    duplicate: the job was there before the call that answers with it. data, result: None once archived.
    """

    id: str
    type: str
    queue: str
    status: JobStatus | str
    progress: int
    attempts_made: int
    max_attempts: int
    priority: int
    created_at: datetime
    updated_at: datetime
    archived: bool = False
    duplicate: bool = False
    stage: str | None = None
    data: Any = None
    result: Any = None
    error: JobError | None = None
    explanation: Explanation | None = None
    delay_reason: str | None = None
    delay_ms: int | None = None
    timeout_ms: int | None = None
    related_id: str | None = None
    user_id: str | None = None
    tenant_id: str | None = None
    blocked_by: tuple[str, ...] | None = None
    correlation_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    run_at: datetime | None = None
    duration_ms: int | None = None
    estimated_completion_at: datetime | None = None
    estimated_completion_seconds: int | None = None
    poll_interval_ms: int | None = None
    attempt_history: tuple[Attempt, ...] = ()
    log: tuple[LogLine, ...] = ()

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def completed(self) -> bool:
        return self.status == JobStatus.COMPLETED


@dataclass(frozen=True, kw_only=True)
class JobPage(Resource):
    """next_cursor: hand it to the next call; None at the end."""

    jobs: tuple[Job, ...]
    count: int
    has_more: bool
    next_cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class Removed(Resource):
    id: str
    removed: bool
