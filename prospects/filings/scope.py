"""Whose filings a batch holds."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Original file number and file number: what tells a filing from the others of its state.
FilingKey = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One organisation's filings of one state. `tenant_id` is empty for jobs of no organisation."""

    tenant_id: str
    state: str

    @property
    def parameters(self) -> Mapping[str, str]:
        return {"tenant": self.tenant_id, "state": self.state}
