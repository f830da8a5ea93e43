"""Research about companies, and the month's quota of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .base import Resource
from .jobs import Job


@dataclass(frozen=True, kw_only=True)
class Quota:
    """Research requests of this month."""

    researches_used: int
    researches_limit: int
    researches_remaining: int


@dataclass(frozen=True, kw_only=True)
class ResearchReceipt(Resource):
    """job: the research that was asked for."""

    job: Job
    quota: Quota


@dataclass(frozen=True, kw_only=True)
class Statement:
    """sources: numbers of the research's sources. support: supported, unsupported or none; problem: why not."""

    text: str
    kind: str
    sources: tuple[int, ...]
    support: str
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """summary: empty where the statements say it all."""

    key: str
    title: str
    summary: str
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    number: int
    label: str
    provider: str
    source: str
    fetched_at: datetime
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Research(Resource):
    """written_by: `rules`, or the model's name. confidence_score: 0 to 1."""

    research_id: str
    company_id: str
    company_name: str
    status: str
    written_by: str
    confidence_score: Decimal
    created_at: datetime
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    sentiment: str | None = None
    job_id: str | None = None
    completed_at: datetime | None = None
