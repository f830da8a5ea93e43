"""What the API answers about prospects, companies and imports."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from jobs.shapes.words import Count, Cursor, Day, Json, Time, one_of

from ..models.base import Origin
from ..models.base import Source as SourceKind
from ..models.facts import Outcome
from ..models.imports import ImportKind, ImportStatus

Source = Annotated[str, one_of(SourceKind.values)]
Score = Annotated[float, Field(ge=0, le=100)]


class Listed(TypedDict):
    count: Count
    hasMore: bool
    nextCursor: Cursor


class Prospect(TypedDict):
    """companyId: of the company it is; null where that is not settled."""

    id: str
    name: str
    state: str
    score: Score | None
    uccRisk: Score | None
    securedClasses: list[str]
    filingCount: Count
    firstFiledOn: Day | None
    lastFiledOn: Day | None
    companyId: str | None
    source: Source
    scoredAt: Time | None
    enrichedAt: Time | None
    createdAt: Time


class ScoreFactor(TypedDict):
    """contribution: in points of the score. value: null where it is not known."""

    name: str
    label: str
    weight: float
    value: float | None
    contribution: float
    detail: str


class Scoring(TypedDict):
    """coverage: the share of the weights whose value was known."""

    score: Score | None
    factors: list[ScoreFactor]
    coverage: Annotated[float, Field(ge=0, le=1)]
    weightsVersion: Count
    computedAt: Time


class LeadScoring(Scoring):
    fit: float | None
    intent: float | None


class HealthScoring(Scoring):
    sentiment: float | None


class Fact(TypedDict):
    """One thing that a source said."""

    provider: str
    name: str
    value: Json
    reference: str | None
    asOf: Day | None
    source: Source
    fetchedAt: Time


class Lookup(TypedDict):
    """The last time a source was asked."""

    provider: str
    outcome: Annotated[str, one_of(Outcome.values)]
    message: str | None
    askedAt: Time
    jobId: str | None


class WholeProspect(Prospect):
    scoring: Scoring | None
    facts: list[Fact]
    lookups: list[Lookup]


class Prospects(Listed):
    prospects: list[Prospect]


class Company(TypedDict):
    id: str
    name: str | None
    domain: str | None
    industry: str | None
    naics: str | None
    employees: int | None
    foundedOn: Day | None
    country: str | None
    region: str | None
    city: str | None
    postalCode: str | None
    technologies: list[str]
    isPortfolio: bool
    leadScore: Score | None
    leadTier: str | None
    leadScoredAt: Time | None
    healthScore: Score | None
    healthGrade: str | None
    healthScoredAt: Time | None
    source: Annotated[str, one_of(Origin.values)]
    enrichedAt: Time | None
    createdAt: Time


class BuyingSignal(TypedDict):
    kind: str
    title: str
    confidence: float
    occurredAt: Time
    evidence: dict[str, Any]


class WholeCompany(Company):
    leadScoring: LeadScoring | None
    healthScoring: HealthScoring | None
    prospectIds: list[str]
    buyingSignals: list[BuyingSignal]
    facts: list[Fact]
    lookups: list[Lookup]


class Companies(Listed):
    companies: list[Company]


# --- Imports ----------------------------------------------------------------------------------------
class Import(TypedDict):
    """done: rows that are stored or rejected. mapping: field to the number of its column, from 0."""

    id: str
    kind: Annotated[str, one_of(ImportKind.values)]
    status: Annotated[str, one_of(ImportStatus.values)]
    fileName: str
    sha256: str
    sizeBytes: Count
    rowCount: Count
    mapping: dict[str, int]
    jobId: str | None
    done: Count
    created: Count
    updated: Count
    unchanged: Count
    rejected: Count
    createdAt: Time
    finishedAt: Time | None


class Imports(Listed):
    imports: list[Import]


class CellProblem(TypedDict):
    column: Json
    message: str


class PreviewRow(TypedDict):
    row: int
    cells: list[Json]
    values: dict[str, Any]
    problems: list[CellProblem]


class Preview(TypedDict):
    """missing: required fields without a column. checked, wrong: numbers of rows."""

    header: list[str]
    missing: list[str]
    checked: Count
    wrong: Count
    rows: list[PreviewRow]


class RejectedRow(TypedDict):
    row: int
    cells: list[Json]
    problems: list[CellProblem]


class DraftImport(Import):
    preview: Preview


class StartedImport(Import):
    pollUrl: str


class WholeImport(Import):
    """preview: of a draft. rejectedRows: of others, with `rejectedAfter` to ask for more."""

    preview: NotRequired[Preview]
    rejectedRows: NotRequired[list[RejectedRow]]
    rejectedAfter: NotRequired[int | None]
