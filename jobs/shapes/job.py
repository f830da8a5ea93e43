"""The job resource, its attempts and log, and answers that are made of jobs."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from ..errors import ErrorClass
from ..states import DelayReason, Outcome, Status
from .errors import Quota
from .words import Count, Cursor, Json, Percent, Time, one_of

JobStatus = Annotated[str, one_of(Status)]
ErrorType = Annotated[str, one_of(ErrorClass)]


class JobError(TypedDict):
    """The last failure. code: a stable word for programs."""

    type: ErrorType | None
    code: str | None
    message: str | None
    retryable: bool | None
    retryAfterSeconds: float | None
    at: Time | None


class Explanation(TypedDict):
    """Why the job is not running."""

    code: str
    message: str


class AttemptError(JobError):
    """exception and traceback: for admins."""

    exception: NotRequired[str | None]
    traceback: NotRequired[str | None]


class Attempt(TypedDict):
    attempt: int
    startedAt: Time
    finishedAt: Time | None
    worker: str
    outcome: Annotated[str, one_of(Outcome)] | None
    error: AttemptError | None
    nextDelayMs: int | None


class LogLine(TypedDict):
    at: Time
    text: str


class Job(TypedDict):
    """A job, as every endpoint shows it."""

    id: str
    type: str
    queue: str
    status: JobStatus
    delayReason: Annotated[str, one_of(DelayReason)] | None
    progress: Percent
    stage: str | None
    data: Annotated[dict[str, Any] | None, Field(description="Null once archived.")]
    result: Annotated[Json, Field(description="What the handler returned; null until then, and once archived.")]
    error: JobError | None
    attemptsMade: Count
    maxAttempts: int
    priority: int
    delayMs: int | None
    timeoutMs: int
    relatedId: str | None
    userId: str | None
    tenantId: str | None
    blockedBy: Annotated[list[str] | None, Field(description="Jobs it waits for.")]
    correlationId: str | None
    createdAt: Time
    startedAt: Time | None
    finishedAt: Time | None
    updatedAt: Time
    runAt: Annotated[Time | None, Field(description="When it may start, while delayed or rate-limited.")]
    durationMs: int | None
    estimatedCompletionAt: Time | None
    estimatedCompletionSeconds: Count | None
    pollUrl: str
    pollIntervalMs: int | None
    archived: Annotated[bool, Field(description="The record is kept, its data and result are not.")]
    explanation: Annotated[Explanation | None, Field(description="Null while it runs and when it has ended.")]


class WholeJob(Job):
    """A job with what `include` asked for."""

    attemptHistory: NotRequired[list[Attempt]]
    log: NotRequired[list[LogLine]]


class SubmittedJob(Job):
    """duplicate: true where `jobId` named a job that is there already; it is unchanged."""

    duplicate: NotRequired[bool]


class ResearchJob(SubmittedJob):
    quota: Quota


class RemovedJob(TypedDict):
    id: str
    action: Literal["remove"]
    removed: Literal[True]


class QueueJobs(TypedDict):
    queue: str
    status: str
    limit: int
    offset: Count
    count: Annotated[Count, Field(description="Jobs in this answer.")]
    total: Annotated[Count, Field(description="Jobs that match.")]
    jobs: list[Job]


class FoundJobs(TypedDict):
    """nextCursor: of a search with `q` or `cursor`."""

    limit: int
    offset: Count
    count: Count
    hasMore: bool
    nextCursor: NotRequired[Cursor]
    jobs: list[Job]


class DeadLetter(TypedDict):
    id: str
    type: str
    queue: str
    status: JobStatus
    errorClass: ErrorType | None
    message: str | None
    error: JobError | None
    attemptsMade: Count
    maxAttempts: int
    redrives: Count
    stackTrace: Annotated[str | None, Field(description="For admins.")]
    firstFailedAt: Time | None
    lastFailedAt: Time | None
    relatedId: str | None
    userId: str | None
    tenantId: str | None


class DeadLetters(TypedDict):
    queue: str
    limit: int
    offset: Count
    count: Count
    total: Count
    jobs: list[DeadLetter]


class DeadLettersChanged(TypedDict):
    """skipped: of the `jobIds` given, those that were left as they are."""

    queue: str
    action: Literal["retry", "bury", "remove"]
    count: Count
    ids: list[str]
    skipped: NotRequired[list[str]]
