"""A buying signal as it was found, before it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from .kinds import SignalKind

TITLE_LENGTH = 300


@dataclass(frozen=True, kw_only=True)
class Found:
    """evidence_key: what it was found in; the same thing found again has the same key. confidence: 0 to 1."""

    kind: SignalKind
    title: str
    confidence: Decimal
    occurred_at: datetime
    evidence_key: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def midnight(day: date) -> datetime:
    """Where only a day is known: its beginning, in UTC."""
    return datetime.combine(day, time(), UTC)
