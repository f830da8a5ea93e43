"""Models behind Anthropic's messages protocol."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import Transient
from .protocol import Answer, OnText, Request, Stop, Usage, ignore
from .schema import json_schema
from .translation import translated
from .wire import WireBackend

if TYPE_CHECKING:
    from anthropic import Anthropic

_STOPS = {
    "max_tokens": Stop.CUT,
    "model_context_window_exceeded": Stop.CUT,
    "pause_turn": Stop.CUT,
    "refusal": Stop.REFUSED,
}


class AnthropicMessages(WireBackend["Anthropic"]):
    name = "anthropic"

    def answer(self, request: Request, *, on_text: OnText = ignore) -> Answer:
        import anthropic
        import httpx2

        clock = self._timeouts.start(self._host)
        read = _Reading(self._model)
        errors = translated(
            self._host, secret=self._key, library_errors=(anthropic.AnthropicError, httpx2.TransportError)
        )
        with errors, self._client().messages.create(stream=True, **self._body(request)) as stream:
            for event in stream:
                clock.check()
                if piece := read.take(event):
                    on_text(piece)
        if read.stop is None:
            raise Transient(f"The answer of {self._host} broke off in the middle.", provider=self._host)
        return read.answer()

    def _connect(self) -> "Anthropic":
        """Imported late, because it is 70 MB."""
        from anthropic import Anthropic

        # Left to itself, this library would sleep as long as it is told.
        return Anthropic(
            base_url=self._base_url, api_key=self._key, max_retries=0, timeout=self._timeouts.for_library()
        )

    def _body(self, request: Request) -> dict[str, Any]:
        # No temperature: the protocol of this date has none.
        return {
            "model": self._model,
            "system": request.system,
            "messages": [{"role": "user", "content": request.prompt}],
            "max_tokens": request.max_tokens,
            "output_config": {"format": {"type": "json_schema", "schema": json_schema(request.schema)}},
        }


@dataclass
class _Reading:
    """An answer while it arrives."""

    model: str
    pieces: list[str] = field(default_factory=list)
    stop: str | None = None
    fresh: int = 0
    written: int = 0
    cached: int = 0
    output: int = 0
    request_id: str = ""

    def take(self, event: Any) -> str:
        """Returns the text in an event of the stream."""
        if event.type == "message_start":
            self.model = event.message.model or self.model
            self.request_id = event.message.id
            self._count(event.message.usage)
        elif event.type == "message_delta":
            self.stop = event.delta.stop_reason or self.stop
            self._count(event.usage)
        elif event.type == "content_block_delta" and event.delta.type == "text_delta":
            self.pieces.append(event.delta.text)
            return str(event.delta.text)
        return ""

    def _count(self, usage: Any) -> None:
        # Later events repeat the totals, or leave out what has not changed.
        self.fresh = self.fresh if usage.input_tokens is None else usage.input_tokens
        self.written = usage.cache_creation_input_tokens or self.written
        self.cached = usage.cache_read_input_tokens or self.cached
        self.output = usage.output_tokens or self.output

    def answer(self) -> Answer:
        usage = Usage(
            input_tokens=self.fresh + self.written + self.cached, cached_tokens=self.cached, output_tokens=self.output
        )
        return Answer(
            text="".join(self.pieces),
            stop=_STOPS.get(self.stop or "", Stop.COMPLETE),
            model=self.model,
            usage=usage,
            request_id=self.request_id,
        )
