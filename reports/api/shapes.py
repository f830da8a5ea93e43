"""What the API answers about reports."""

from typing import Annotated, Any, Literal

from typing_extensions import TypedDict

from jobs.shapes.words import Count, Day, Time, one_of
from pricing.api.shapes import Paged

from ..models.reports import Format, Kind


class ReportFile(TypedDict):
    type: str
    sizeBytes: Count
    sha256: str


class Report(TypedDict):
    """downloadUrl: null where it has no file."""

    id: str
    kind: Annotated[str, one_of(Kind.values)]
    format: Annotated[str, one_of(Format.values)]
    title: str
    companyId: str | None
    batchId: str | None
    periodStart: Day | None
    periodEnd: Day | None
    jobId: str
    userId: str
    tenantId: str
    emailedTo: str | None
    file: ReportFile | None
    downloadUrl: str | None
    createdAt: Time


class WholeReport(Report):
    """content: of a report that is a page; empty of one that is a file."""

    content: dict[str, Any]


class Reports(Paged):
    reports: list[Report]


class RemovedReport(TypedDict):
    id: str
    removed: Literal[True]
