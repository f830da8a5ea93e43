"""The attempts to describe a stock: which there are, which one is shown, and what changed between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..analyses.approaches import what_differs
from ..analyses.rubric import ENOUGH, LEAST
from ..models import Insights, JudgeReview, Stock, StockAnalysis
from .statement_diff import SectionDiff, differences
from .statements import texts_of


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """number: as people count, from 1."""

    analysis: StockAnalysis
    review: JudgeReview | None
    insights: Insights | None

    @property
    def number(self) -> int:
        return self.analysis.variation + 1

    @property
    def what_differs(self) -> str:
        return what_differs(self.analysis.approach, self.analysis.backend)

    @property
    def tone(self) -> str:
        """The look of its state."""
        return _TONES.get(self.analysis.status, "idle")


_TONES = {
    "running": "active",
    "written": "active",
    "rejected": "bad",
    "approved": "good",
    "formatted": "good",
    "failed": "failed",
}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge found. enough: the score from which on it approves; least: of each criterion."""

    review: JudgeReview
    criteria: list[dict[str, Any]]
    enough: Any = ENOUGH
    least: int = LEAST


def attempts_of(stock: Stock) -> list[Attempt]:
    """The oldest first. What was asked of models is loaded for the one that is shown alone."""
    rows = StockAnalysis.objects.filter(stock=stock).select_related("review", "insights").order_by("variation")
    return [
        Attempt(analysis=one, review=getattr(one, "review", None), insights=getattr(one, "insights", None))
        for one in rows.defer("exchanges", "review__exchanges")
    ]


def chosen_of(attempts: Sequence[Attempt], asked: str) -> Attempt | None:
    """The one asked for by number; else the newest with insights, with words, or at all."""
    if asked.isascii() and asked.isdigit():
        found = next((one for one in attempts if str(one.number) == asked), None)
        if found:
            return found
    newest_first = list(reversed(attempts))
    preferred = [one for one in newest_first if one.insights] or [one for one in newest_first if one.analysis.content]
    return next(iter([*preferred, *newest_first]), None)


def verdict_of(attempt: Attempt) -> Verdict | None:
    if attempt.review is None:
        return None
    return Verdict(review=attempt.review, criteria=list(attempt.review.criteria))


def changes_to(attempt: Attempt, attempts: Sequence[Attempt]) -> list[SectionDiff]:
    """What differs from the attempt before; empty for the first, and for one that is not written."""
    before = next((one for one in attempts if one.analysis.variation == attempt.analysis.variation - 1), None)
    if before is None or not before.analysis.content or not attempt.analysis.content:
        return []
    return differences(texts_of(before.analysis.content), texts_of(attempt.analysis.content))
