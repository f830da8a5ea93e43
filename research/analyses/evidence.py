"""A numbered fact as analyses use it, what it is about, and whether it speaks for or against the share."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from ..grounding import numbers_in


class Topic(StrEnum):
    """What a fact is about, as `research.market.facts` says it. The first five are the factors of the ranking."""

    VALUE = "value"
    QUALITY = "quality"
    GROWTH = "growth"
    MOMENTUM = "momentum"
    SAFETY = "safety"
    REVENUE = "revenue"
    MARGIN = "margin"
    PROFIT = "profit"
    CASH_FLOW = "cash-flow"
    DEBT = "debt"
    CASH = "cash"
    LIQUIDITY = "liquidity"
    PIOTROSKI = "piotroski"
    VALUATION = "valuation"
    PRICE = "price"
    RANK = "rank"
    PERCENTILE = "percentile"
    PEERS = "peers"
    COMPANY = "company"
    GAP = "gap"


FACTORS = (Topic.VALUE, Topic.QUALITY, Topic.GROWTH, Topic.MOMENTUM, Topic.SAFETY)


class Leaning(StrEnum):
    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """text: a whole sentence. value: as a number where the fact is one; shares and rates of change are
    fractions, whether the source stated them so or in percent.
    """

    id: str
    text: str
    topic: Topic
    value: Decimal | None = None
    unit: str = ""
    origin: str = ""
    reference: str = ""

    @property
    def leaning(self) -> Leaning:
        return _leaning(self)

    @property
    def matter(self) -> Topic:
        """The topic that it weighs in: of a comparison with peers, the factor that is compared."""
        if not self.is_comparison:
            return self.topic
        return next((factor for pattern, factor in _COMPARED if pattern.search(self.text)), self.topic)

    @property
    def is_comparison(self) -> bool:
        return self.topic in (Topic.PERCENTILE, Topic.PEERS)

    @property
    def numbers(self) -> list[Decimal]:
        """What a statement that cites it may say: its text's numbers, and its value however it is scaled."""
        told = numbers_in(self.text)
        if self.value is not None:
            told.append(abs(self.value))
            if self.is_share:
                told.append(abs(self.value) * 100)
        return told

    @property
    def is_share(self) -> bool:
        """Whether its value is a fraction that people read in percent."""
        return self.unit.strip().lower() in _PERCENT | _FRACTIONS


def read_facts(rows: Iterable[Mapping[str, Any]]) -> dict[str, Fact]:
    """Facts by id, in their order. rows: {id, text, value, unit, origin, reference}, and `topic` where it is known.

    Raises ValueError for a fact without an id or a text, or an id that is used twice.
    """
    found: dict[str, Fact] = {}
    for row in rows:
        fact = _read(row)
        if fact.id in found:
            raise ValueError(f"The fact {fact.id} is there twice.")
        found[fact.id] = fact
    return found


def adverse(facts: Mapping[str, Fact]) -> list[Fact]:
    """Facts that speak against the share, the gravest first: what no honest analysis leaves out."""
    against = [fact for fact in facts.values() if fact.leaning is Leaning.AGAINST]
    return sorted(against, key=lambda fact: (_place(fact), fact.is_comparison))


def favourable(facts: Mapping[str, Fact]) -> list[Fact]:
    """Facts that speak for the share, the weightiest first."""
    speaking = [fact for fact in facts.values() if fact.leaning is Leaning.FOR]
    return sorted(speaking, key=lambda fact: (fact.is_comparison, list(Topic).index(fact.matter)))


def known_factors(facts: Mapping[str, Fact]) -> int:
    """How many of the five factors have a value."""
    return len({fact.topic for fact in facts.values() if fact.topic in FACTORS and fact.value is not None})


#: Value below which a fact speaks against the share, and from which on it speaks for it. Fractions, but for the
#: Altman Z″, whose limits are those of distress and of safety, and for liquidity, which is a multiple.
_LIMITS: Mapping[Topic, tuple[Decimal, Decimal]] = {
    Topic.SAFETY: (Decimal("1.1"), Decimal("2.6")),
    Topic.GROWTH: (Decimal(0), Decimal("0.08")),
    Topic.MOMENTUM: (Decimal(0), Decimal("0.10")),
    Topic.QUALITY: (Decimal("0.05"), Decimal("0.12")),
    Topic.VALUE: (Decimal("0.03"), Decimal("0.08")),
    Topic.LIQUIDITY: (Decimal(1), Decimal("Infinity")),
    Topic.PROFIT: (Decimal(0), Decimal("Infinity")),
    Topic.CASH_FLOW: (Decimal(0), Decimal("Infinity")),
    # The lowest and the highest quarter of the peers.
    Topic.PERCENTILE: (Decimal(25), Decimal(75)),
}
#: Of Piotroski's tests: shares passed that are weak and strong.
_FEW, _MANY = Decimal("0.34"), Decimal("0.77")
_TESTS = re.compile(r"\bpassed (\d+) of the (\d+) tests\b")
#: What weighs most against a share comes first.
_GRAVITY = (
    *(Topic.SAFETY, Topic.PROFIT, Topic.CASH_FLOW, Topic.GROWTH, Topic.MOMENTUM, Topic.QUALITY, Topic.LIQUIDITY),
    *(Topic.VALUE, Topic.PIOTROSKI),
)
#: By the words of a fact that does not say its topic; the first that fits holds.
_WORDS: tuple[tuple[re.Pattern[str], Topic], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), topic)
    for pattern, topic in (
        (r"\bcannot be computed\b|\bnot known\b", Topic.GAP),
        (r"\bpercentile\b", Topic.PERCENTILE),
        (r"\brank(?:s|ed|ing)?\b|\bcomposite\b", Topic.RANK),
        (r"\bmedian\b|\bpeers\b", Topic.PEERS),
        (r"\bpiotroski\b", Topic.PIOTROSKI),
        (r"\baltman\b", Topic.SAFETY),
        (r"\bebit\s*/\s*ev\b|\bof its enterprise value\b|\bearnings yield\b", Topic.VALUE),
        (r"\broic\b|\breturn on invested capital\b", Topic.QUALITY),
        (r"\bcagr\b|\brevenue\b.*\b(?:grew|fell|growth)\b", Topic.GROWTH),
        (r"\bmomentum\b|\b12[–-]1\b|\bprice\b.*\b(?:rose|fell)\b", Topic.MOMENTUM),
        (r"\bmargin\b", Topic.MARGIN),
        (r"\boperating (?:income|loss|profit)\b|\bebit\b|\bnet (?:income|loss)\b", Topic.PROFIT),
        (r"\boperations\b.*\bcash\b|\bcash flow\b", Topic.CASH_FLOW),
        (r"\brevenues?\b|\bsales\b", Topic.REVENUE),
        (r"\bmarket capitali[sz]ation\b|\benterprise value\b|\bworth\b", Topic.VALUATION),
        (r"\bclos(?:ed|ing)\b|\bprice\b", Topic.PRICE),
        (r"\bcurrent assets\b", Topic.LIQUIDITY),
        (r"\bcash\b", Topic.CASH),
        (r"\bdebt\b|\bliabilities\b", Topic.DEBT),
    )
)
#: Which factor a comparison with peers is about.
_COMPARED: tuple[tuple[re.Pattern[str], Topic], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), topic)
    for pattern, topic in (
        (r"\bby enterprise value\b|\bebit\s*/\s*ev\b", Topic.VALUE),
        (r"\breturn on invested capital\b|\broic\b", Topic.QUALITY),
        (r"\brevenue growth\b|\bgrowth of revenue\b", Topic.GROWTH),
        (r"\bprice change\b|\bmomentum\b", Topic.MOMENTUM),
        (r"\baltman\b", Topic.SAFETY),
    )
)
#: Of a change that is stated without a sign: words that say that it went down.
_WENT_DOWN = re.compile(r"\b(?:fell|shrank|declined|decreased|dropped)\b", re.IGNORECASE)
_PERCENT = {"%", "percent", "per cent"}
_FRACTIONS = {"fraction", "ratio", "share"}


def _place(fact: Fact) -> int:
    return _GRAVITY.index(fact.matter) if fact.matter in _GRAVITY else len(_GRAVITY)


def _leaning(fact: Fact) -> Leaning:
    if fact.topic is Topic.PIOTROSKI:
        return _leaning_of_tests(fact.text)
    if fact.topic not in _LIMITS or fact.value is None:
        return Leaning.NEITHER
    low, high = _LIMITS[fact.topic]
    if fact.value < low:
        return Leaning.AGAINST
    return Leaning.FOR if fact.value >= high else Leaning.NEITHER


def _leaning_of_tests(text: str) -> Leaning:
    found = _TESTS.search(text)
    if not found or not int(found[2]):
        return Leaning.NEITHER
    share = Decimal(found[1]) / Decimal(found[2])
    if share <= _FEW:
        return Leaning.AGAINST
    return Leaning.FOR if share >= _MANY else Leaning.NEITHER


def _read(row: Mapping[str, Any]) -> Fact:
    number, text = str(row.get("id") or "").strip(), str(row.get("text") or "").strip()
    if not number or not text:
        raise ValueError(f"A fact needs an id and a text; {dict(row)!r} lacks one.")
    unit, topic = str(row.get("unit") or ""), _topic(row.get("topic"), text)
    value = _value(row.get("value"), unit)
    if value is not None and topic in (Topic.GROWTH, Topic.MOMENTUM) and _WENT_DOWN.search(text):
        value = -abs(value)
    return Fact(
        id=number,
        text=text,
        topic=topic,
        value=value,
        unit=unit,
        origin=str(row.get("origin") or ""),
        reference=str(row.get("reference") or ""),
    )


def _topic(said: object, text: str) -> Topic:
    if said in set(Topic):
        return Topic(str(said))
    return next((topic for pattern, topic in _WORDS if pattern.search(text)), Topic.COMPANY)


def _value(said: object, unit: str) -> Decimal | None:
    if said is None or said == "":
        return None
    try:
        value = Decimal(str(said).replace(",", ""))
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    return value / 100 if unit.strip().lower() in _PERCENT else value
