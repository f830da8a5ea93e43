"""How sub-sectors are asked for."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict

#: The default provider proposes 3 to 10.
LEAST_GROUPS, MOST_GROUPS = 3, 10


class Share(Protocol):
    """What is read of `research.models.Security`."""

    @property
    def symbol(self) -> str: ...
    @property
    def name(self) -> str: ...


class DraftGroup(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    description: str
    symbols: list[str]


class ProposalDraft(BaseModel):
    model_config = ConfigDict(extra="forbid")
    summary: str
    groups: list[DraftGroup]
