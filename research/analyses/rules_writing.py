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
from .drawing import Balance, assessments, balance, catalysts, concluded, listed, matters
from .evidence import FACTORS, Fact, Leaning, Topic, adverse, favourable
from .gates import MOST_CHARACTERS
from .names import ANALYSIS
from .phrases import MATTER

#: What a short analysis tells, one fact of each.
_SHORT = {*FACTORS, Topic.COMPANY, Topic.RANK, Topic.REVENUE, Topic.PROFIT, Topic.GAP}
#: Matters against the share that it deals with, the gravest first.
_MOST_AGAINST_IF_SHORT = 1
#: Facts of one topic and matter that a longer one tells.
_MOST_OF_A_TOPIC = 2
_FIGURES = (
    *(Topic.REVENUE, Topic.GROWTH, Topic.MARGIN, Topic.PROFIT, Topic.CASH_FLOW, Topic.QUALITY),
    *(Topic.SAFETY, Topic.DEBT, Topic.CASH, Topic.LIQUIDITY, Topic.PIOTROSKI),
)
_FIGURES_OF_VALUE, _FIGURES_OF_PRICE = (Topic.VALUE, Topic.VALUATION), (Topic.MOMENTUM, Topic.PRICE)
_CONCLUSIONS = {
    Balance.FAVOURABLE: "On balance the facts told here speak more for the share than against it",
    Balance.UNFAVOURABLE: "On balance the facts told here speak more against the share than for it",
    Balance.MIXED: "The facts told here nearly balance each other",
}
_SIGNATURE = "Rules wrote this from the facts listed here; what the facts leave out, nobody has weighed."


@writer(ANALYSIS)
def write(material: Mapping[str, Any]) -> AnalysisContent:
    facts: Mapping[str, Fact] = material["facts"]
    told = _Told.chosen(facts, material["approach"], material["missing"])
    return AnalysisContent(
        thesis=[*_thesis(told), *told.as_they_are(told.of(Topic.RANK)[:1])]
        or _gap("The facts say too little for a thesis."),
        business=told.as_they_are(told.of(Topic.COMPANY, Topic.RANK)) or _gap("Nothing is known of its business."),
        financials=_section(told, _FIGURES, "No figures are known."),
        valuation=_section(told, _FIGURES_OF_VALUE, "The price of its earnings is not known."),
        momentum=_section(told, _FIGURES_OF_PRICE, "How its price moved is not known."),
        risks=_risks(told),
        bear=_bear(told),
        catalysts=catalysts([*told.against, *told.speaking_for]) or _gap("No fact says what would change the view."),
        conclusion=[*_conclusion(told), *_gap(_SIGNATURE)],
        confidence=confidence_of(facts),
    )


@dataclass(frozen=True)
class _Told:
    """The facts that this attempt tells."""

    facts: Mapping[str, Fact]

    @classmethod
    def chosen(cls, facts: Mapping[str, Fact], approach: Approach, missing: Sequence[str]) -> "_Told":
        if approach == PLAIN:
            kept = _short(facts)
        else:
            kept = _first(facts.values(), _MOST_OF_A_TOPIC) - (
                set() if approach == BEAR_FIRST else _minor_objections(facts)
            )
        kept |= set(missing) | ({fact.id for fact in adverse(facts)} if approach == BEAR_FIRST else set())
        return cls({key: fact for key, fact in facts.items() if key in kept})

    def of(self, *topics: Topic) -> list[Fact]:
        return [fact for topic in topics for fact in self.facts.values() if fact.topic is topic]

    def comparisons(self, *topics: Topic) -> list[Fact]:
        return [fact for fact in self.of(Topic.PERCENTILE) if fact.matter in topics]

    def as_they_are(self, facts: Sequence[Fact]) -> list[Statement]:
        return [Statement(text=one.text, kind="fact", facts=[one.id]) for one in facts if _can_be_repeated(one)]

    @property
    def against(self) -> list[Fact]:
        return adverse(self.facts)

    @property
    def speaking_for(self) -> list[Fact]:
        return favourable(self.facts)


def _short(facts: Mapping[str, Fact]) -> set[str]:
    minor = _minor_objections(facts)
    gravest = {fact.id for fact in adverse(facts)} - minor
    return _first((fact for fact in facts.values() if fact.topic in _SHORT and fact.id not in minor), 1) | gravest


def _minor_objections(facts: Mapping[str, Fact]) -> set[str]:
    """Facts against the share that are left out unless a judge missed them: those of all but the gravest matter."""
    heavy = adverse(facts)
    gravest = list(dict.fromkeys(fact.matter for fact in heavy))[:_MOST_AGAINST_IF_SHORT]
    return {fact.id for fact in heavy if fact.matter not in gravest}


def _first(facts: Iterable[Fact], most: int) -> set[str]:
    """So many facts of each topic and matter, and of each those first that speak against the share."""
    kept: dict[tuple[Topic, Topic], list[str]] = {}
    for fact in sorted(facts, key=lambda one: one.leaning is not Leaning.AGAINST):
        if len(of_topic := kept.setdefault((fact.topic, fact.matter), [])) < most:
            of_topic.append(fact.id)
    return {number for of_topic in kept.values() for number in of_topic}


def _thesis(told: _Told) -> list[Statement]:
    good, bad = matters(told.speaking_for), matters(told.against)
    if good and bad:
        text = f"For the share {_speak(good)}; against it {_speak(bad)}."
    elif good:
        text = f"For the share {_speak(good)}; of the facts told here none speaks against it."
    elif bad:
        text = f"Against the share {_speak(bad)}; of the facts told here none speaks clearly for it."
    else:
        return _middling(told)
    return [concluded(text, [*told.speaking_for, *told.against])]


def _speak(parts: Sequence[str]) -> str:
    return f"{'speaks' if len(parts) == 1 else 'speak'} {listed(parts)}"


def _middling(told: _Told) -> list[Statement]:
    facts = told.of(*MATTER)
    return (
        [concluded("The figures are ordinary: none speaks clearly for or against the share.", facts)] if facts else []
    )


def _section(told: _Told, topics: tuple[Topic, ...], nothing: str) -> list[Statement]:
    facts = [*told.of(*topics), *told.comparisons(*topics)]
    return [*told.as_they_are(facts), *assessments(facts)] or _gap(nothing)


def _risks(told: _Told) -> list[Statement]:
    bad, unknown = told.against, told.as_they_are(told.of(Topic.GAP))
    if not bad:
        return [*unknown, *_gap("No risk shows in the facts told here; that is no proof that there is none.")]
    return [*told.as_they_are(bad), *assessments(bad), *unknown]


def _bear(told: _Told) -> list[Statement]:
    bad, good = told.against, told.speaking_for
    made = []
    if bad:
        objections = listed(matters(bad))
        doubt = f"Somebody who disagrees would begin with {objections}, and doubt that the rest makes up for it."
        made.append(concluded(doubt, bad))
    if good:
        past = f"Even what looks good, {listed(matters(good))}, describes the past and may not last."
        made.append(concluded(past, good))
    return made or _gap("The facts give no case against the share, nor one for it.")


def _conclusion(told: _Told) -> list[Statement]:
    found = balance(told.facts)
    if found is Balance.UNDECIDED:
        return _middling(told) or _gap("Too little is known for a conclusion.")
    objections = matters(told.against)
    weighing = f", and the weightiest objection is {objections[0]}." if objections else "."
    return [concluded(_CONCLUSIONS[found] + weighing, [*told.speaking_for, *told.against])]


def _gap(text: str) -> list[Statement]:
    return [Statement(text=text, kind="gap", facts=[])]


def _can_be_repeated(fact: Fact) -> bool:
    """A source may say what an analysis must not."""
    return len(fact.text) <= MOST_CHARACTERS and not advice_in(fact.text)
