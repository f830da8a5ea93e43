"""How rules write an analysis: facts as they are, what follows from each, and what they leave open.

A first attempt is short: it tells the facts that weigh most and leaves the rest out. Whether that is enough is
not for the author to say; what the judge misses is added by the next attempt.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from providers.llm.analyst import writer

from .advice import advice_in
from .approaches import BEAR_FIRST, PLAIN, Approach
from .confidence import confidence_of
from .content import AnalysisContent, Statement
from .evidence import Fact, Leaning, Topic, adverse, favourable
from .gates import MOST_CHARACTERS
from .names import ANALYSIS
from .phrases import ASSESSMENT, CATALYST, MATTER, listed

#: Matters against the share that a short analysis deals with, the gravest first.
_MOST_AGAINST_IF_SHORT = 1
#: Facts of one topic that are told one by one.
_MOST_OF_A_TOPIC_IF_SHORT, _MOST_OF_A_TOPIC = 1, 4
_FIGURES = (
    *(Topic.REVENUE, Topic.GROWTH, Topic.MARGIN, Topic.PROFIT, Topic.CASH_FLOW, Topic.QUALITY),
    *(Topic.SAFETY, Topic.DEBT, Topic.CASH, Topic.LIQUIDITY, Topic.PIOTROSKI),
)
_SIGNATURE = "Rules wrote this from the facts listed here; what the facts leave out, nobody has weighed."


@writer(ANALYSIS)
def write(material: Mapping[str, Any]) -> AnalysisContent:
    facts: Mapping[str, Fact] = material["facts"]
    told = _Told.chosen(facts, material["approach"], material["missing"])
    return AnalysisContent(
        thesis=[*_thesis(told), *told.facts_of(Topic.RANK)[:1]] or _gap("The facts say too little for a thesis."),
        business=[*told.facts_of(Topic.COMPANY, Topic.RANK, Topic.PERCENTILE)]
        or _gap("Nothing is known of its business."),
        financials=_section(told, _FIGURES, "No figures are known."),
        valuation=_section(
            told, (Topic.VALUE, Topic.VALUATION, Topic.PEERS), "The price of its earnings is not known."
        ),
        momentum=_section(told, (Topic.MOMENTUM, Topic.PRICE), "How its price moved is not known."),
        risks=_risks(told),
        bear=_bear(told),
        catalysts=_catalysts(told),
        conclusion=[*_conclusion(told), *_gap(_SIGNATURE)],
        confidence=confidence_of(facts),
    )


@dataclass(frozen=True)
class _Told:
    """The facts that this attempt tells."""

    facts: Mapping[str, Fact]

    @classmethod
    def chosen(cls, facts: Mapping[str, Fact], approach: Approach, missing: Sequence[str]) -> "_Told":
        left_out = set() if approach == BEAR_FIRST else _minor_objections(facts) - set(missing)
        most = _MOST_OF_A_TOPIC_IF_SHORT if approach == PLAIN else _MOST_OF_A_TOPIC
        kept: dict[str, Fact] = {}
        # Of a topic, what speaks against the share comes before what is merely newer.
        for fact in sorted(facts.values(), key=lambda one: one.leaning is not Leaning.AGAINST):
            of_topic = sum(1 for one in kept.values() if one.topic is fact.topic)
            if fact.id in missing or (of_topic < most and fact.id not in left_out):
                kept[fact.id] = fact
        return cls({key: fact for key, fact in facts.items() if key in kept})

    def of(self, *topics: Topic) -> list[Fact]:
        return [fact for topic in topics for fact in self.facts.values() if fact.topic is topic]

    def facts_of(self, *topics: Topic) -> list[Statement]:
        return [_as_it_is(fact) for fact in self.of(*topics) if _can_be_repeated(fact)]

    @property
    def against(self) -> list[Fact]:
        return adverse(self.facts)

    @property
    def speaking_for(self) -> list[Fact]:
        return favourable(self.facts)


def _minor_objections(facts: Mapping[str, Fact]) -> set[str]:
    """Facts against the share that a short analysis leaves out: those of all but the gravest matter."""
    heavy = adverse(facts)
    topics = list(dict.fromkeys(fact.topic for fact in heavy))[:_MOST_AGAINST_IF_SHORT]
    return {fact.id for fact in heavy if fact.topic not in topics}


def _thesis(told: _Told) -> list[Statement]:
    good, bad = told.speaking_for, told.against
    if good and bad:
        text = f"For the share speak {_matters(good)}; against it {_matters(bad)}."
    elif good:
        text = f"For the share speak {_matters(good)}; of the facts told here none speaks against it."
    elif bad:
        text = f"Against the share speak {_matters(bad)}; of the facts told here none speaks clearly for it."
    else:
        return _middling(told)
    return [_concluded(text, [*good, *bad])]


def _middling(told: _Told) -> list[Statement]:
    facts = told.of(*MATTER)
    return (
        [_concluded("The figures are ordinary: none speaks clearly for or against the share.", facts)] if facts else []
    )


def _section(told: _Told, topics: tuple[Topic, ...], nothing: str) -> list[Statement]:
    return [*told.facts_of(*topics), *_assessed(told.of(*topics), ASSESSMENT)] or _gap(nothing)


def _risks(told: _Told) -> list[Statement]:
    bad = told.against
    unknown = told.facts_of(Topic.GAP)
    if not bad:
        return [*unknown, *_gap("No risk shows in the facts told here; that is no proof that there is none.")]
    return [*(_as_it_is(fact) for fact in bad if _can_be_repeated(fact)), *_assessed(bad, ASSESSMENT), *unknown]


def _bear(told: _Told) -> list[Statement]:
    bad, good = told.against, told.speaking_for
    made = []
    if bad:
        text = f"Somebody who disagrees would begin with {_matters(bad)} and doubt that the rest makes up for it."
        made.append(_concluded(text, bad))
    if good:
        text = f"Even what looks good, {_matters(good)}, describes the past and may not last."
        made.append(_concluded(text, good))
    return made or _gap("The facts give no case against the share, nor one for it.")


def _catalysts(told: _Told) -> list[Statement]:
    return _assessed([*told.against, *told.speaking_for], CATALYST) or _gap("No fact says what would change the view.")


def _conclusion(told: _Told) -> list[Statement]:
    good, bad = told.speaking_for, told.against
    if not good and not bad:
        return _middling(told) or _gap("Too little is known for a conclusion.")
    if len(good) > len(bad):
        text = "On balance the facts told here speak more for the share than against it"
    elif len(good) < len(bad):
        text = "On balance the facts told here speak more against the share than for it"
    else:
        text = "The facts told here balance each other"
    weighing = f", and the weightiest objection is {_matters(bad[:1])}." if bad else "."
    return [_concluded(text + weighing, [*good, *bad])]


def _assessed(facts: Iterable[Fact], phrases: Mapping[tuple[Topic, Leaning], str]) -> list[Statement]:
    """One conclusion for each matter, resting on all facts that lead to it."""
    by_phrase: dict[str, list[Fact]] = {}
    for fact in facts:
        text = phrases.get((fact.topic, fact.leaning))
        if text and (fact.value is not None or fact.leaning is not Leaning.NEITHER):
            by_phrase.setdefault(text, []).append(fact)
    return [_concluded(text, supporting) for text, supporting in by_phrase.items()]


def _matters(facts: Sequence[Fact]) -> str:
    return listed(list(dict.fromkeys(fact.topic for fact in facts)))


def _as_it_is(fact: Fact) -> Statement:
    return Statement(text=fact.text, kind="fact", facts=[fact.id])


def _concluded(text: str, facts: Iterable[Fact]) -> Statement:
    return Statement(text=text, kind="assessment", facts=list(dict.fromkeys(fact.id for fact in facts)))


def _gap(text: str) -> list[Statement]:
    return [Statement(text=text, kind="gap", facts=[])]


def _can_be_repeated(fact: Fact) -> bool:
    """A source may say what an analysis must not."""
    return len(fact.text) <= MOST_CHARACTERS and not advice_in(fact.text)
