"""The prospect score: how much a company looks for finance, from the liens filed against it.

score = clamp(0.7 demand + 0.3 refinancing - penalties), with the shares of ProspectWeights.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .factors import Factor, clamp, decay, saturating, settled
from .secured_parties import LABELS, SecuredClass
from .weights import Penalty, ProspectWeights

#: UCC 9-515(a).
_YEARS_HELD = 5
_BY_LAW = (SecuredClass.TAX, SecuredClass.JUDGMENT)


@dataclass(frozen=True, kw_only=True)
class LienFacts:
    """filed_on, lapses_on: None where the source does not say. is_active: neither lapsed nor terminated."""

    secured: SecuredClass
    filed_on: date | None
    lapses_on: date | None
    is_active: bool = True

    @property
    def begun_on(self) -> date | None:
        """When it was filed, else five years before it lapses, which is how long a financing statement holds.

        Where it was continued that is the day of the continuation. Liens by law hold for other times.
        """
        if self.filed_on is not None or self.lapses_on is None or self.secured in _BY_LAW:
            return self.filed_on
        try:
            return self.lapses_on.replace(year=self.lapses_on.year - _YEARS_HELD)
        except ValueError:  # 29 February
            return self.lapses_on.replace(year=self.lapses_on.year - _YEARS_HELD, day=28)

    def active_on(self, day: date) -> bool:
        return self.is_active and (self.lapses_on is None or self.lapses_on >= day)


@dataclass(frozen=True, kw_only=True)
class ProspectResult:
    """score, ucc_risk: 0 to 100, two decimals. coverage: share of the liens whose filing date is known."""

    score: float
    ucc_risk: float
    coverage: float
    secured_classes: tuple[str, ...]
    factors: tuple[Factor, ...]


def prospect_score(liens: Sequence[LienFacts], weights: ProspectWeights, *, as_of: date) -> ProspectResult:
    """liens: all there are, ended ones too, since demand comes from what was filed and not from what is left."""
    factors = [
        *_demand(liens, weights, as_of),
        _refinancing(liens, weights, as_of),
        _penalty(SecuredClass.MCA, "Stacked cash advances", liens, weights.mca, as_of),
        _penalty(SecuredClass.TAX, "Tax liens", liens, weights.tax, as_of),
        _penalty(SecuredClass.JUDGMENT, "Judgments", liens, weights.judgment, as_of),
    ]
    plain = sum(factor.contribution for factor in factors)
    score = round(clamp(plain), 2)
    if not 0 <= plain <= 100:
        factors.append(_limit(score - plain))
    dated = sum(lien.filed_on is not None for lien in liens)
    return ProspectResult(
        score=score,
        ucc_risk=ucc_risk(liens, weights, as_of=as_of),
        coverage=round(dated / len(liens), 3) if liens else 0.0,
        secured_classes=_active_classes(liens, as_of),
        factors=settled(factors, score),
    )


def ucc_risk(liens: Iterable[LienFacts], weights: ProspectWeights, *, as_of: date) -> float:
    """0 to 100 from the active liens: cash advances beyond the first, tax liens and judgments."""
    counts = Counter(lien.secured for lien in liens if lien.active_on(as_of))
    risk = (
        weights.risk_per_mca * max(0, counts[SecuredClass.MCA] - 1)
        + weights.risk_per_tax * counts[SecuredClass.TAX]
        + weights.risk_per_judgment * counts[SecuredClass.JUDGMENT]
    )
    return round(min(100.0, risk), 2)


def _demand(liens: Sequence[LienFacts], weights: ProspectWeights, as_of: date) -> list[Factor]:
    """One factor per class of secured party. Demand saturates over all of them; each gets its part of the sum."""
    amounts: dict[SecuredClass, float] = {}
    counts: Counter[SecuredClass] = Counter()
    guessed: Counter[SecuredClass] = Counter()
    for lien in liens:
        weight = weights.demand[lien.secured]
        if lien.begun_on is not None and weight:
            age = (as_of - lien.begun_on).days
            guessed[lien.secured] += lien.filed_on is None
            amounts[lien.secured] = amounts.get(lien.secured, 0.0) + weight * decay(age, weights.half_life_days)
            counts[lien.secured] += 1
    total = math.fsum(amounts.values())
    points = weights.demand_share * saturating(total)
    return [
        Factor(
            name=f"demand.{kind}",
            label=f"Finance sought: {LABELS[kind].lower()}",
            weight=weights.demand[kind],
            value=amount,
            contribution=points * amount / total,
            detail=f"{_number(counts[kind], 'lien')}, worth half as much every {weights.half_life_days:g} days"
            + (f"; {guessed[kind]} dated by the lapse" if guessed[kind] else ""),
        )
        for kind, amount in sorted(amounts.items())
        if total > 0
    ]


def _refinancing(liens: Sequence[LienFacts], weights: ProspectWeights, as_of: date) -> Factor:
    days = [
        (lien.lapses_on - as_of).days
        for lien in liens
        if lien.secured in weights.refinanced and lien.lapses_on is not None and lien.active_on(as_of)
    ]
    nearest = min(days, default=None)
    value = 0.0 if nearest is None else refinancing(nearest, weights)
    return Factor(
        name="refinancing",
        label="Loan about to lapse",
        weight=weights.refinancing_share,
        value=value,
        contribution=weights.refinancing_share * value,
        detail="no active bank, asset-based or agent lien with a lapse date"
        if nearest is None
        else f"the nearest lapses in {_number(nearest, 'day')}",
    )


def refinancing(days_to_lapse: float, weights: ProspectWeights) -> float:
    """100 up to full_until_days before the lapse, falling in a line to 0 at none_after_days."""
    if days_to_lapse < 0:
        return 0.0
    full, none = weights.full_until_days, weights.none_after_days
    return clamp(100.0 * (none - days_to_lapse) / (none - full))


def _penalty(kind: SecuredClass, label: str, liens: Sequence[LienFacts], rule: Penalty, as_of: date) -> Factor:
    count = sum(
        lien.secured is kind and lien.begun_on is not None and (as_of - lien.begun_on).days <= rule.window_days
        for lien in liens
    )
    points = min(rule.limit, rule.points * max(0, count - rule.free))
    return Factor(
        name=f"penalty.{kind}",
        label=label,
        weight=rule.points,
        value=float(count),
        contribution=-points,
        detail=f"{_number(count, 'lien')} filed within {rule.window_days:g} days",
    )


def _limit(contribution: float) -> Factor:
    return Factor(
        name="limit",
        label="Kept within 0 and 100",
        weight=0,
        value=None,
        contribution=contribution,
        detail="the other factors alone would lead outside",
    )


def _active_classes(liens: Sequence[LienFacts], as_of: date) -> tuple[str, ...]:
    active = {lien.secured for lien in liens if lien.active_on(as_of)}
    return tuple(str(kind) for kind in SecuredClass if kind in active)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
