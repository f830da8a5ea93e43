"""The health score of a portfolio company: a weighed mean over what is known of six components."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from .factors import DAY_SECONDS, Factor, clamp, decay, settled
from .weights import GRADES, HealthWeights

LABELS = {
    "payment": "Payment",
    "revenue": "Revenue",
    "sentiment": "Sentiment of the news",
    "safety": "Safety at work",
    "ucc": "Burden of liens",
    "engagement": "Engagement",
}


@dataclass(frozen=True, kw_only=True)
class Component:
    """value: 0 to 100, None where it is not known. detail: what it rests on, as a sentence."""

    value: float | None
    detail: str = ""


UNKNOWN = Component(value=None, detail="not known")


@dataclass(frozen=True, kw_only=True)
class Components:
    payment: Component = UNKNOWN
    revenue: Component = UNKNOWN
    sentiment: Component = UNKNOWN
    safety: Component = UNKNOWN
    ucc: Component = UNKNOWN
    engagement: Component = UNKNOWN


@dataclass(frozen=True, kw_only=True)
class HealthResult:
    """score None and grade empty where too little is known; numbers have two decimals, coverage three."""

    score: float | None
    grade: str
    coverage: float
    sentiment: float | None
    factors: tuple[Factor, ...]


@dataclass(frozen=True, kw_only=True)
class Sentiment:
    """value: -1 (bad) to 1 (good)."""

    value: float
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A health score of the past."""

    score: float | None
    grade: str
    at: datetime


def health_score(components: Components, weights: HealthWeights) -> HealthResult:
    """Missing components are left out and the others weigh more; below the least coverage there is no score."""
    shares = weights.components
    values: dict[str, Component] = {name: getattr(components, name) for name in shares}
    coverage = math.fsum(shares[name] for name, one in values.items() if one.value is not None)
    # Shares such as .25 + .25 are exact, others are not: what was asked for must not fail by a hair.
    sufficient = coverage > 0 and coverage >= weights.least_coverage - 1e-9
    factors = [
        Factor(
            name=name,
            label=LABELS[name],
            weight=shares[name],
            value=one.value,
            contribution=shares[name] * (one.value or 0.0) / coverage if sufficient else 0.0,
            detail=one.detail,
        )
        for name, one in values.items()
    ]
    score = round(clamp(math.fsum(factor.contribution for factor in factors)), 2) if sufficient else None
    sentiment = components.sentiment.value
    return HealthResult(
        score=score,
        grade="" if score is None else grade_of(score, weights),
        coverage=round(coverage, 3),
        sentiment=None if sentiment is None else round(sentiment, 2),
        factors=settled(factors, score or 0.0),
    )


def grade_of(score: float, weights: HealthWeights) -> str:
    return next((grade for grade in GRADES[:-1] if score >= weights.grades[grade]), GRADES[-1])


def revenue_component(growth: float, weights: HealthWeights) -> float:
    """growth: of twelve months over the twelve before, .08 for 8 %."""
    return 50.0 + 50.0 * math.tanh(growth / weights.revenue_scale)


def sentiment_component(said: Iterable[Sentiment], weights: HealthWeights, *, at: datetime) -> float | None:
    """The mean of what was said, recent words weighing more; 50 is neutral. None where nothing was said."""
    pairs = [
        (decay((at - one.at).total_seconds() / DAY_SECONDS, weights.sentiment_half_life_days), one.value)
        for one in said
    ]
    total = math.fsum(weight for weight, _ in pairs)
    if not total:
        return None
    mean = math.fsum(weight * clamp(value, -1, 1) for weight, value in pairs) / total
    return (mean + 1.0) * 50.0


def growth_of(figures: Sequence[tuple[date, float]]) -> float | None:
    """Of the newest twelve months over those that ended a year before, give or take 45 days.

    figures: pairs of period end and amount, in any order. None where there is nothing to compare with.
    """
    if not figures:
        return None
    newest_end, newest = max(figures)
    before = [
        (abs((newest_end - end).days - 365), amount)
        for end, amount in figures
        if abs((newest_end - end).days - 365) <= 45
    ]
    if not before:
        return None
    _, previous = min(before)
    return None if previous <= 0 else newest / previous - 1.0


def alert_of(result: HealthResult, history: Sequence[Scored], weights: HealthWeights, *, at: datetime) -> str | None:
    """Why somebody should look: a fall by `alert_drop` within `alert_days`, or another grade. None otherwise.

    history: earlier scores; those without a number are passed over.
    """
    known = sorted((one for one in history if one.score is not None), key=lambda one: one.at)
    if result.score is None or not known:
        return None
    recent = [one for one in known if (at - one.at).total_seconds() <= weights.alert_days * DAY_SECONDS]
    highest = max((one.score for one in recent if one.score is not None), default=None)
    # Told once: as long as it stays down there, the fall is old news.
    fell_before = highest is not None and highest - (known[-1].score or 0.0) >= weights.alert_drop
    if highest is not None and highest - result.score >= weights.alert_drop and not fell_before:
        return f"fell by {highest - result.score:.2f} points within {weights.alert_days:g} days"
    if known[-1].grade != result.grade:
        return f"grade changed from {known[-1].grade} to {result.grade}"
    return None
