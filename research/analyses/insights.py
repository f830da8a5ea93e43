"""An approved analysis as data that fits the published schema: every number and every text in it leads to facts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from providers.llm.completing import complete
from providers.llm.protocol import Backend, OnText, Request, ignore

from ..exchanges import exchange
from ..grounding import invented_numbers
from ..prompts import prompt
from . import rules_insights
from .advice import advice_in
from .content import SECTIONS, AnalysisContent
from .directions import reversed_direction
from .drawing import balance
from .evidence import FACTORS, Fact, Topic, read_facts
from .insight_texts import InsightTexts, Sentence
from .labels import label_of
from .material import fact_block, words
from .names import INSIGHTS

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

SCHEMA_VERSION = 1
_SCHEMA_FILE = Path(__file__).with_name(f"insights.v{SCHEMA_VERSION}.schema.json")
_MOST_TOKENS = 2500
_MOST = {"thesis": 6, "strengths": 8, "risks": 12}
_NO_ADVICE = "This orders peers by published figures. It is no advice to trade, and no promise."
_SAMPLE = "Facts of the bundled sample serve to try the product; they say nothing about real shares."
_BY_RULES = "Rules wrote the analysis: no model and no person has weighed what the facts leave out."
_BY_MODEL = "A language model wrote the analysis. Its numbers were held against the facts; its judgement is its own."
_REPLACED = "A text of the model that its facts do not support was replaced by one of the analysis."


class InsightsInvalid(ValueError):
    """The insights do not fit the published schema: a mistake of the program or a fact without an origin."""

    error_class = "VALIDATION_ERROR"
    code = "insights_invalid"


class RankedStock(Protocol):
    """What is read of `research.models.Stock`."""

    @property
    def symbol(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def composite(self) -> Decimal: ...


class FormattedInsights(NamedTuple):
    """data: fits `schema()`. exchanges: what was asked and answered. model: which one answered."""

    data: dict[str, Any]
    exchanges: list[dict[str, Any]]
    model: str


def format_insights(
    stock: RankedStock,
    content: Mapping[str, Any],
    facts: Sequence[Mapping[str, Any]],
    backend: Backend,
    *,
    on_text: OnText = ignore,
    author_backend: str = "",
    author_model: str = "",
) -> FormattedInsights:
    """content, facts: of the approved analysis; author_backend and author_model say who wrote it.

    Raises InsightsInvalid, pydantic.ValidationError for a content that is no analysis, ValueError for facts that are
    not numbered, what the backend raises, and providers.llm.errors.NoValue.
    """
    numbered = read_facts(facts)
    analysis = AnalysisContent.model_validate(dict(content))
    by_rules = rules_insights.texts(analysis, numbered)
    done = complete(_request(stock, analysis, numbered), InsightTexts, backend=backend, on_text=on_text)
    texts, replaced = _supported(done.value, by_rules, numbered)
    data = {
        "schemaVersion": SCHEMA_VERSION,
        "company": {"symbol": stock.symbol, "name": stock.name},
        "rank": {"value": stock.rank, "facts": _basis(numbered, Decimal(stock.rank))},
        "composite": {"value": _plain(Decimal(stock.composite)), "facts": _basis(numbered, Decimal(stock.composite))},
        **{key: [one.model_dump() for one in getattr(texts, key)] for key in _MOST},
        "metrics": list(_metrics(numbered)),
        "verdict": {"leaning": str(balance(_told(analysis, numbered))), **texts.verdict.model_dump()},
        "confidence": analysis.confidence,
        "sources": [_source(fact) for fact in numbered.values()],
        "writtenBy": {
            "analysis": _author(author_backend or backend.name, author_model or done.model),
            "insights": _author(backend.name, done.model),
        },
        "disclaimers": _disclaimers(numbered, author_backend or backend.name, replaced=replaced),
    }
    validate(data)
    return FormattedInsights(data, [exchange(call) for call in done.calls], done.model)


@cache
def schema() -> dict[str, Any]:
    """The published JSON schema."""
    read: dict[str, Any] = json.loads(_SCHEMA_FILE.read_text())
    return read


def validate(data: Mapping[str, Any]) -> None:
    """Raises InsightsInvalid, which names each place that does not fit."""
    errors = sorted(_validator().iter_errors(dict(data)), key=lambda error: error.json_path)
    if errors:
        listed = "; ".join(f"{error.json_path}: {error.message}"[:200] for error in errors[:5])
        raise InsightsInvalid(f"The insights do not fit insights.v{SCHEMA_VERSION}.schema.json: {listed}")


@cache
def _validator() -> "Draft202012Validator":
    # Loaded for the first insights: every process would start slower for what one queue's jobs use.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def _request(stock: RankedStock, analysis: AnalysisContent, facts: Mapping[str, Fact]) -> Request:
    lines = [
        f"- {plan.key} ({', '.join(one.facts)}): {words(one.text)}"
        for plan in SECTIONS
        for one in analysis.section(plan.key)
        if one.kind != "gap"
    ]
    return Request(
        task=INSIGHTS,
        system=prompt("insights_system.v1"),
        prompt=prompt(
            "insights.v1",
            symbol=words(stock.symbol),
            name=words(stock.name),
            facts=fact_block(facts),
            analysis="\n".join(lines),
        ),
        schema=InsightTexts,
        material={"content": analysis, "facts": facts},
        max_tokens=_MOST_TOKENS,
    )


def _supported(said: InsightTexts, by_rules: InsightTexts, facts: Mapping[str, Fact]) -> tuple[InsightTexts, bool]:
    """What was said as far as facts support it; where nothing remains, the analysis's own words."""
    kept = {key: [one for one in getattr(said, key) if _holds(one, facts)][:most] for key, most in _MOST.items()}
    verdict = said.verdict if _holds(said.verdict, facts) else by_rules.verdict
    dropped = any(not _holds(one, facts) for key in _MOST for one in getattr(said, key))
    for key in _MOST:
        if not kept[key]:
            kept[key] = getattr(by_rules, key)
    return InsightTexts(**kept, verdict=verdict), dropped or verdict is not said.verdict


def _holds(one: Sentence, facts: Mapping[str, Fact]) -> bool:
    if not one.facts or not one.text.strip() or any(fact not in facts for fact in one.facts) or advice_in(one.text):
        return False
    cited = [facts[fact] for fact in one.facts]
    if reversed_direction(one.text, cited):
        return False
    return not invented_numbers(one.text, [number for fact in cited for number in fact.numbers])


def _basis(facts: Mapping[str, Fact], number: Decimal) -> list[str]:
    """What a number of the ranking rests on: the facts that state it, else the factors it was computed from."""
    stated = [fact.id for fact in facts.values() if fact.topic is Topic.RANK and number in fact.numbers]
    return stated or [fact.id for fact in facts.values() if fact.topic in FACTORS] or list(facts)


def _told(analysis: AnalysisContent, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """What the analysis weighed."""
    cited = analysis.cited()
    return {key: fact for key, fact in facts.items() if key in cited}


def _metrics(facts: Mapping[str, Fact]) -> Iterator[dict[str, Any]]:
    """The first fact of each label: of revenue, that is the newest year."""
    labels: set[str] = set()
    for fact in facts.values():
        label = label_of(fact)
        if fact.value is None or not label or label in labels:
            continue
        labels.add(label)
        value, unit = (fact.value * 100, "%") if fact.is_share else (fact.value, fact.unit)
        yield {"key": str(fact.topic), "label": label, "value": _plain(value), "unit": unit, "facts": [fact.id]}


def _source(fact: Fact) -> dict[str, str]:
    return {"fact": fact.id, "text": fact.text, "origin": fact.origin, "reference": fact.reference}


def _author(backend: str, model: str) -> dict[str, Any]:
    return {"backend": backend, "model": model, "ruleBased": backend == "analyst"}


def _disclaimers(facts: Mapping[str, Fact], author: str, *, replaced: bool) -> list[str]:
    found = [_NO_ADVICE, _BY_RULES if author == "analyst" else _BY_MODEL]
    if any(fact.origin == "sample" for fact in facts.values()):
        found.append(_SAMPLE)
    return [*found, _REPLACED] if replaced else found


def _plain(value: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
