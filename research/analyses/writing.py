"""An analysis of a share, written from its facts by whichever backend is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from providers.llm.completing import complete
from providers.llm.protocol import Backend, OnText, Request, ignore

from ..exchanges import exchange
from ..prompts import prompt
from . import rules_writing
from .approaches import Approach, approach_of
from .content import AnalysisContent
from .evidence import Fact, read_facts
from .material import fact_block, feedback_block, missing_ids, section_list, words
from .names import ANALYSIS

#: Imported for the writer that it registers.
RULES = rules_writing.write
_MOST_TOKENS = 6000


class RankedShare(Protocol):
    """What is read of `research.models.Stock`."""

    @property
    def symbol(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class WrittenAnalysis:
    """content: fits `content.AnalysisContent`. approach: key of its `approaches.Approach`.

    exchanges: what was asked and answered, to be stored. model: which one answered; `rules` for rules.
    """

    content: dict[str, Any]
    approach: str
    exchanges: list[dict[str, Any]]
    model: str


def write_analysis(
    stock: RankedShare,
    facts: Sequence[Mapping[str, Any]],
    *,
    variation: int,
    feedback: str = "",
    missing_facts: Sequence[str] = (),
    backend: Backend,
    on_text: OnText = ignore,
) -> WrittenAnalysis:
    """facts: rows as `research.market.facts` numbers them. feedback, missing_facts: of the attempts before.

    The content is what was written, good or not: whether it holds is the judge's question.
    Raises ValueError for facts that are not numbered once each, what the backend raises, and
    providers.llm.errors.NoValue where no usable answer came after a repair.
    """
    numbered = read_facts(facts)
    approach = approach_of(variation)
    request = _request(stock, numbered, approach, feedback, missing_ids(feedback, missing_facts, numbered))
    done = complete(request, AnalysisContent, backend=backend, on_text=on_text)
    return WrittenAnalysis(
        content=done.value.model_dump(mode="json"),
        approach=approach.key,
        exchanges=[exchange(call) for call in done.calls],
        model=done.model,
    )


def _request(
    stock: RankedShare, facts: Mapping[str, Fact], approach: Approach, feedback: str, missing: Sequence[str]
) -> Request:
    return Request(
        task=ANALYSIS,
        system=prompt("stock_analysis_system.v1"),
        prompt=prompt(
            approach.prompt,
            symbol=words(stock.symbol),
            name=words(stock.name),
            facts=fact_block(facts),
            sections=section_list(),
            feedback=feedback_block(feedback),
            missing=", ".join(missing) or "(none named)",
        ),
        schema=AnalysisContent,
        material={"stock": stock, "facts": facts, "approach": approach, "missing": missing},
        temperature=approach.temperature,
        max_tokens=_MOST_TOKENS,
    )
