"""The lead score: how well a company fits the profile, and what it did lately.

lead = 0.6 fit + 0.4 intent, with the shares of LeadWeights. Where nothing is known about the fit, intent
alone decides, and the coverage says so.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..signals.kinds import LABELS, SignalKind
from .factors import DAY_SECONDS, Factor, clamp, decay, saturating, settled
from .fit import CompanyFacts, Fit, fit_of
from .weights import LeadWeights, SignalWeight

#: The smallest step of a score.
_STEP = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something a company did. kind: a key of LeadWeights.signals; confidence: 0 to 1."""

    kind: str
    at: datetime
    confidence: float = 1.0


@dataclass(frozen=True, kw_only=True)
class LeadResult:
    """Numbers 0 to 100 with two decimals; fit None where no field of it is known; coverage 0 to 1."""

    score: float
    tier: str
    fit: float | None
    intent: float
    coverage: float
    factors: tuple[Factor, ...]


def lead_score(company: CompanyFacts, events: Iterable[Event], weights: LeadWeights, *, at: datetime) -> LeadResult:
    return combined(fit_of(company, weights, as_of=at.date()), intent_amounts(events, weights, at=at), weights)


def combined(fit: Fit, amounts: Mapping[str, float], weights: LeadWeights) -> LeadResult:
    """amounts: what each kind of signal adds, as intent_amounts gives it."""
    total = _total(fit.value, amounts, weights)
    score, held = _held(total, _total(fit.value, _trusted(amounts, weights), weights), weights)
    factors = [*_fit_factors(fit, weights), *_intent_factors(fit, amounts, weights)]
    if held:
        factors.append(held)
    return LeadResult(
        score=score,
        tier=tier_of(score, weights),
        fit=None if fit.value is None else round(fit.value, 2),
        intent=round(saturating(math.fsum(amounts.values()), weights.intent_scale), 2),
        coverage=round(weights.fit_share * fit.coverage + weights.intent_share, 3),
        factors=settled(factors, score),
    )


def intent_amounts(events: Iterable[Event], weights: LeadWeights, *, at: datetime) -> dict[str, float]:
    """Σ points · confidence · 2^(-days / half-life) per kind, the surest of each kind and day up to its cap."""
    days: dict[tuple[str, date], list[float]] = defaultdict(list)
    for event in events:
        weight = weights.signals.get(event.kind)
        if weight is not None:
            days[event.kind, event.at.date()].append(_amount(event, weight, at))
    amounts: dict[str, list[float]] = defaultdict(list)
    for (kind, _), worth in days.items():
        amounts[kind] += sorted(worth, reverse=True)[: weights.signals[kind].per_day]
    return {kind: math.fsum(worth) for kind, worth in amounts.items()}


def tier_of(score: float, weights: LeadWeights) -> str:
    return next((tier for tier in ("A", "B", "C") if score >= weights.tiers[tier]), "D")


def _amount(event: Event, weight: SignalWeight, at: datetime) -> float:
    age_days = (at - event.at).total_seconds() / DAY_SECONDS
    return weight.points * clamp(event.confidence, 0, 1) * decay(age_days, weight.half_life_days)


def _trusted(amounts: Mapping[str, float], weights: LeadWeights) -> dict[str, float]:
    return {kind: amount for kind, amount in amounts.items() if weights.signals[kind].alone}


def _shares(fit: float | None, weights: LeadWeights) -> tuple[float, float]:
    return (0.0, 1.0) if fit is None else (weights.fit_share, weights.intent_share)


def _total(fit: float | None, amounts: Mapping[str, float], weights: LeadWeights) -> float:
    fit_share, intent_share = _shares(fit, weights)
    return fit_share * (fit or 0.0) + intent_share * saturating(math.fsum(amounts.values()), weights.intent_scale)


def _held(total: float, trusted: float, weights: LeadWeights) -> tuple[float, Factor | None]:
    """The score, kept below the next tier where only signals that may not decide alone would reach it."""
    score = round(clamp(total), 2)
    tier = tier_of(round(clamp(trusted), 2), weights)
    if tier_of(score, weights) == tier:
        return score, None
    next_tier = {"D": "C", "C": "B", "B": "A"}[tier]
    held = round(weights.tiers[next_tier] - _STEP, 2)
    return held, Factor(
        name="held",
        label="Held below the next tier",
        weight=0,
        value=None,
        contribution=held - total,
        detail=f"e-mail opens alone cannot lift a lead into tier {next_tier}",
    )


def _fit_factors(fit: Fit, weights: LeadWeights) -> list[Factor]:
    share, _ = _shares(fit.value, weights)
    return [factor.contributing(share * factor.contribution) for factor in fit.factors]


def _intent_factors(fit: Fit, amounts: Mapping[str, float], weights: LeadWeights) -> Sequence[Factor]:
    _, share = _shares(fit.value, weights)
    total = math.fsum(amounts.values())
    points = share * saturating(total, weights.intent_scale)
    return [
        Factor(
            name=f"intent.{kind}",
            label=LABELS[SignalKind(kind)],
            weight=weights.signals[kind].points,
            value=amount,
            contribution=points * amount / total,
            detail=f"worth half as much every {weights.signals[kind].half_life_days:g} days",
        )
        for kind, amount in sorted(amounts.items())
        if total > 0
    ]
