"""Ranks peers by one number: the weighted mean of their percentiles in five factors. Pure arithmetic.

The weights, the percentile, the smallest coverage and the order of ties are those of docs/market.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .factors import Factor

WEIGHTS = {
    "value": Decimal("0.25"),
    "quality": Decimal("0.25"),
    "growth": Decimal("0.20"),
    "momentum": Decimal("0.15"),
    "safety": Decimal("0.15"),
}
#: Share of the weights whose factors must be known.
LEAST_COVERAGE = Decimal("0.6")
MOST_RANKED = 10
_COMPOSITE_PLACES, _WEIGHT_PLACES = Decimal("0.001"), Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """revenue: of the latest year, for ties. problem: said beside the reason, should the share be excluded."""

    symbol: str
    factors: Mapping[str, Factor]
    revenue: Decimal | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedFactor:
    """percentile: 0 to 100 among the peers whose factor is known. weight: its share of the composite, 0 if missing."""

    value: Decimal | None
    percentile: Decimal | None
    weight: Decimal
    facts: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """rank: from 1, without gaps. composite: 0 to 100, three places. coverage: 0.6 to 1."""

    symbol: str
    rank: int
    composite: Decimal
    coverage: Decimal
    factors: Mapping[str, RankedFactor]

    def stored_factors(self) -> dict[str, dict[str, Any]]:
        """As Stock.factors keeps them: numbers as texts."""
        return {name: _stored(factor) for name, factor in self.factors.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """reason: a sentence."""

    symbol: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """ranked: best first, at most ten. excluded: all others, by symbol."""

    ranked: tuple[Ranked, ...] = ()
    excluded: tuple[Excluded, ...] = field(default=())


def rank(candidates: Sequence[Candidate], *, at_most: int = MOST_RANKED) -> Ranking:
    """Order peers by their composite; of equal ones by quality, then revenue, then symbol.

    A factor that is missing gives its weight to the others; a share with less than 0.6 of the weights is not
    ranked. Percentiles are among all candidates whose factor is known, whether they can be ranked or not.
    """
    columns = {name: _known_values(name, candidates) for name in WEIGHTS}
    able = [one for one in candidates if coverage_of(one.factors) >= LEAST_COVERAGE]
    scored = sorted((_scored(one, columns) for one in able), key=_order)
    beyond = [
        _beyond(one.symbol, place, at_most, len(scored)) for place, one in enumerate(scored, 1) if place > at_most
    ]
    unable = [_unable(one) for one in candidates if coverage_of(one.factors) < LEAST_COVERAGE]
    return Ranking(
        ranked=tuple(_ranked(one, place) for place, one in enumerate(scored[:at_most], 1)),
        excluded=tuple(sorted([*beyond, *unable], key=lambda one: one.symbol)),
    )


def percentile(value: Decimal, peers: Sequence[Decimal]) -> Decimal:
    """100 × (lower + equal / 2) / n, where the value itself is one of the n peers."""
    lower = sum(1 for one in peers if one < value)
    equal = sum(1 for one in peers if one == value)
    return 100 * (lower + Decimal(equal) / 2) / len(peers)


def coverage_of(factors: Mapping[str, Factor]) -> Decimal:
    return sum((weight for name, weight in WEIGHTS.items() if _value(factors, name) is not None), Decimal())


@dataclass(frozen=True, slots=True)
class _Scored:
    symbol: str
    composite: Decimal
    coverage: Decimal
    factors: Mapping[str, RankedFactor]
    revenue: Decimal | None


def _scored(one: Candidate, columns: Mapping[str, Sequence[Decimal]]) -> _Scored:
    coverage = coverage_of(one.factors)
    placed = {name: _placed(name, one.factors.get(name), columns[name], coverage) for name in WEIGHTS}
    # From the full weights, so that rounding what is shown of each changes nothing.
    weighted = sum((WEIGHTS[name] * (factor.percentile or 0) for name, factor in placed.items()), Decimal())
    return _Scored(one.symbol, (weighted / coverage).quantize(_COMPOSITE_PLACES), coverage, placed, one.revenue)


def _placed(name: str, factor: Factor | None, peers: Sequence[Decimal], coverage: Decimal) -> RankedFactor:
    if factor is None or factor.value is None:
        return RankedFactor(
            value=None, percentile=None, weight=Decimal(0), missing=factor.missing if factor else "it is not known"
        )
    return RankedFactor(
        value=factor.value,
        percentile=percentile(factor.value, peers),
        weight=(WEIGHTS[name] / coverage).quantize(_WEIGHT_PLACES),
        facts=factor.facts,
    )


def _order(one: _Scored) -> tuple[Any, ...]:
    """Best first. What is not known comes after what is."""
    quality = one.factors["quality"].value
    return (
        -one.composite,
        quality is None,
        -(quality or 0),
        one.revenue is None,
        -(one.revenue or 0),
        one.symbol,
    )


def _ranked(one: _Scored, place: int) -> Ranked:
    return Ranked(symbol=one.symbol, rank=place, composite=one.composite, coverage=one.coverage, factors=one.factors)


def _beyond(symbol: str, place: int, at_most: int, able: int) -> Excluded:
    return Excluded(symbol=symbol, reason=f"Number {place} of {able}: only the best {at_most} are ranked.")


def _unable(one: Candidate) -> Excluded:
    lacks = [f"{name} ({factor.missing})" for name in WEIGHTS if (factor := one.factors.get(name)) and factor.missing]
    known = f"Only {coverage_of(one.factors):.2f} of the weights are known, at least {LEAST_COVERAGE:.2f} are needed"
    reason = f"{known}; missing: {', '.join(lacks)}." if lacks else f"{known}."
    return Excluded(symbol=one.symbol, reason=f"{one.problem} {reason}".strip())


def _known_values(name: str, candidates: Sequence[Candidate]) -> list[Decimal]:
    values = (_value(one.factors, name) for one in candidates)
    return [value for value in values if value is not None]


def _value(factors: Mapping[str, Factor], name: str) -> Decimal | None:
    factor = factors.get(name)
    return factor.value if factor else None


def _stored(factor: RankedFactor) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "value": _text(factor.value),
        "percentile": _text(factor.percentile and factor.percentile.quantize(_COMPOSITE_PLACES)),
        "weight": _text(factor.weight),
        "facts": list(factor.facts),
    }
    return stored | ({"missing": factor.missing} if factor.missing else {})


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize(), "f")
