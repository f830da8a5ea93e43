"""Statements as a page shows them: each number a link to the fact that it comes from, the unsupported ones marked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..analyses.content import SECTIONS
from ..analyses.evidence import Fact, read_facts
from ..grounding import invented_numbers, numbers_in, same_number

#: Numbers with their place, read as research/grounding.py reads them; ids of facts are none.
_NUMBER = re.compile(r"(?<![\d.,])(?<!\bF)(?:\d+(?:[.,]\d+)*|\.\d+)")
#: Characters behind a number in which its scale may stand, such as "12.5 million".
_BEHIND = 12


@dataclass(frozen=True, kw_only=True)
class ShownFact:
    """A numbered fact. origin: sample, file, live, given or computed; reference: an address, a filing, a file."""

    id: str
    text: str
    origin: str
    reference: str

    @property
    def is_address(self) -> bool:
        return self.reference.startswith("https://")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """problem says why the facts do not support it; empty where they do."""

    html: SafeString
    kind: str
    facts: list[str]
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    key: str
    title: str
    statements: list[Statement]


@dataclass(frozen=True)
class Facts:
    """The facts of one attempt. rows: as they are stored with it."""

    rows: Sequence[Mapping[str, Any]]

    @property
    def shown(self) -> list[ShownFact]:
        return [
            ShownFact(
                id=str(row["id"]),
                text=str(row["text"]),
                origin=str(row.get("origin") or ""),
                reference=str(row.get("reference") or ""),
            )
            for row in self.rows
        ]

    def by_id(self) -> dict[str, Fact]:
        return read_facts(self.rows)


def shown_sections(content: Mapping[str, Any], facts: Mapping[str, Fact]) -> list[Section]:
    """A stored analysis; one that is not written yet has no sections."""
    return [
        Section(key=plan.key, title=plan.title, statements=[statement(one, facts) for one in content[plan.key]])
        for plan in SECTIONS
        if content.get(plan.key)
    ]


def texts_of(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """The bare statements of each section by its title."""
    return {plan.title: [one["text"] for one in content[plan.key]] for plan in SECTIONS if content.get(plan.key)}


def statement(row: Mapping[str, Any], facts: Mapping[str, Fact]) -> Statement:
    """row: {text, facts} and, in an analysis, its kind."""
    kind, named = str(row.get("kind") or "fact"), list(row.get("facts") or ())
    return Statement(
        html=linked(row["text"], named, facts),
        kind=kind,
        facts=[one for one in named if one in facts],
        problem=_problem(row["text"], kind, named, facts),
    )


def linked(text: str, named: Sequence[str], facts: Mapping[str, Fact]) -> SafeString:
    """The text; each number that one of the named facts has is a link to it."""
    told = [(facts[one], facts[one].numbers) for one in named if one in facts]
    parts: list[str | SafeString] = []
    at = 0
    for match in _NUMBER.finditer(text):
        fact = _fact_of(text[match.start() : match.end() + _BEHIND], told)
        if fact is not None:
            parts += [text[at : match.start()], number_link(match[0], fact)]
            at = match.end()
    return format_html_join("", "{}", [(part,) for part in [*parts, text[at:]]])


def number_link(number: str, fact: Fact) -> SafeString:
    return format_html('<a class="number" href="#fact-{}" title="{}: {}">{}</a>', fact.id, fact.id, fact.text, number)


def _fact_of(said: str, told: Iterable[tuple[Fact, list[Decimal]]]) -> Fact | None:
    numbers = numbers_in(said)
    if not numbers:
        return None
    return next((fact for fact, known in told if any(same_number(numbers[0], one) for one in known)), None)


def _problem(text: str, kind: str, named: Sequence[str], facts: Mapping[str, Fact]) -> str:
    """As the judge's gates see it."""
    unknown = [one for one in named if one not in facts]
    if unknown:
        return f"cites {', '.join(unknown)}, which is no fact"
    if kind != "gap" and not named:
        return "cites no fact"
    invented = invented_numbers(text, [number for one in named for number in facts[one].numbers])
    return f"states {', '.join(f'{one:f}' for one in invented)}, which its facts do not contain" if invented else ""
