"""Signals and scores with their times."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet

from prospects.models import BuyingSignal, Company, HealthScore, LeadScore, Signal
from prospects.signals.kinds import LABELS, SignalKind

from ..content import RowRef
from ..known import KnownFactor, KnownScore, KnownSignal

MOST_SIGNALS = 20_000
#: Of each score; with one a day this is more than the year that is looked at.
MOST_SCORES = 1000


def signals_of(company: Company, *, since: datetime, until: datetime) -> tuple[list[KnownSignal], bool]:
    """Of the time from `since` up to, without, `until`, and whether there are more than MOST_SIGNALS."""
    rows = Signal.objects.filter(company=company, occurred_at__gte=since, occurred_at__lt=until)
    found = [_signal(row) for row in rows[: MOST_SIGNALS + 1]]
    return found[:MOST_SIGNALS], len(found) > MOST_SIGNALS


def _signal(row: Signal) -> KnownSignal:
    label = _label(row.kind) if row.kind else row.signal_type
    source = "sample" if isinstance(row.data, dict) and row.data.get("sample") is True else "given"
    return KnownSignal(
        ref=RowRef(
            kind="signal", id=row.signal_id, label=f"{row.signal_type} of {row.occurred_at:%Y-%m-%d}", source=source
        ),
        kind=label,
        title=row.signal_type,
        at=row.occurred_at,
    )


def buying_signals_of(company: Company, *, since: datetime, until: datetime) -> list[KnownSignal]:
    rows = BuyingSignal.objects.filter(company=company, occurred_at__gte=since, occurred_at__lt=until)
    return [
        KnownSignal(
            ref=RowRef(
                kind="buying-signal",
                id=row.evidence_key,
                label=f"{row.title} of {row.occurred_at:%Y-%m-%d}",
                source=str(row.evidence.get("source") or "computed"),
            ),
            kind=_label(row.kind),
            title=row.title,
            at=row.occurred_at,
            confidence=row.confidence,
        )
        for row in rows[:MOST_SIGNALS]
    ]


def _label(kind: str) -> str:
    return LABELS[SignalKind(kind)] if kind in list(SignalKind) else kind


def lead_scores_of(company: Company, *, since: datetime, until: datetime) -> list[KnownScore]:
    rows = _held(LeadScore.objects.filter(company=company), since=since, until=until)
    return [_score("lead-score", row, row.score, row.tier) for row in rows]


def health_scores_of(company: Company, *, since: datetime, until: datetime) -> list[KnownScore]:
    rows = _held(HealthScore.objects.filter(company=company), since=since, until=until)
    return [_score("health-score", row, row.score, row.grade) for row in rows]


def _held(scores: QuerySet[Any], *, since: datetime, until: datetime) -> list[Any]:
    """Those computed in the time, and the one that held when it began; the oldest first."""
    newest = scores.filter(computed_at__lt=until).order_by("-computed_at", "-id")
    within = list(newest.filter(computed_at__gte=since)[:MOST_SCORES])
    return list(reversed([*within, *newest.filter(computed_at__lt=since)[:1]]))


def _score(kind: str, row: LeadScore | HealthScore, score: Decimal | None, rank: str) -> KnownScore:
    said = f"{score} ({rank})" if score is not None else "not enough is known"
    return KnownScore(
        ref=RowRef(kind=kind, id=str(row.pk), label=f"{said} of {row.computed_at:%Y-%m-%d}", source="computed"),
        at=row.computed_at,
        score=score,
        rank=rank,
        factors=_factors(row.factors),
    )


def _factors(stored: Any) -> Mapping[str, KnownFactor]:
    """Of the list that prospects/models/scores.py:Scored describes; what does not fit that is left out."""
    rows = [one for one in stored if isinstance(one, dict) and one.get("name")] if isinstance(stored, list) else []
    return {
        str(one["name"]): KnownFactor(label=str(one.get("label") or one["name"]), contribution=part)
        for one in rows
        if (part := _decimal(one.get("contribution"))) is not None
    }


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
