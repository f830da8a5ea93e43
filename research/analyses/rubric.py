"""The judge's rubric: six criteria from 1 to 5, their weighted mean, and what is enough. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, kw_only=True)
class Criterion:
    key: str
    title: str
    weight: Decimal
    question: str


CRITERIA = (
    Criterion(
        key="grounding",
        title="Grounding",
        weight=Decimal("0.30"),
        question="Does every claim rest on the facts that it cites, without stretching them?",
    ),
    Criterion(
        key="completeness",
        title="Completeness",
        weight=Decimal("0.20"),
        question="Are all facts that matter used, above all those that speak against the share?",
    ),
    Criterion(
        key="reasoning",
        title="Reasoning",
        weight=Decimal("0.20"),
        question="Do the assessments follow from the facts, and does the conclusion weigh them?",
    ),
    Criterion(
        key="risks",
        title="Risks",
        weight=Decimal("0.15"),
        question="Are the risks and the bear case as strong as the facts make them?",
    ),
    Criterion(
        key="calibration",
        title="Calibration",
        weight=Decimal("0.10"),
        question="Is it as sure as its facts allow, neither more nor less?",
    ),
    Criterion(
        key="clarity",
        title="Clarity",
        weight=Decimal("0.05"),
        question="Is it short, plain and free of repetition?",
    ),
)
LOWEST, HIGHEST = 1, 5
#: Approved from this score on, where no criterion is below the least.
ENOUGH = Decimal("0.70")
LEAST = 3
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Result:
    """mean: 1 to 5. score: 0 to 1, (mean - 1) / 4."""

    mean: Decimal
    score: Decimal
    approved: bool
    below: tuple[str, ...]


def result(scores: Mapping[str, int]) -> Result:
    """scores: one for each criterion. Raises ValueError for another set of criteria or a score out of range."""
    if set(scores) != {one.key for one in CRITERIA}:
        raise ValueError(f"The rubric wants a score for each of {', '.join(one.key for one in CRITERIA)}.")
    for key, score in scores.items():
        if not LOWEST <= score <= HIGHEST:
            raise ValueError(f"The score of {key} is {score}, not {LOWEST} to {HIGHEST}.")
    mean = sum((one.weight * scores[one.key] for one in CRITERIA), Decimal())
    share = ((mean - LOWEST) / (HIGHEST - LOWEST)).quantize(_PLACES, ROUND_HALF_UP)
    below = tuple(one.key for one in CRITERIA if scores[one.key] < LEAST)
    return Result(mean=mean, score=share, approved=share >= ENOUGH and not below, below=below)
