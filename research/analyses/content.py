"""What an analysis consists of: nine sections of statements, each of which leads to facts, and how sure it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["fact", "assessment", "gap"]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, kw_only=True)
class SectionPlan:
    """question: what the section answers, for whoever writes it."""

    key: str
    title: str
    question: str


SECTIONS = (
    SectionPlan(key="thesis", title="Thesis", question="What the case for or against the share is, in short."),
    SectionPlan(key="business", title="Business", question="What the company is and among which peers it stands."),
    SectionPlan(key="financials", title="Financials", question="How revenue, profit and return on capital develop."),
    SectionPlan(key="valuation", title="Valuation", question="What is paid for the earnings, against the peers."),
    SectionPlan(key="momentum", title="Momentum", question="How the price moved, and whether that fits the figures."),
    SectionPlan(key="risks", title="Risks", question="What in the facts speaks against the share."),
    SectionPlan(key="bear", title="Bear case", question="The strongest honest case of somebody who disagrees."),
    SectionPlan(key="catalysts", title="What would change our mind", question="Which figures, moving how, would."),
    SectionPlan(key="conclusion", title="Conclusion", question="What follows, weighing the sections above."),
)
KEYS = tuple(plan.key for plan in SECTIONS)


class Statement(BaseModel):
    """fact repeats facts, assessment concludes from them, gap says what is not known and rests on none."""

    model_config = ConfigDict(extra="forbid")
    text: str
    kind: Kind
    facts: list[str]


class AnalysisContent(BaseModel):
    """An analysis as it is asked for, stored and shown. Limits are the gates' matter: strict schemas know none."""

    model_config = ConfigDict(extra="forbid")
    thesis: list[Statement]
    business: list[Statement]
    financials: list[Statement]
    valuation: list[Statement]
    momentum: list[Statement]
    risks: list[Statement]
    bear: list[Statement]
    catalysts: list[Statement]
    conclusion: list[Statement]
    confidence: Confidence

    def section(self, key: str) -> list[Statement]:
        statements: list[Statement] = getattr(self, key)
        return statements

    def statements(self) -> Iterator[tuple[str, Statement]]:
        """(section, statement), in order."""
        for key in KEYS:
            for statement in self.section(key):
                yield key, statement

    def cited(self) -> set[str]:
        return {fact for _, statement in self.statements() for fact in statement.facts}
