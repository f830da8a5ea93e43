"""One section, written by whichever backend is chosen and checked against its facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.llm.completing import complete
from providers.llm.protocol import Backend, OnText, Request, ignore

from ..exchanges import exchange
from ..prompts import prompt
from .evidence import Dossier, Evidence
from .grounding import Checked, Draft, check
from .sections import SectionPlan

TASK = "company-section"


@dataclass(frozen=True, kw_only=True)
class Written:
    """exchanges: what was asked and answered, as JSON, to be kept and shown."""

    plan: SectionPlan
    summary: str
    statements: list[Checked]
    exchanges: list[dict[str, Any]]
    model: str


def write_section(plan: SectionPlan, dossier: Dossier, *, backend: Backend, on_text: OnText = ignore) -> Written:
    """Raises what the backend raises, and providers.llm.errors.NoValue."""
    evidence = dossier.of_section(plan.key)
    done = complete(_request(plan, dossier, evidence), Draft, backend=backend, on_text=on_text)
    return Written(
        plan=plan,
        summary=done.value.summary,
        statements=check(done.value.statements, evidence),
        exchanges=[exchange(call) for call in done.calls],
        model=done.model,
    )


def _request(plan: SectionPlan, dossier: Dossier, evidence: Mapping[str, Evidence]) -> Request:
    facts = "\n".join(f"{key}: {one.text}" for key, one in evidence.items()) or "(none)"
    return Request(
        task=TASK,
        system=prompt("company_section_system.v1"),
        prompt=prompt(
            "company_section.v1", company=dossier.company, title=plan.title, question=plan.question, facts=facts
        ),
        schema=Draft,
        material={"plan": plan, "evidence": evidence},
        max_tokens=2000,
    )
