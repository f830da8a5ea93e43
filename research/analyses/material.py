"""How facts and a judge's words are put into a prompt: as data, so that nothing in them passes for an instruction."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from .content import SECTIONS
from .evidence import Fact

#: Of one fact, in characters: a sentence, not a document.
_MOST_FACT = 600
_MOST_FEEDBACK = 6000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_ID = re.compile(r"\bF\d+\b")


def fact_block(facts: Mapping[str, Fact]) -> str:
    """One line for each fact. Angle brackets are escaped, so that no text can close the block."""
    lines = (
        f"{fact.id} ({_line(fact.origin) or 'unknown'}): {_line(fact.text)[:_MOST_FACT]}" for fact in facts.values()
    )
    return "\n".join(lines) or "(none)"


def feedback_block(feedback: str) -> str:
    lines = (_line(line) for line in feedback.splitlines())
    return "\n".join(line for line in lines if line)[:_MOST_FEEDBACK] or "(nothing)"


def section_list() -> str:
    return "\n".join(f"- {plan.key}: {plan.question}" for plan in SECTIONS)


def words(text: str) -> str:
    """A name or the like, on one line and escaped."""
    return _line(text)


def missing_ids(feedback: str, missing: Sequence[str], facts: Mapping[str, Fact]) -> list[str]:
    """Facts that a judge missed: those named so, and those whose ids stand in the feedback; in order, that exist."""
    named: Iterable[str] = dict.fromkeys([*missing, *_ID.findall(feedback)])
    wanted = set(named)
    return [fact for fact in facts if fact in wanted]


def _line(text: str) -> str:
    return escape(_CONTROL.sub(" ", text).strip(), quote=False)
