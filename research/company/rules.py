"""How rules write a section: every fact as it is, and what follows from some of them."""

from collections.abc import Mapping
from typing import Any

from providers.llm.analyst import writer

from .evidence import Evidence
from .grounding import Draft, Statement
from .sections import SectionPlan
from .writing import TASK

#: Facts that a section tells one by one.
_MOST = 20
#: What rules conclude in the assessment, by the topics of its facts, the most pressing first.
_CONCLUSIONS = (
    ("tax-lien", "Clear up the tax lien before any offer: the state is paid first."),
    ("weak-health", "Its health is weak; ask for current figures before terms are offered."),
    ("buying-signal", "There is a reason to call now."),
    ("lapsing", "A lender must renew soon, so refinancing can be offered before that day."),
    ("tier-A", "It is among the best leads; whoever owns it should call first here."),
    ("tier-B", "It is a good lead and worth a call."),
    ("tier-D", "Others deserve the time more, as far as the known facts go."),
)


@writer(TASK)
def write(material: Mapping[str, Any]) -> Draft:
    plan: SectionPlan = material["plan"]
    evidence: Mapping[str, Evidence] = material["evidence"]
    if not evidence:
        return Draft(summary="", statements=[Statement(text=plan.nothing, kind="gap", facts=[])])
    told = [Statement(text=one.text, kind="fact", facts=[key]) for key, one in list(evidence.items())[:_MOST]]
    drawn = list(_conclusions(evidence)) if plan.key == "outlook" else []
    return Draft(summary="", statements=[*drawn, *told])


def _conclusions(evidence: Mapping[str, Evidence]) -> list[Statement]:
    found = []
    for topic, text in _CONCLUSIONS:
        facts = [key for key, one in evidence.items() if one.topic == topic]
        if facts:
            found.append(Statement(text=text, kind="assessment", facts=facts))
    return found
