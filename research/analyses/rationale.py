"""Why a share has its rank, in words. The ranking is given; nothing here can change it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from providers.llm.analyst import writer
from providers.llm.completing import complete
from providers.llm.protocol import Backend, OnText, Request, ignore

from ..exchanges import exchange
from ..grounding import invented_numbers
from ..prompts import prompt
from .advice import advice_in
from .material import words
from .names import RATIONALES

_MOST_TOKENS = 3000
_MOST_CHARACTERS = 1200
#: At the end of a text that rules wrote because the model's could not be kept.
_MARK = " (Written by rules: the model's text stated what the ranking does not contain.)"
_FACTORS: Mapping[str, str] = {
    "value": "value (EBIT / EV)",
    "quality": "quality (return on capital)",
    "growth": "growth of revenue",
    "momentum": "momentum",
    "safety": "safety (Altman Z″)",
}
_SHARES = {"value", "quality", "growth", "momentum"}
_STRONG, _WEAK = 60, 40


class RankedFactor(Protocol):
    @property
    def value(self) -> Decimal | None: ...
    @property
    def percentile(self) -> Decimal | None: ...


class Ranked(Protocol):
    """What is read of `research.market.composite.Ranked`."""

    @property
    def symbol(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def composite(self) -> Decimal: ...
    @property
    def coverage(self) -> Decimal: ...
    @property
    def factors(self) -> Mapping[str, RankedFactor]: ...


class Ranking(Protocol):
    @property
    def ranked(self) -> Sequence[Ranked]: ...


class Rationale(BaseModel):
    model_config = ConfigDict(extra="forbid")
    symbol: str
    text: str


class RationaleDraft(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rationales: list[Rationale]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """texts: by symbol, one for each ranked share. by_rules: those whose text a model did not write."""

    texts: dict[str, str]
    by_rules: frozenset[str]
    exchanges: list[dict[str, Any]]
    model: str


def rationales(ranking: Ranking, backend: Backend, on_text: OnText = ignore) -> dict[str, str]:
    """The texts of `explain`."""
    return explain(ranking, backend, on_text).texts


def explain(ranking: Ranking, backend: Backend, on_text: OnText = ignore) -> Explained:
    """A text for each ranked share. One with a number that the ranking does not contain, with advice, or none at all
    is replaced by that of rules, which says so. An empty ranking asks nobody.

    Raises what the backend raises, and providers.llm.errors.NoValue.
    """
    if not ranking.ranked:
        return Explained(texts={}, by_rules=frozenset(), exchanges=[], model="")
    done = complete(_request(ranking), RationaleDraft, backend=backend, on_text=on_text)
    said = {one.symbol.strip().upper(): one.text.strip() for one in done.value.rationales}
    texts, replaced = {}, set()
    for one in ranking.ranked:
        text = said.get(one.symbol.upper(), "")
        if not _holds(text, one, len(ranking.ranked)):
            text = _by_rules(one, len(ranking.ranked)) + _MARK
            replaced.add(one.symbol)
        texts[one.symbol] = text
    by_rules = frozenset(texts) if backend.is_rule_based else frozenset(replaced)
    return Explained(
        texts=texts, by_rules=by_rules, exchanges=[exchange(call) for call in done.calls], model=done.model
    )


@writer(RATIONALES)
def write(material: Mapping[str, Any]) -> RationaleDraft:
    ranked: Sequence[Ranked] = material["ranked"]
    return RationaleDraft(rationales=[Rationale(symbol=one.symbol, text=_by_rules(one, len(ranked))) for one in ranked])


def _request(ranking: Ranking) -> Request:
    lines = [
        f"{one.rank}. {words(one.symbol)}: composite {one.composite} of 100; {'; '.join(_stated(one))}"
        for one in ranking.ranked
    ]
    return Request(
        task=RATIONALES,
        system=prompt("rationales_system.v1"),
        prompt=prompt("rationales.v1", ranking="\n".join(lines)),
        schema=RationaleDraft,
        material={"ranked": ranking.ranked},
        max_tokens=_MOST_TOKENS,
    )


def _stated(one: Ranked) -> Iterator[str]:
    for key, label in _FACTORS.items():
        factor = one.factors.get(key)
        if factor is None or factor.value is None or factor.percentile is None:
            yield f"{label} not known"
        else:
            yield f"{label} {_shown(key, factor.value)}, percentile {factor.percentile:.0f}"


def _by_rules(one: Ranked, among: int) -> str:
    known = {
        key: factor.percentile for key in _FACTORS if (factor := one.factors.get(key)) and factor.percentile is not None
    }
    strong = [key for key, percentile in known.items() if percentile >= _STRONG]
    weak = [key for key, percentile in known.items() if percentile <= _WEAK]
    missing = [label for key, label in _FACTORS.items() if key not in known]
    parts = [f"Rank {one.rank} of {among} with {one.composite:.1f} of 100."]
    for opening, keys in (("Ahead of most peers in", strong), ("Behind most peers in", weak)):
        if keys:
            parts.append(f"{opening} {_joined(_placed(one, key) for key in keys)}.")
    if known and not strong and not weak:
        parts.append("In the middle of its peers in every known factor.")
    if missing:
        parts.append(f"Not known: {_joined(missing)}; the other factors weigh more for it.")
    return " ".join(parts)


def _placed(one: Ranked, key: str) -> str:
    factor = one.factors[key]
    return f"{_FACTORS[key]} at {_shown(key, factor.value or Decimal())} (percentile {factor.percentile:.0f})"


def _shown(key: str, value: Decimal) -> str:
    return f"{value * 100:.1f} %" if key in _SHARES else f"{value:.2f}"


def _joined(parts: Iterator[str] | Sequence[str]) -> str:
    *most, last = list(parts)
    return f"{', '.join(most)} and {last}" if most else last


def _holds(text: str, one: Ranked, among: int) -> bool:
    if not text or len(text) > _MOST_CHARACTERS or advice_in(text):
        return False
    return not invented_numbers(text, _numbers(one, among))


def _numbers(one: Ranked, among: int) -> Iterator[Decimal]:
    """Also as they were shown, where rounding is coarser than the tolerance."""
    yield from (Decimal(one.rank), Decimal(among), Decimal(100), one.composite, round(one.composite, 1))
    yield from (one.coverage, one.coverage * 100)
    for key, factor in one.factors.items():
        if factor.percentile is not None:
            yield from (factor.percentile, Decimal(round(factor.percentile)))
        if factor.value is not None:
            value = abs(factor.value)
            yield value
            yield from (value * 100, round(value * 100, 1)) if key in _SHARES else (round(value, 2),)
