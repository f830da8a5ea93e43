"""Buying signals in what outer systems reported."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from ..models import Company, Signal
from .evidence import Found
from .kinds import BUYING_KINDS, LABELS, SignalKind

_CONFIDENCE = {SignalKind.DEMO: Decimal("0.90"), SignalKind.SITE_VISIT: Decimal("0.50")}
_TOLD = Decimal("0.80")


def reported(company: Company, since: datetime) -> Iterator[Found]:
    """One for each signal of a buying kind; site visits count as one a day, however many pages were read."""
    rows = Signal.objects.filter(company=company, occurred_at__gte=since, kind__in=BUYING_KINDS)
    for row in rows.order_by("occurred_at", "id"):
        kind = SignalKind(row.kind)
        day = row.occurred_at.date()
        visits = kind is SignalKind.SITE_VISIT
        yield Found(
            kind=kind,
            title=f"{LABELS[kind]}: {row.signal_type}" if not visits else f"{LABELS[kind]} on {day}",
            confidence=_CONFIDENCE.get(kind, _TOLD),
            occurred_at=row.occurred_at,
            evidence_key=f"visits:{day}" if visits else f"signal:{row.signal_id}",
            evidence={"provider": "signal", "reference": row.signal_id, "signalType": row.signal_type},
        )
