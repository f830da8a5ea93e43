"""Why a lead has its score, in words. The score is computed before; nothing here can change it."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from providers.errors import ProviderError
from providers.llm.analyst import Analyst, writer
from providers.llm.completing import Completion, complete
from providers.llm.protocol import Backend, OnText, Request

from ..scoring.lead import LeadResult

TASK = "lead-explanation"
#: Seconds that one answer of a model may take. The job has thirty, and asks twice at most.
MOST_SECONDS = 10.0
_MOST_TOKENS = 400
#: A number in the text may differ from the score's own by this share: rounding is no invention.
_TOLERANCE = Decimal("0.005")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PROMPTS = Path(__file__).resolve().parent / "prompts"
#: Factors that the words of rules name on each side.
_MOST_NAMED = 3


class LeadExplanation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=900)


def explain(result: LeadResult, *, company: str, backend: Backend, on_text: OnText) -> dict[str, Any]:
    """{text, backend, model, isRuleBased, problem, prompt, answer}. Raises nothing but what `on_text` raises.

    Rules write instead of a model that gives no answer in time, or states a number that the score does not contain;
    `problem` then says why.
    """
    request = _request(result, company)
    try:
        done = complete(request, LeadExplanation, backend=backend, on_text=on_text)
        problem = _invented(done.value.text, request.prompt)
    except ProviderError as error:
        return _kept(_by_rules(request), Analyst(), problem=str(error)[:500])
    if problem:
        return _kept(_by_rules(request), Analyst(), problem=problem)
    return _kept(done, backend)


def _by_rules(request: Request) -> Completion[LeadExplanation]:
    return complete(request, LeadExplanation, backend=Analyst())


def _kept(done: Completion[LeadExplanation], backend: Backend, *, problem: str = "") -> dict[str, Any]:
    return {
        "text": done.value.text,
        "backend": backend.name,
        "model": done.model,
        "isRuleBased": backend.is_rule_based,
        "problem": problem,
        "prompt": done.calls[-1].request.prompt,
        "answer": done.calls[-1].answer.text,
    }


# --- What is asked ----------------------------------------------------------------------------------
def _request(result: LeadResult, company: str) -> Request:
    return Request(
        task=TASK,
        system=_prompt("lead_explanation_system.v1").template,
        prompt=_prompt("lead_explanation.v1").substitute(score="\n".join(_told(result, company))),
        schema=LeadExplanation,
        material={"result": result},
        max_tokens=_MOST_TOKENS,
    )


@cache
def _prompt(name: str) -> Template:
    return Template((_PROMPTS / f"{name}.txt").read_text())


def _told(result: LeadResult, company: str) -> Iterator[str]:
    yield f"Company: {_one_line(company)}"
    yield f"Lead score: {result.score:.2f} of 100, tier {result.tier}"
    yield f"Fit: {'unknown' if result.fit is None else f'{result.fit:.2f}'}; intent: {result.intent:.2f}"
    for factor in result.factors:
        value = "not known" if factor.value is None else _one_line(factor.detail) or "known"
        yield f"{_one_line(factor.label)}: {value}; {factor.contribution:+.2f} points"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")[:200]


# --- Whether it may be kept ---------------------------------------------------------------------------
def _invented(text: str, prompt: str) -> str:
    told = list(_numbers(prompt))
    found = [one for one in _numbers(text) if not any(abs(one - known) <= abs(known) * _TOLERANCE for known in told)]
    return f"The model stated {found[0]}, which the score does not contain." if found else ""


def _numbers(text: str) -> Iterator[Decimal]:
    return (Decimal(found[0].replace(",", "")) for found in _NUMBER.finditer(text))


# --- Rules --------------------------------------------------------------------------------------------
@writer(TASK)
def write(material: Mapping[str, Any]) -> LeadExplanation:
    result: LeadResult = material["result"]
    by_points = sorted(result.factors, key=lambda factor: -factor.contribution)
    lifted = [f"{factor.label} ({factor.contribution:+.2f})" for factor in by_points if factor.contribution > 0]
    held = [f"{factor.label} ({factor.contribution:+.2f})" for factor in by_points[::-1] if factor.contribution < 0]
    unknown = [factor.label for factor in result.factors if factor.value is None]
    parts = [
        f"{result.score:.2f} of 100, tier {result.tier}.",
        f"Most came from {', '.join(lifted[:_MOST_NAMED])}." if lifted else "Nothing known speaks for it yet.",
        f"It was held back by {', '.join(held[:_MOST_NAMED])}." if held else "",
        f"Not known: {', '.join(unknown[:_MOST_NAMED])}." if unknown else "",
    ]
    return LeadExplanation(text=" ".join(part for part in parts if part))
