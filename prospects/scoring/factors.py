"""The reasons of a score, so rounded that they add up to it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

DAY_SECONDS = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Factor:
    """One reason. `contribution` is in points of the score, negative where it costs points.

    weight: the factor's share or points, as its weights have them. value: what was seen, None where
    it is not known. detail: a sentence for people.
    """

    name: str
    label: str
    weight: float
    value: float | None
    contribution: float
    detail: str = ""

    def contributing(self, points: float) -> "Factor":
        # Not dataclasses.replace(), which takes three times as long, and scores have many factors.
        return Factor(
            name=self.name,
            label=self.label,
            weight=self.weight,
            value=self.value,
            contribution=points,
            detail=self.detail,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "weight": round(self.weight, 4),
            "value": None if self.value is None else round(self.value, 4),
            "contribution": self.contribution,
            "detail": self.detail,
        }


def clamp(value: float, least: float = 0.0, most: float = 100.0) -> float:
    return max(least, min(most, value))


def decay(age_days: float, half_life_days: float) -> float:
    """1 today, a half after one half-life. What lies in the future counts as today."""
    return float(2.0 ** (-max(0.0, age_days) / half_life_days))


def saturating(amount: float, scale: float = 1.0) -> float:
    """0 to 100: the more there already is, the less the next adds."""
    return 100.0 * (1.0 - math.exp(-max(0.0, amount) / scale))


def settled(factors: Sequence[Factor], score: float) -> tuple[Factor, ...]:
    """The factors with contributions of two decimals whose sum is the rounded score.

    What rounding each by itself would lose goes to those that it changed most, a hundredth each.
    Contributions must add up to the score before rounding.
    """
    hundredths = [factor.contribution * 100 for factor in factors]
    whole = [math.floor(amount + 1e-9) for amount in hundredths]
    missing = round(score * 100) - sum(whole)
    by_remainder = sorted(range(len(factors)), key=lambda at: hundredths[at] - whole[at], reverse=True)
    for at in by_remainder[: max(0, missing)]:
        whole[at] += 1
    return tuple(factor.contributing(amount / 100) for factor, amount in zip(factors, whole, strict=True))
