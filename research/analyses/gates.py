"""What an analysis must satisfy before anybody weighs it: five gates that hold or name what is wrong. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from ..grounding import invented_numbers, numbers_in
from .advice import advice_in
from .content import SECTIONS, AnalysisContent, Statement
from .directions import reversed_direction
from .evidence import Fact

#: Of a text that is quoted in a problem.
_QUOTED = 80
MOST_STATEMENTS = 40
MOST_CHARACTERS = 700


@dataclass(frozen=True, kw_only=True)
class Gate:
    """problems: sentences that say what the next attempt must change; empty where it holds."""

    gate: str
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.problems

    def stored(self) -> dict[str, Any]:
        return {"gate": self.gate, "passed": self.passed, "problems": list(self.problems)}


def gates(content: Mapping[str, Any], facts: Mapping[str, Fact]) -> tuple[list[Gate], AnalysisContent | None]:
    """All gates in order, and the analysis as it was read; one gate and None where it is not even that."""
    try:
        analysis = AnalysisContent.model_validate(dict(content))
    except ValidationError as error:
        return [Gate(gate="schema", problems=tuple(_listed(error)))], None
    found = [Gate(gate=name, problems=tuple(check(analysis, facts))) for name, check in _CHECKS]
    return found, analysis


def _listed(error: ValidationError) -> Iterator[str]:
    for one in error.errors()[:10]:
        place = ".".join(str(part) for part in one["loc"]) or "the analysis"
        yield f"{place}: {one['msg']}."


def _schema(analysis: AnalysisContent, _: Mapping[str, Fact]) -> Iterator[str]:
    """What a strict schema cannot say: nothing empty, nothing without end."""
    for plan in SECTIONS:
        if len(analysis.section(plan.key)) > MOST_STATEMENTS:
            yield f"{plan.title} has more than {MOST_STATEMENTS} statements."
    for key, one in analysis.statements():
        if not one.text.strip():
            yield f"{key} has a statement without words."
        if len(one.text) > MOST_CHARACTERS:
            yield f"{_place(key, one)} is longer than {MOST_CHARACTERS} characters."


def _sections(analysis: AnalysisContent, _: Mapping[str, Fact]) -> Iterator[str]:
    for plan in SECTIONS:
        if not analysis.section(plan.key):
            yield f"The section {plan.title} is missing; say at least what is not known."
    for key in ("thesis", "conclusion"):
        if analysis.section(key) and all(one.kind == "gap" for one in analysis.section(key)):
            yield f"{key} says only what is not known; it must rest on at least one fact."


def _citations(analysis: AnalysisContent, facts: Mapping[str, Fact]) -> Iterator[str]:
    for key, one in analysis.statements():
        unknown = [fact for fact in one.facts if fact not in facts]
        if unknown:
            yield f"{_place(key, one)} cites {', '.join(unknown)}, which is no fact."
        if one.kind != "gap" and not one.facts:
            yield f"{_place(key, one)} cites no fact."


def _numbers(analysis: AnalysisContent, facts: Mapping[str, Fact]) -> Iterator[str]:
    for key, one in analysis.statements():
        if one.kind == "gap" and numbers_in(one.text):
            yield f"{_place(key, one)} says what is not known and states a number all the same."
            continue
        cited = [facts[fact] for fact in one.facts if fact in facts]
        if reversed_direction(one.text, cited):
            yield f"{_place(key, one)} turns a rise into a fall, or a fall into a rise."
        invented = invented_numbers(one.text, [number for fact in cited for number in fact.numbers])
        if invented:
            numbers = ", ".join(_shown(number) for number in invented)
            yield f"{_place(key, one)} states {numbers}, which its facts do not contain."


def _advice(analysis: AnalysisContent, _: Mapping[str, Fact]) -> Iterator[str]:
    for key, one in analysis.statements():
        for words in advice_in(one.text):
            yield f"{_place(key, one)} gives advice or a promise: “{words}”."


def _shown(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _place(key: str, statement: Statement) -> str:
    text = statement.text.strip()
    shown = text if len(text) <= _QUOTED else text[: _QUOTED - 1].rstrip() + "…"
    return f"{key}: “{shown}”"


_CHECKS: tuple[tuple[str, Callable[[AnalysisContent, Mapping[str, Fact]], Iterator[str]]], ...] = (
    ("schema", _schema),
    ("sections", _sections),
    ("citations", _citations),
    ("numbers", _numbers),
    ("advice", _advice),
)
GATES = tuple(name for name, _ in _CHECKS)
