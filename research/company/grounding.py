"""Whether what a section says is in its facts: ids that exist, and numbers that the facts contain."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from .evidence import Evidence

#: A number in a statement may differ from the fact's by this share: rounding is no invention.
TOLERANCE = Decimal("0.005")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[,.]\d+)*")
_SCALES = (
    (re.compile(r"\s*(?:billion|bn)\b", re.IGNORECASE), Decimal(10) ** 9),
    (re.compile(r"\s*(?:million|m)\b", re.IGNORECASE), Decimal(10) ** 6),
    (re.compile(r"\s*(?:thousand|k)\b", re.IGNORECASE), Decimal(10) ** 3),
)


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
    invented = [str(number) for number in numbers_in(statement.text) if not any(_same(number, one) for one in told)]
    if invented:
        return Support.UNSUPPORTED, f"Its facts do not contain the number {', '.join(invented)}."
    return Support.SUPPORTED, ""


def numbers_in(text: str) -> list[Decimal]:
    """The numbers of a text, thousands separators and words such as million read; signs are ignored.

    A date such as 2026-01-31 is three numbers, which a statement must share with its fact like any other.
    """
    found = []
    for match in _NUMBER.finditer(text.replace("-", " ")):
        value = Decimal(_plain(match[0]))
        for pattern, scale in _SCALES:
            if pattern.match(text.replace("-", " "), match.end()):
                value *= scale
                break
        found.append(value)
    return found


def _plain(text: str) -> str:
    """`1,234.5` and `1,234` have thousands separators; `12,5` is left as 12.5 is written elsewhere."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return text.replace(",", "")
    if re.fullmatch(r"\d+,\d+", text):
        return text.replace(",", ".")
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return text
    return re.sub(r"[.,]", "", text)


def _same(said: Decimal, told: Decimal) -> bool:
    return abs(said - told) <= abs(told) * TOLERANCE
