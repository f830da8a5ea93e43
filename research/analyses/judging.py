"""The judge: gates first, and where all of them hold the rubric, filled in by a model or by rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from providers.llm.completing import complete
from providers.llm.protocol import Backend, OnText, Request, ignore

from ..exchanges import exchange
from ..prompts import prompt
from . import rules_judging
from .content import SECTIONS, AnalysisContent
from .evidence import Fact, read_facts
from .gates import Gate, gates
from .material import fact_block, words
from .names import VERDICT
from .rubric import CRITERIA, LEAST, Result, result
from .verdict import Reviewed

#: Imported for the writer that it registers.
RULES = rules_judging.review
_MOST_TOKENS = 2500


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """score: 0 to 1 with four places, 0 where a gate failed. gates: {gate, passed, problems}.

    criteria: {criterion, title, weight, reason, score}; empty where a gate failed.
    feedback: what the next attempt must do, with the facts that were left out; empty if approved.
    missing_facts: their ids. exchanges: what was asked and answered. Both, and model, are empty where a gate failed:
    then nobody was asked.
    """

    approved: bool
    score: Decimal
    gates: list[dict[str, Any]]
    criteria: list[dict[str, Any]]
    feedback: str
    missing_facts: list[str]
    exchanges: list[dict[str, Any]]
    model: str


def judge(
    content: Mapping[str, Any],
    facts: Sequence[Mapping[str, Any]],
    *,
    backend: Backend,
    on_text: OnText = ignore,
) -> Verdict:
    """content, facts: as they are stored with the analysis. backend: `judge_backend_for`.

    Raises what the backend raises, and providers.llm.errors.NoValue: no verdict, which is not a rejection.
    """
    numbered = read_facts(facts)
    checked, analysis = gates(content, numbered)
    if analysis is None or not all(gate.passed for gate in checked):
        return _stopped(checked)
    done = complete(_request(analysis, numbered), Reviewed, backend=backend, on_text=on_text)
    reviewed = done.value
    found = result({one.key: reviewed.scored(one.key).score for one in CRITERIA})
    missing = [fact for fact in numbered if fact in set(reviewed.missing)]
    return Verdict(
        approved=found.approved,
        score=found.score,
        gates=[gate.stored() for gate in checked],
        criteria=_criteria(reviewed),
        feedback="" if found.approved else _feedback(reviewed, found, [numbered[fact] for fact in missing]),
        missing_facts=missing,
        exchanges=[exchange(call) for call in done.calls],
        model=done.model,
    )


def _stopped(checked: list[Gate]) -> Verdict:
    problems = [problem for gate in checked for problem in gate.problems]
    return Verdict(
        approved=False,
        score=Decimal(0),
        gates=[gate.stored() for gate in checked],
        criteria=[],
        feedback="\n".join(["It was not weighed, because:", *(f"- {problem}" for problem in problems)]),
        missing_facts=[],
        exchanges=[],
        model="",
    )


def _request(analysis: AnalysisContent, facts: Mapping[str, Fact]) -> Request:
    return Request(
        task=VERDICT,
        system=prompt("judge_system.v1"),
        prompt=prompt(
            "judge.v1",
            criteria="\n".join(f"- {one.key} (weight {one.weight}): {one.question}" for one in CRITERIA),
            facts=fact_block(facts),
            analysis=_as_text(analysis),
        ),
        schema=Reviewed,
        material={"content": analysis, "facts": facts},
        temperature=0,
        max_tokens=_MOST_TOKENS,
    )


def _as_text(analysis: AnalysisContent) -> str:
    lines = [f"Confidence: {analysis.confidence}"]
    for plan in SECTIONS:
        lines.append(f"{plan.title}:")
        lines += [
            f"- ({one.kind}; {', '.join(words(fact) for fact in one.facts) or 'no facts'}) {words(one.text)}"
            for one in analysis.section(plan.key)
        ]
    return "\n".join(lines)


def _criteria(reviewed: Reviewed) -> list[dict[str, Any]]:
    return [
        {
            "criterion": one.key,
            "title": one.title,
            "weight": str(one.weight),
            "reason": reviewed.scored(one.key).reason,
            "score": reviewed.scored(one.key).score,
        }
        for one in CRITERIA
    ]


def _feedback(reviewed: Reviewed, found: Result, missing: list[Fact]) -> str:
    weak = [one for one in CRITERIA if reviewed.scored(one.key).score <= LEAST]
    lines = [reviewed.feedback.strip()] if reviewed.feedback.strip() else []
    lines += [
        f"- {one.title} was given {reviewed.scored(one.key).score} of 5: {reviewed.scored(one.key).reason}"
        for one in weak
    ]
    if missing:
        lines.append("Use these facts, which were left out:")
        lines += [f"- {fact.id}: {fact.text}" for fact in missing]
    return "\n".join(lines) or f"The score of {found.score} is not enough; make every section stronger."
