"""Whether what a section says is in its facts: ids that exist, and numbers that the facts contain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ..grounding import invented_numbers, numbers_in
from .evidence import Evidence


class Support(StrEnum):
    """SUPPORTED: by its facts. UNSUPPORTED: it cites none, or says more than they do. NONE: it states no fact."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    NONE = "none"


class Statement(BaseModel):
    """fact and assessment rest on facts; gap says that something is not known."""

    model_config = ConfigDict(extra="forbid")
    text: str
    kind: Literal["fact", "assessment", "gap"]
    facts: list[str]


class Draft(BaseModel):
    """A section as it is written."""

    model_config = ConfigDict(extra="forbid")
    summary: str
    statements: list[Statement]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """facts: the ids that exist. problem: why it is unsupported, as a sentence."""

    text: str
    kind: str
    facts: tuple[str, ...]
    support: Support
    problem: str = ""


def check(statements: Sequence[Statement], evidence: Mapping[str, Evidence]) -> list[Checked]:
    return [_check(statement, evidence) for statement in statements]


def _check(statement: Statement, evidence: Mapping[str, Evidence]) -> Checked:
    known = tuple(fact for fact in dict.fromkeys(statement.facts) if fact in evidence)
    support, problem = _judged(statement, known, evidence)
    return Checked(text=statement.text, kind=statement.kind, facts=known, support=support, problem=problem)


def _judged(statement: Statement, known: tuple[str, ...], evidence: Mapping[str, Evidence]) -> tuple[Support, str]:
    if statement.kind == "gap" and not numbers_in(statement.text):
        return Support.NONE, ""
    unknown = [fact for fact in statement.facts if fact not in evidence]
    if unknown:
        return Support.UNSUPPORTED, f"It cites {', '.join(unknown)}, which is no fact of this section."
    if not known:
        return Support.UNSUPPORTED, "No fact stands behind it."
    told = [number for fact in known for number in numbers_in(evidence[fact].text)]
    invented = [str(number) for number in invented_numbers(statement.text, told)]
    if invented:
        return Support.UNSUPPORTED, f"Its facts do not contain the number {', '.join(invented)}."
    return Support.SUPPORTED, ""
