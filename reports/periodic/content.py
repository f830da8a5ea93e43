"""What a periodic report says, as values; `Content.as_json()` is what the row keeps.

Numbers that are shown are decimals and stand in the JSON as text, such as "12.50": no reader gets a digit that was
not computed. Points of charts are JSON numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from pydantic.alias_generators import to_camel

from jobs.timestamps import iso

VERSION = 1


class Tone(StrEnum):
    GOOD = "good"
    NEUTRAL = "neutral"
    BAD = "bad"


class Urgency(StrEnum):
    """The most pressing first."""

    NOW = "now"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, kw_only=True)
class RowRef:
    """A row that a number or sentence comes from. kind and id find it; label says it to people.

    source: sample, file, live, given, or computed for what this program worked out from other rows.
    """

    kind: str
    id: str
    label: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A metric's share of one kind."""

    label: str
    value: Decimal
    before: Decimal


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number at the end of, or counted within, the period; `before` is the same of the period before.

    value None: not known. change: value less before, None where one is not known.
    rows: at most MOST_ROWS of those it was counted from; row_count says of how many.
    """

    key: str
    label: str
    unit: str
    value: Decimal | None
    before: Decimal | None
    note: str = ""
    parts: Sequence[Part] = ()
    rows: Sequence[RowRef] = ()
    row_count: int = 0

    @property
    def change(self) -> Decimal | None:
        return None if self.value is None or self.before is None else self.value - self.before


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A factor of a score whose contribution changed. None: the factor was not there."""

    name: str
    label: str
    start: Decimal | None
    end: Decimal | None
    change: Decimal


@dataclass(frozen=True, kw_only=True)
class ScoreCourse:
    """A score at the start and at the end of the period. rank is the tier or grade."""

    key: str
    label: str
    start: Decimal | None
    start_rank: str
    start_at: datetime | None
    end: Decimal | None
    end_rank: str
    end_at: datetime | None
    moved: Sequence[Moved]

    @property
    def change(self) -> Decimal | None:
        return None if self.start is None or self.end is None else self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Series:
    """values: one per point of the chart, None where nothing is known."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """kind: line or bars. x: what stands below each point; for a line days such as 2026-01-31."""

    key: str
    kind: str
    title: str
    unit: str
    x: Sequence[str]
    series: Sequence[Series]


@dataclass(frozen=True, kw_only=True)
class Insight:
    """A sentence that a rule made, and every row that it rests on."""

    rule: str
    text: str
    tone: Tone
    rows: Sequence[RowRef]


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    rule: str
    text: str
    reason: str
    urgency: Urgency


@dataclass(frozen=True, kw_only=True)
class ResearchLink:
    id: str
    completed_at: datetime
    confidence: Decimal | None
    written_by: str
    in_period: bool


@dataclass(frozen=True, kw_only=True)
class Content:
    company_id: str
    company_name: str
    report_type: str
    period_start: date
    period_end: date
    before_start: date
    before_end: date
    time_zone: str
    generated_at: datetime
    metrics: Sequence[Metric]
    scores: Sequence[ScoreCourse]
    charts: Sequence[Chart]
    insights: Sequence[Insight]
    recommendations: Sequence[Recommendation]
    research: Sequence[ResearchLink]
    #: Where the rows came from that the numbers were counted from, such as sample.
    sources: Sequence[str]
    #: More filings or signals exist than were counted.
    is_cut: bool = False
    written_by: str = "rules"
    schema_version: int = field(default=VERSION)

    def as_json(self) -> dict[str, Any]:
        return cast("dict[str, Any]", _json(self))


def _json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        shown = {to_camel(one.name): _json(getattr(value, one.name)) for one in fields(value)}
        # Differences are told and not left to each reader's arithmetic.
        return shown | ({"change": _json(value.change)} if isinstance(value, Metric | ScoreCourse) else {})
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    return value
