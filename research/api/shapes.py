"""What the API answers about research, the sector pipeline and shares."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from jobs.shapes.job import Job
from jobs.shapes.words import Count, Cursor, Day, Json, Number, Percent, Time, one_of
from jobs.states import Status as JobState

from ..models import SectorAnalysis, StockAnalysis, SubSector
from ..models.reports import Research as ResearchRow
from ..models.reports import Tone
from ..models.sectors import StockStatus

SectorStatus = Annotated[str, one_of(SectorAnalysis.Status.values)]


class Statement(TypedDict):
    """sources: numbers of the research's sources. support: whether they bear it out."""

    text: str
    kind: str
    sources: list[int]
    support: str
    problem: NotRequired[str | None]


class ResearchSection(TypedDict):
    position: int
    key: str
    title: str
    summary: str
    statements: list[dict[str, Any]]


class ResearchSource(TypedDict):
    number: int
    label: str
    provider: str
    source: str
    reference: str
    fetchedAt: Time


class Research(TypedDict):
    """writtenBy: `rules`, or the model."""

    researchId: str
    companyId: str
    companyName: str
    jobId: str
    status: Annotated[str, one_of(ResearchRow.Status.values)]
    writtenBy: str
    confidenceScore: Annotated[float, Field(ge=0, le=1)]
    sentiment: Annotated[str, one_of(Tone.values)] | None
    sections: list[ResearchSection]
    sources: list[ResearchSource]
    createdAt: Time
    completedAt: Time | None


# --- Sectors ----------------------------------------------------------------------------------------
class Step(TypedDict):
    """How far a job is; the whole is at /api/jobs/{id}."""

    id: str
    status: Annotated[str, one_of(JobState)]
    progress: Percent
    stage: str | None


class Sector(TypedDict):
    id: str
    sectorName: str
    status: SectorStatus
    summary: str
    userId: str | None
    jobId: str | None
    writtenBy: str | None
    problem: str | None
    createdAt: Time
    finishedAt: Time | None


class Sectors(TypedDict):
    sectors: list[Sector]
    count: Count
    hasMore: bool
    nextCursor: Cursor


class StartedSector(TypedDict):
    sector: Sector
    job: Job | None


class Attempt(TypedDict):
    """variation: 0, 1, 2 by the pipeline, further ones by hand."""

    id: str
    variation: Count
    approach: str | None
    status: Annotated[str, one_of(StockAnalysis.Status.values)]
    writtenBy: str | None
    jobId: str
    judgeJobId: str | None
    formatJobId: str | None
    problem: str | None
    createdAt: Time
    finishedAt: Time | None


class Verdict(TypedDict):
    approved: bool
    score: float
    feedback: str


class ReviewedAttempt(Attempt):
    review: Verdict | None
    insightsId: str | None


class Stock(TypedDict):
    """composite, coverage and factors: as the ranking had them."""

    id: str
    symbol: str
    name: str
    rank: int
    composite: Number
    coverage: Number
    factors: Json
    rationale: str
    status: Annotated[str, one_of(StockStatus.values)]
    rejections: Count
    problem: str | None


class StockInTree(Stock):
    progress: Percent | None
    analysisStatus: str | None
    variation: int | None
    insightsId: str | None
    job: Step | None
    analyses: list[ReviewedAttempt]


class SubSectorRow(TypedDict):
    """excluded: shares that could not be ranked, with the reason."""

    id: str
    position: int
    name: str
    description: str
    symbols: list[str]
    status: Annotated[str, one_of(SubSector.Status.values)]
    decidedBy: str | None
    decidedAt: Time | None
    rankingJobId: str | None
    rankedAt: Time | None
    excluded: list[dict[str, Any]]
    problem: str | None
    finishedAt: Time | None


class SubSectorInTree(SubSectorRow):
    progress: Percent
    job: Step | None
    stocks: list[StockInTree]


class WholeSubSector(SubSectorInTree):
    sectorId: str


class SectorTree(Sector):
    progress: Percent
    job: Step | None
    subSectors: list[SubSectorInTree]


class ApprovedSubSector(TypedDict):
    subSector: SubSectorRow
    job: Job | None


class RejectedSubSector(TypedDict):
    subSector: SubSectorRow


class Review(TypedDict):
    approved: bool
    score: float
    gates: list[dict[str, Any]]
    criteria: list[dict[str, Any]]
    feedback: str
    missingFacts: list[Json]
    judgedBy: str | None
    jobId: str
    createdAt: Time


class Insights(TypedDict):
    """data: valid by GET /api/insights/schema."""

    id: str
    stockAnalysisId: str
    schemaVersion: int
    jobId: str
    createdAt: Time
    data: dict[str, Any]


class WholeStockAnalysis(Attempt):
    stock: Stock
    subSectorId: str
    sectorId: str
    feedback: str | None
    facts: Json
    content: Json
    review: Review | None
    insights: Insights | None


class RetriedAnalysis(TypedDict):
    stockAnalysis: WholeStockAnalysis
    job: Job | None


# --- Market -----------------------------------------------------------------------------------------
class MarketProblem(TypedDict):
    line: int
    reason: str


class MarketImport(TypedDict):
    """problems: the first thousand rows that were left out."""

    kind: Literal["securities", "prices", "figures"]
    rows: Count
    inserted: Count
    updated: Count
    unchanged: Count
    rejected: Count
    problems: list[MarketProblem]


class Security(TypedDict):
    """figures and prices: how many are known."""

    symbol: str
    name: str
    cik: str | None
    sic: str | None
    sector: str
    subSector: str
    currency: str
    source: str
    firstYear: int | None
    lastYear: int | None
    figures: Count
    newestFiling: Day | None
    prices: Count
    newestPrice: Day | None


class Securities(TypedDict):
    limit: int
    count: Count
    nextCursor: Cursor
    securities: list[Security]
