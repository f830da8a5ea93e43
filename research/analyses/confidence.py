"""How sure an analysis may be, from how much is known. Authors by rules and the judge by rules share it. Pure."""

from collections.abc import Mapping

from .content import Confidence
from .evidence import FACTORS, Fact, adverse, favourable, known_factors

ORDER: tuple[Confidence, ...] = ("low", "medium", "high")


def confidence_of(facts: Mapping[str, Fact]) -> Confidence:
    """high: all factors are known and they do not contradict each other. low: fewer than four are known."""
    known = known_factors(facts)
    if known < len(FACTORS) - 1:
        return "low"
    contradicting = bool(adverse(facts)) and bool(favourable(facts))
    return "high" if known == len(FACTORS) and not contradicting else "medium"
