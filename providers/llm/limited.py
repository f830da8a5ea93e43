"""A backend behind the limit and the circuit that all workers share."""

from dataclasses import dataclass

from ..catalogue import Limit, Source
from ..errors import ProviderError
from ..http.limits import admitted
from .protocol import Answer, Backend, OnText, Request, ignore

#: What limits and circuits know the model by. It is no source of facts, so the catalogue does not list it.
MODEL_SOURCE = Source(
    name="language-model",
    label="The language model",
    gives="texts",
    base_url="",
    documentation="",
    licence="As its provider says.",
)


@dataclass(frozen=True, kw_only=True)
class Limited:
    """longest_seconds: that an answer may take; see `Timeouts.longest`. wait_seconds: for its place in the limit."""

    backend: Backend
    limit: Limit | None
    longest_seconds: float | None = None
    wait_seconds: float | None = None

    @property
    def name(self) -> str:
        return self.backend.name

    @property
    def is_rule_based(self) -> bool:
        return self.backend.is_rule_based

    def answer(self, request: Request, *, on_text: OnText = ignore) -> Answer:
        """Raises RateLimited or CircuitOpen as well."""
        with admitted(
            MODEL_SOURCE, self.limit, longest_seconds=self.longest_seconds, wait_seconds=self.wait_seconds
        ) as call:
            try:
                answer = self.backend.answer(request, on_text=on_text)
            except ProviderError as error:
                call.ended(error)
                raise
            call.ended(None)
            return answer
