"""How rules draw insights: the analysis's own words, each with its facts."""

from collections.abc import Iterable, Mapping
from typing import Any

from providers.llm.analyst import writer

from .advice import advice_in
from .content import AnalysisContent, Statement
from .drawing import assessments
from .evidence import Fact, favourable
from .insight_texts import InsightTexts, Sentence
from .names import INSIGHTS

_MOST_THESIS, _MOST_STRENGTHS, _MOST_RISKS = 3, 8, 12


@writer(INSIGHTS)
def write(material: Mapping[str, Any]) -> InsightTexts:
    return texts(material["content"], material["facts"])


def texts(analysis: AnalysisContent, facts: Mapping[str, Fact]) -> InsightTexts:
    """The texts of an analysis that passed the gates: its thesis and its conclusion rest on facts."""
    conclusion = _sentences(analysis.conclusion, facts)
    thesis = _sentences(analysis.thesis, facts)
    return InsightTexts(
        thesis=(thesis or conclusion)[:_MOST_THESIS],
        strengths=_strengths(facts)[:_MOST_STRENGTHS],
        risks=_sentences(analysis.risks, facts)[:_MOST_RISKS],
        verdict=(conclusion or thesis)[0],
    )


def _sentences(statements: Iterable[Statement], facts: Mapping[str, Fact]) -> list[Sentence]:
    return [
        Sentence(text=one.text, facts=list(dict.fromkeys(one.facts)))
        for one in statements
        if one.kind != "gap" and one.facts and all(fact in facts for fact in one.facts)
    ]


def _strengths(facts: Mapping[str, Fact]) -> list[Sentence]:
    good = favourable(facts)
    told = [Sentence(text=fact.text, facts=[fact.id]) for fact in good if not advice_in(fact.text)]
    return [*(Sentence(text=one.text, facts=one.facts) for one in assessments(good)), *told]
