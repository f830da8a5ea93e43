"""What a language model is asked and what it answers, whichever backend it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from pydantic import BaseModel

#: Called with each piece of text as it arrives. It may raise to stop the call, as a cancelled job does.
OnText = Callable[[str], None]


def ignore(_: str) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Request:
    """One question.

    task: the stable name of the kind of work, such as `company-section`; costs are grouped by it and
        the rule-based backend chooses its writer by it.
    schema: what the answer must be. See `providers.llm.schema.json_schema` for what it may consist of.
    material: the facts that the prompt was made from, for the backend that reads no prose.
    """

    task: str
    system: str
    prompt: str
    schema: type[BaseModel]
    material: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    temperature: float = 0.2
    max_tokens: int = 4000


class Stop(StrEnum):
    """Why an answer ended."""

    COMPLETE = "complete"
    CUT = "cut"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens, and US dollars where the other side states them. `input_tokens` includes the cached ones."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    stated_cost: Decimal | None = None

    def __add__(self, other: "Usage") -> "Usage":
        known = [cost for cost in (self.stated_cost, other.stated_cost) if cost is not None]
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            # A sum of which a part is unknown would look cheaper than it was.
            stated_cost=sum(known, Decimal()) if len(known) == 2 else None,
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. `model` is the one that answered, which a router may choose."""

    text: str
    stop: Stop
    model: str
    usage: Usage
    request_id: str = ""


class Backend(Protocol):
    """One way to ask. `is_rule_based` says that no model wrote the text, which pages must show."""

    @property
    def name(self) -> str: ...

    @property
    def is_rule_based(self) -> bool: ...

    def answer(self, request: Request, *, on_text: OnText = ignore) -> Answer:
        """Ask once, without retries. Raises errors of providers/errors.py for what is no answer at all."""
        ...
