"""What rules draw from facts: one conclusion for each matter, and the matters as words within a sentence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from .content import Statement
from .evidence import Fact, Leaning, Topic, adverse, favourable
from .phrases import ASSESSMENT, CATALYST, COMPARISON, MATTER


class Balance(StrEnum):
    """Which way facts lean together. MIXED: for and against differ by one matter at most."""

    FAVOURABLE = "favourable"
    MIXED = "mixed"
    UNFAVOURABLE = "unfavourable"
    UNDECIDED = "undecided"


def balance(facts: Mapping[str, Fact]) -> Balance:
    """By the number of matters on either side, not of facts: three figures of one matter are one reason."""
    good, bad = len(matters(favourable(facts))), len(matters(adverse(facts)))
    if not good and not bad:
        return Balance.UNDECIDED
    if good and bad and abs(good - bad) <= 1:
        return Balance.MIXED
    return Balance.FAVOURABLE if good > bad else Balance.UNFAVOURABLE


def concluded(text: str, facts: Iterable[Fact]) -> Statement:
    return Statement(text=text, kind="assessment", facts=list(dict.fromkeys(fact.id for fact in facts)))


def assessments(facts: Sequence[Fact]) -> list[Statement]:
    """What follows from each matter. That a figure is ordinary is said only where no comparison says more."""
    compared = {fact.matter for fact in facts if fact.is_comparison and fact.leaning is not Leaning.NEITHER}
    telling = [
        fact
        for fact in facts
        if fact.leaning is not Leaning.NEITHER or (fact.value is not None and fact.matter not in compared)
    ]
    return _grouped(telling, lambda fact: (COMPARISON if fact.is_comparison else ASSESSMENT).get(_key(fact)))


def catalysts(facts: Sequence[Fact]) -> list[Statement]:
    """What would change the view of each matter."""
    return _grouped(facts, lambda fact: CATALYST.get(_key(fact)))


def matters(facts: Sequence[Fact]) -> list[str]:
    """Each matter once; one that only a comparison speaks of says so."""
    absolute = {fact.matter for fact in facts if not fact.is_comparison}
    named = {
        fact.matter: MATTER[fact.matter] + ("" if fact.matter in absolute else " compared with its peers")
        for fact in facts
        if fact.matter in MATTER
    }
    return list(named.values())


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`; none of them is empty."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _key(fact: Fact) -> tuple[Topic, Leaning]:
    return fact.matter, fact.leaning


def _grouped(facts: Iterable[Fact], phrase: Callable[[Fact], str | None]) -> list[Statement]:
    """One statement for each phrase, resting on all facts that lead to it."""
    by_phrase: dict[str, list[Fact]] = {}
    for fact in facts:
        if text := phrase(fact):
            by_phrase.setdefault(text, []).append(fact)
    return [concluded(text, supporting) for text, supporting in by_phrase.items()]
