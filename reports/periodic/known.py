"""What the database holds about a company that a report may speak of, as values without rows.

The reading modules fill it; metrics, charts, insights and recommendations are pure functions of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .content import ResearchLink, RowRef


@dataclass(frozen=True, kw_only=True)
class KnownFiling:
    """lien: the key of its lien. secured: names of the secured parties that this filing states."""

    ref: RowRef
    lien: int
    action: str
    filed_on: date | None
    secured: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KnownLien:
    """status: as it is now. ended_on: the day of the first termination that is filed, None without one.

    kind: a word of prospects/scoring/secured_parties.py, such as mca.
    """

    ref: RowRef
    id: int
    kind: str
    status: str
    filed_on: date | None
    lapses_on: date | None
    ended_on: date | None
    secured: tuple[str, ...]

    def is_active_on(self, day: date) -> bool:
        """Whether it stood at the end of the day, as far as the filings known now can say."""
        if self.filed_on is None or self.filed_on > day:
            return False
        if self.ended_on is not None:
            return self.ended_on > day
        if self.status == "terminated":
            return False
        if self.lapses_on is not None:
            return self.lapses_on > day
        return self.status == "active"


@dataclass(frozen=True, kw_only=True)
class KnownSignal:
    ref: RowRef
    kind: str
    title: str
    at: datetime
    #: 0 to 1 of a buying signal; None of a signal as it was reported.
    confidence: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class KnownFactor:
    label: str
    contribution: Decimal


@dataclass(frozen=True, kw_only=True)
class KnownScore:
    """rank: tier or grade. factors by name."""

    ref: RowRef
    at: datetime
    score: Decimal | None
    rank: str
    factors: Mapping[str, KnownFactor]


@dataclass(frozen=True, kw_only=True)
class KnownContact:
    ref: RowRef
    at: datetime
    has_valid_email: bool


@dataclass(frozen=True, kw_only=True)
class KnownFigure:
    ref: RowRef
    name: str
    period_end: date
    value: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything without order except where said. scores: the oldest first."""

    company_id: str
    company_name: str
    enriched_at: datetime | None
    liens: Sequence[KnownLien]
    filings: Sequence[KnownFiling]
    signals: Sequence[KnownSignal]
    buying: Sequence[KnownSignal]
    lead: Sequence[KnownScore]
    health: Sequence[KnownScore]
    contacts: Sequence[KnownContact]
    figures: Sequence[KnownFigure]
    research: Sequence[ResearchLink]
    #: Filings or signals beyond these exist; the report says so.
    is_cut: bool = False
