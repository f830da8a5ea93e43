"""How rules propose sub-sectors: the groups that the shares are filed under, the largest first."""

from collections.abc import Mapping, Sequence
from typing import Any

from providers.llm.analyst import writer

from .names import SUB_SECTORS
from .proposal_texts import MOST_GROUPS, DraftGroup, ProposalDraft, Share


@writer(SUB_SECTORS)
def write(material: Mapping[str, Any]) -> ProposalDraft:
    found = groups(material["groups"])
    return ProposalDraft(summary=summary(material["sector"], found), groups=found)


def groups(filed: Mapping[str, Sequence[Share]]) -> list[DraftGroup]:
    """The ten with the most shares; a small group is no worse, but there is less to choose among."""
    largest = sorted(filed.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_GROUPS]
    return [
        DraftGroup(name=name, description=description(shares), symbols=[share.symbol for share in shares])
        for name, shares in largest
        if shares
    ]


def summary(sector: str, found: Sequence[Any]) -> str:
    """found: anything with names."""
    names = ", ".join(group.name for group in found)
    return f"The known shares of {sector} are filed under: {names}. Approve the groups whose shares are to be ranked."


def description(shares: Sequence[Share]) -> str:
    names = [share.name for share in shares]
    return f"{', '.join(names[:5])}{' and others' if len(names) > 5 else ''}."
