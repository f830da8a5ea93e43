"""Every request that this client makes, as data: a test holds it against the server's routes and schema.

Nothing else in the package writes a path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from . import values

T = TypeVar("T")

_OPTION_FIELDS = frozenset({"type", "data", "options"})


@dataclass(frozen=True)
class Endpoint(Generic[T]):
    """query, body: the names that the client may send. answer: what it is read as; bytes where it is no JSON.

    many: whether the answer is a list of these.
    """

    method: str
    path: str
    answer: type[T]
    many: bool = False
    query: frozenset[str] = frozenset()
    body: frozenset[str] = frozenset()

    def at(self, parts: Mapping[str, str]) -> str:
        """The path with its parts filled in; a part never becomes two."""
        for value in parts.values():
            if value in {"", ".", ".."}:
                raise ValueError(f"{value!r} names nothing")
        return self.path.format(**{name: quote(value, safe="") for name, value in parts.items()})


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


# --- Jobs ------------------------------------------------------------------------------------------
ENQUEUE = Endpoint("POST", "/api/jobs", body=_OPTION_FIELDS, answer=values.Job)
ENQUEUE_MANY = Endpoint(
    "POST", "/api/jobs/batch", body=_names("type items options onComplete name"), answer=values.Enqueued
)
JOB = Endpoint("GET", "/api/jobs/{job_id}", query=_names("include"), answer=values.Job)
JOB_EVENTS = Endpoint("GET", "/api/jobs/{job_id}/events", answer=bytes)
CANCEL = Endpoint("DELETE", "/api/jobs/{job_id}", query=_names("action"), answer=values.Job)
RETRY = Endpoint("DELETE", "/api/jobs/{job_id}", query=_names("action force"), answer=values.Job)
REMOVE = Endpoint("DELETE", "/api/jobs/{job_id}", query=_names("action force"), answer=values.Removed)
SEARCH = Endpoint(
    "GET",
    "/api/jobs/search",
    query=_names("q cursor limit type queue status relatedId correlationId userId createdAfter createdBefore"),
    answer=values.JobPage,
)
BATCH = Endpoint("GET", "/api/batches/{batch_id}", answer=values.Batch)
DECLARE = Endpoint("POST", "/api/workflows", body=_names("id name jobs sequence parallel"), answer=values.Workflow)
WORKFLOW = Endpoint("GET", "/api/workflows/{workflow_id}", answer=values.Workflow)
CANCEL_WORKFLOW = Endpoint("DELETE", "/api/workflows/{workflow_id}", query=_names("action"), answer=values.Workflow)

# --- Queues, workers, schedules ----------------------------------------------------------------------
QUEUES = Endpoint("GET", "/api/queues", query=_names("includeInternal"), answer=values.QueueSummary, many=True)
QUEUE = Endpoint("GET", "/api/queues/{name}", answer=values.QueueSummary)
ACT_ON_QUEUE = Endpoint("POST", "/api/queues/{name}", body=_names("action options"), answer=values.QueueChange)
WORKERS = Endpoint("GET", "/api/workers", query=_names("detail"), answer=values.Worker, many=True)
HEALTH = Endpoint("GET", "/api/health", answer=values.Health)
SCHEDULES = Endpoint("GET", "/api/schedules", answer=values.Schedules)
ACT_ON_SCHEDULE = Endpoint("POST", "/api/schedules/{name}", body=_names("action"), answer=values.ScheduleChange)

# --- Research, lists, reports, prices ------------------------------------------------------------------
ASK_RESEARCH = Endpoint(
    "POST", "/api/research/{company_id}", body=_names("forceRefresh domain priority options"), answer=values.Job
)
RESEARCH = Endpoint("GET", "/api/research/{company_id}", answer=values.Research)
UPLOAD = Endpoint("POST", "/api/imports", body=_names("file kind dryRun mapping"), answer=values.Import)
IMPORT = Endpoint("GET", "/api/imports/{import_id}", answer=values.Import)
START_IMPORT = Endpoint("POST", "/api/imports/{import_id}", body=_names("mapping"), answer=values.Import)
REPORTS = Endpoint(
    "GET",
    "/api/reports",
    query=_names("kind format companyId batchId jobId q limit cursor"),
    answer=values.ReportPage,
)
REPORT = Endpoint("GET", "/api/reports/{report_id}", answer=values.Report)
DOWNLOAD = Endpoint("GET", "/api/reports/{report_id}/download", answer=bytes)
CALCULATIONS = Endpoint(
    "GET", "/api/calculations", query=_names("batchId jobId limit cursor"), answer=values.CalculationPage
)
CALCULATION = Endpoint(
    "GET", "/api/calculations/{calculation_id}", query=_names("limit cursor"), answer=values.Calculation
)

ALL: tuple[Endpoint[Any], ...] = tuple(value for value in list(globals().values()) if isinstance(value, Endpoint))
