"""What the API shows, as frozen values. Times are aware and in UTC; `…_ms` are whole milliseconds."""

from .base import Resource
from .documents import Calculation, CalculationPage, Import, Preview, Price, Report, ReportFile, ReportPage
from .jobs import ENDED, Attempt, Explanation, Job, JobError, JobPage, JobStatus, LogLine, Options, Removed
from .queues import (
    Fire,
    Health,
    QueueChange,
    QueueCounts,
    QueueSummary,
    Schedule,
    ScheduleChange,
    Schedules,
    Worker,
    WorkerProcess,
)
from .research import Quota, Research, ResearchReceipt, Section, Source
from .workflows import Batch, Enqueued, WorkCounts, Workflow, WorkStep

__all__ = [
    "ENDED",
    "Attempt",
    "Batch",
    "Calculation",
    "CalculationPage",
    "Enqueued",
    "Explanation",
    "Fire",
    "Health",
    "Import",
    "Job",
    "JobError",
    "JobPage",
    "JobStatus",
    "LogLine",
    "Options",
    "Preview",
    "Price",
    "QueueChange",
    "QueueCounts",
    "QueueSummary",
    "Quota",
    "Removed",
    "Report",
    "ReportFile",
    "ReportPage",
    "Research",
    "ResearchReceipt",
    "Resource",
    "Schedule",
    "ScheduleChange",
    "Schedules",
    "Section",
    "Source",
    "WorkCounts",
    "WorkStep",
    "Worker",
    "WorkerProcess",
    "Workflow",
]
