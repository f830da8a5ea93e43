"""How rules fill in the rubric: scores from what can be measured in an analysis and its facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.llm.analyst import writer

from .confidence import ORDER, confidence_of
from .content import AnalysisContent, Statement
from .evidence import FACTORS, Fact, Leaning, adverse
from .names import VERDICT
from .phrases import MATTER
from .verdict import Reviewed, Scored

#: Words that no set of figures allows.
_TOO_SURE = ("certainly", "undoubtedly", "without doubt", "definitely", "inevitably", "obviously", "clearly will")
#: Words of a sentence and of an analysis that are read with ease, and of an analysis that nobody reads.
_LONGEST_SENTENCE, _LONG_ANALYSIS, _LONGEST_ANALYSIS = 45, 600, 1400


@writer(VERDICT)
def review(material: Mapping[str, Any]) -> Reviewed:
    case = _Case(material["content"], material["facts"])
    missing = case.missing
    return Reviewed(
        grounding=_grounding(case),
        completeness=_completeness(case, missing),
        reasoning=_reasoning(case),
        risks=_risks(case),
        calibration=_calibration(case),
        clarity=_clarity(case),
        feedback=_feedback(missing),
        missing=[fact.id for fact in missing],
    )


@dataclass(frozen=True)
class _Case:
    content: AnalysisContent
    facts: Mapping[str, Fact]

    @property
    def stated(self) -> list[Statement]:
        return [one for _, one in self.content.statements() if one.kind != "gap"]

    @property
    def assessments(self) -> list[Statement]:
        return [one for _, one in self.content.statements() if one.kind == "assessment"]

    @property
    def missing(self) -> list[Fact]:
        """Of every matter that counts and is not dealt with, its first fact; the gravest first.

        A falling figure is not dealt with by naming another one of its kind that rises.
        """
        cited = [self.facts[fact] for fact in self.content.cited() if fact in self.facts]
        against = {fact.matter for fact in cited if fact.leaning is Leaning.AGAINST}
        topics = {fact.topic for fact in cited}
        missed: dict[str, Fact] = {}
        for fact in adverse(self.facts):
            if fact.matter not in against:
                missed.setdefault(fact.matter, fact)
        for fact in self.facts.values():
            if fact.topic in FACTORS and fact.topic not in topics:
                missed.setdefault(fact.topic, fact)
        return list(missed.values())

    def cited_in(self, *sections: str) -> set[str]:
        return {fact for key in sections for one in self.content.section(key) for fact in one.facts}


def _grounding(case: _Case) -> Scored:
    """The gates have seen to it that every claim cites facts; what is left is how much is claimed at all."""
    total = sum(1 for _ in case.content.statements())
    share = len(case.stated) / total if total else 0
    score = 5 if share >= 0.7 else 4 if share >= 0.5 else 3 if share >= 0.3 else 2
    return _scored(
        reason=f"{len(case.stated)} of {total} statements rest on facts with their numbers; the others name gaps.",
        score=score,
    )


def _completeness(case: _Case, missing: list[Fact]) -> Scored:
    against = [fact for fact in missing if fact.leaning is Leaning.AGAINST]
    if against:
        named = ", ".join(f"{fact.id} ({MATTER.get(fact.matter, fact.matter)})" for fact in against)
        return _scored(
            reason=f"It leaves out what speaks against the share: {named}.", score=2 if len(against) < 3 else 1
        )
    if missing:
        named = ", ".join(f"{fact.id} ({MATTER.get(fact.matter, fact.matter)})" for fact in missing)
        return _scored(reason=f"It does not deal with {named}.", score=4 if len(missing) == 1 else 3)
    return _scored(reason="It deals with every known factor and with all that speaks against the share.", score=5)


def _reasoning(case: _Case) -> Scored:
    concluded = sum(
        1 for key in ("thesis", "conclusion") if any(one.kind == "assessment" for one in case.content.section(key))
    )
    joined = sum(1 for one in case.assessments if len(set(one.facts)) > 1)
    reason = (
        f"{len(case.assessments)} assessments, {joined} of which join several facts; "
        f"{concluded} of thesis and conclusion draw one."
    )
    if concluded == 2 and joined * 2 >= len(case.assessments):
        return _scored(reason=reason, score=5)
    return _scored(reason=reason, score=4 if concluded == 2 else 3 if case.assessments else 2)


def _risks(case: _Case) -> Scored:
    against = {fact.id for fact in adverse(case.facts)}
    matters = {fact.matter for fact in adverse(case.facts)}
    named = {case.facts[fact].matter for fact in against & case.cited_in("risks", "bear")}
    argued = any(one.kind == "assessment" for one in case.content.section("bear"))
    if not against:
        return _scored(
            reason="No fact speaks against the share" + (", and the bear case argues all the same." if argued else "."),
            score=5 if argued else 4,
        )
    reason = f"{len(named)} of {len(matters)} matters against the share stand in the risks or the bear case"
    if not named or not argued:
        return _scored(reason=f"{reason}, and the bear case {'argues' if argued else 'does not argue'}.", score=2)
    return _scored(reason=f"{reason}.", score=5 if named == matters else 4 if len(named) * 2 >= len(matters) else 3)


def _calibration(case: _Case) -> Scored:
    allowed = confidence_of(case.facts)
    over = ORDER.index(case.content.confidence) - ORDER.index(allowed)
    words = sorted({word for one in case.stated for word in _TOO_SURE if word in one.text.lower()})
    score = max(1, (5, 3, 1)[over] if over >= 0 else 4) - (1 if words else 0)
    reason = f"It is {case.content.confidence} in confidence; the facts allow {allowed}."
    return _scored(reason=reason + (f" Too sure: {', '.join(words)}." if words else ""), score=max(1, score))


def _clarity(case: _Case) -> Scored:
    texts = [one.text for _, one in case.content.statements()]
    lengths = [len(text.split()) for text in texts]
    # A fact may stand both in its section and among the risks; a third time it is noise.
    repeated = sum(1 for text in set(texts) if texts.count(text) > 2)
    long = sum(1 for length in lengths if length > _LONGEST_SENTENCE)
    faults = (repeated > 0) + (long > 0) + (sum(lengths) > _LONG_ANALYSIS) + (sum(lengths) > _LONGEST_ANALYSIS)
    return _scored(
        reason=f"{sum(lengths)} words in {len(texts)} statements; {long} too long, {repeated} repeated more than once.",
        score=5 - faults,
    )


def _scored(*, reason: str, score: int) -> Scored:
    return Scored.model_validate({"reason": reason, "score": score})


def _feedback(missing: list[Fact]) -> str:
    if not missing:
        return ""
    return "Deal with what was left out, and weigh it in the thesis and the conclusion."
