"""The models of the job layer. Subjects with a package of their own keep theirs there."""

from ..alerts.models import Alert, FailureDigest
from ..bulk.models import BulkAction
from ..deploys.models import Deploy
from ..events.models import Event
from ..overrides.models import OverrideChange, QueueOverride
from ..rollups.models import Rollup, RollupDelta
from ..schedules.models import Schedule, ScheduleFire, SchedulerProcess
from ..search.models import SearchCursor, SearchDocument, SearchPending
from ..webhooks.models import JobCallback, NoticeCursor, WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret
from ..workflows.models import Dependency, Notice, Step, Workflow
from .diagnostics import DiagnosticEffect
from .ledger import Attempt, Job, LogLine
from .running import Count, CountDelta, QueueState, Start, Tick, Worker

__all__ = [
    "Alert",
    "Attempt",
    "BulkAction",
    "Count",
    "CountDelta",
    "Dependency",
    "Deploy",
    "DiagnosticEffect",
    "Event",
    "FailureDigest",
    "Job",
    "JobCallback",
    "LogLine",
    "Notice",
    "NoticeCursor",
    "OverrideChange",
    "QueueOverride",
    "QueueState",
    "Rollup",
    "RollupDelta",
    "Schedule",
    "ScheduleFire",
    "SchedulerProcess",
    "SearchCursor",
    "SearchDocument",
    "SearchPending",
    "Start",
    "Step",
    "Tick",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
    "WebhookSecret",
    "Worker",
    "Workflow",
]
