"""How asking one source about one subject ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..facts import FactValue
from ..models import Outcome, Source

MESSAGE_LENGTH = 500


@dataclass(frozen=True, kw_only=True)
class Answer:
    """facts: of a found answer. message: why it failed or was not asked. error: what was raised."""

    provider: str
    outcome: Outcome
    source: Source
    facts: Sequence[FactValue] = ()
    message: str = ""
    error: Exception | None = None

    @property
    def names(self) -> list[str]:
        """Names of its facts, in the order told."""
        return list(dict.fromkeys(fact.name for fact in self.facts))
