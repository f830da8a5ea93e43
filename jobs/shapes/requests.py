"""What callers may send. Unknown fields are refused; snake_case names are understood as well."""

from typing import Annotated, Any, Literal, Required

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from ..overrides.values import LONGEST_WINDOW_MS, MOST_SLOTS, MOST_STARTS
from ..overrides.values import MOST_AT_ONCE as MOST_CAP
from ..policy import MAX_ATTEMPTS, policies
from ..queues import CLEAN_GRACE_MS, CLEAN_LIMIT, CLEANABLE, LONGEST_REASON, MOST_AT_ONCE
from ..submission import JOB_ID, LONGEST_DELAY_MS, MOST_DEPENDENCIES, PRIORITY_NAMES
from ..workflows.words import ON_FAILURE
from .words import one_of

STRICT = ConfigDict(extra="forbid")
LONGEST_GRACE_MS = 10 * 365 * 86_400_000

JobId = Annotated[str, Field(pattern="^" + JOB_ID.pattern.replace(r"\Z", "$"))]
Priority = (
    Annotated[int, Field(ge=0, le=1000, description="Higher runs first.")] | Annotated[str, one_of(PRIORITY_NAMES)]
)
Reason = Annotated[str, Field(max_length=LONGEST_REASON)]


@with_config(STRICT)
class JobOptions(TypedDict, total=False):
    """How to run a job. Times in milliseconds."""

    jobId: Annotated[JobId, Field(description="Makes the call idempotent. Words of the URL space are reserved.")]
    priority: Priority
    delay: Annotated[int, Field(ge=0, le=LONGEST_DELAY_MS, description="Until it may start.")]
    attempts: Annotated[int, Field(ge=1, le=MAX_ATTEMPTS, description="Executions in all.")]
    timeout: Annotated[int, Field(ge=100, le=86_400_000, description="What one execution may take.")]
    queue: Annotated[str, one_of(policies())]
    dependsOn: Annotated[list[JobId], Field(max_length=MOST_DEPENDENCIES, description="Jobs that must complete first.")]
    onDependencyFailure: Annotated[str, one_of(ON_FAILURE)]
    webhookUrl: Annotated[str, Field(max_length=2000, description="Is told of the job's end.")]


# --- Queues ---------------------------------------------------------------------------------------
@with_config(STRICT)
class PauseOptions(TypedDict, total=False):
    reason: Reason


@with_config(STRICT)
class PauseQueue(TypedDict, total=False):
    action: Required[Literal["pause"]]
    options: PauseOptions


@with_config(STRICT)
class ResumeQueue(TypedDict):
    action: Literal["resume"]


@with_config(STRICT)
class CleanOptions(TypedDict, total=False):
    grace: Annotated[int, Field(ge=0, le=LONGEST_GRACE_MS, json_schema_extra={"default": CLEAN_GRACE_MS})]
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE, json_schema_extra={"default": CLEAN_LIMIT})]
    type: Annotated[str, one_of(CLEANABLE)]


@with_config(STRICT)
class CleanQueue(TypedDict, total=False):
    """Removes jobs that reached the state `type` more than `grace` milliseconds ago, the oldest first."""

    action: Required[Literal["clean"]]
    options: CleanOptions


@with_config(STRICT)
class LimitOptions(TypedDict, total=False):
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE, json_schema_extra={"default": MOST_AT_ONCE})]


@with_config(STRICT)
class RetryFailed(TypedDict, total=False):
    action: Required[Literal["retry-failed"]]
    options: LimitOptions


@with_config(STRICT)
class ResetOptions(TypedDict, total=False):
    settings: list[Literal["concurrency", "maxConcurrency", "startLimit"]]
    reason: Annotated[str, Field(max_length=500)]


@with_config(STRICT)
class ResetPolicy(TypedDict, total=False):
    """The named settings, or all, are again what the environment says."""

    action: Required[Literal["reset-policy"]]
    options: ResetOptions


QueueAction = Annotated[
    PauseQueue | ResumeQueue | CleanQueue | RetryFailed | ResetPolicy, Field(discriminator="action")
]


@with_config(STRICT)
class NewStartLimit(TypedDict):
    """`max` and `durationMs`, as the policy shows them, are understood as well."""

    count: Annotated[int, Field(ge=1, le=MOST_STARTS)]
    windowMs: Annotated[int, Field(ge=1, le=LONGEST_WINDOW_MS)]


@with_config(STRICT)
class PolicyPatch(TypedDict, total=False):
    """The settings that are named change, the others stay; at least one must be named."""

    concurrency: Annotated[int, Field(ge=1, le=MOST_SLOTS, description="Slots per worker manager.")]
    maxConcurrency: Annotated[int, Field(ge=1, le=MOST_CAP)] | None
    startLimit: NewStartLimit | None
    reason: Annotated[str, Field(max_length=500)]


@with_config(STRICT)
class DeadLetterFilter(TypedDict, total=False):
    type: Annotated[str, Field(max_length=100)]
    errorClass: str
    status: Annotated[str, one_of(("failed", "dead", "all"))]
    olderThanMs: Annotated[int, Field(ge=0, le=LONGEST_GRACE_MS)]
    newerThanMs: Annotated[int, Field(ge=0, le=LONGEST_GRACE_MS)]


@with_config(STRICT)
class DeadLetterAction(TypedDict, total=False):
    """Either `jobIds` or `filter`. force: retries dead ones too."""

    action: Required[Literal["retry", "bury", "remove"]]
    jobIds: Annotated[list[str], Field(min_length=1, max_length=1000)]
    filter: DeadLetterFilter
    force: bool
    limit: Annotated[int, Field(ge=1, le=1000)]


# --- Workers, deploys, schedules --------------------------------------------------------------------
@with_config(STRICT)
class WorkerAction(TypedDict):
    action: Literal["quiet", "resume", "stop"]


@with_config(STRICT)
class NewDeploy(TypedDict, total=False):
    version: Required[Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]]
    note: Annotated[str, Field(max_length=500)]


@with_config(STRICT)
class ScheduleAction(TypedDict):
    action: Literal["run", "pause", "resume", "reset"]


@with_config(STRICT)
class SchedulePatch(TypedDict, total=False):
    """At least one of the fields."""

    cron: str
    timeZone: Annotated[str, Field(description="An IANA name.")]
    missedRuns: str
    enabled: bool


# --- Webhooks ---------------------------------------------------------------------------------------
EventType = Annotated[str, Field(max_length=100, pattern=r"^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$")]
Subscription = EventType | Literal["*"]


@with_config(STRICT)
class WebhookPatch(TypedDict, total=False):
    url: Annotated[str, Field(max_length=2000)]
    events: Annotated[list[Subscription], Field(min_length=1, max_length=50)]
    active: bool
    description: str


@with_config(STRICT)
class NewWebhook(TypedDict, total=False):
    url: Required[Annotated[str, Field(max_length=2000)]]
    events: Required[Annotated[list[Subscription], Field(min_length=1, max_length=50)]]
    active: bool
    description: str
    tenantId: str


@with_config(STRICT)
class NewMessage(TypedDict, total=False):
    """data: at most 256 KiB."""

    eventType: Required[EventType]
    data: dict[str, Any]
    tenantId: str


@with_config(STRICT)
class OfTenant(TypedDict, total=False):
    tenantId: str


@with_config(STRICT)
class Empty(TypedDict):
    """No fields."""
