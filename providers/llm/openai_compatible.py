"""Models behind the chat-completions protocol: OpenRouter, OpenAI, and any local server that speaks it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..errors import Transient
from .protocol import Answer, OnText, Request, Stop, Usage, ignore
from .schema import json_schema
from .translation import stream_error, translated
from .wire import WireBackend

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletionChunk

_STOPS = {"stop": Stop.COMPLETE, "length": Stop.CUT, "content_filter": Stop.REFUSED}


class OpenAICompatible(WireBackend["OpenAI"]):
    """base_url: up to and without `/chat/completions`, such as https://openrouter.ai/api/v1."""

    name = "openai"

    def answer(self, request: Request, *, on_text: OnText = ignore) -> Answer:
        import httpx2
        import openai

        clock = self._timeouts.start(self._host)
        read = _Reading(self._model)
        library = (openai.OpenAIError, httpx2.TransportError)
        errors = translated(self._host, secret=self._key, library_errors=library)
        with errors, self._client().chat.completions.create(stream=True, **self._body(request)) as stream:
            for chunk in stream:
                clock.check()
                self._refuse_error(chunk)
                if piece := read.take(chunk):
                    on_text(piece)
        if read.finish is None:
            raise Transient(f"The answer of {self._host} broke off in the middle.", provider=self._host)
        return read.answer()

    def _connect(self) -> "OpenAI":
        """Imported late, because it is 45 MB."""
        from openai import OpenAI

        return OpenAI(
            base_url=self._base_url,
            api_key=self._key or "none",  # local servers want none, the library wants one
            max_retries=0,
            timeout=self._timeouts.for_library(),
        )

    def _body(self, request: Request) -> dict[str, Any]:
        # What OpenAI's own newer models refuse is the only name that many local servers know.
        most = "max_completion_tokens" if self._host.endswith("openai.com") else "max_tokens"
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [
                {"role": "system", "content": request.system},
                {"role": "user", "content": request.prompt},
            ],
            "temperature": request.temperature,
            most: request.max_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": request.schema.__name__, "strict": True, "schema": json_schema(request.schema)},
            },
            "stream_options": {"include_usage": True},
        }
        if self._host.endswith("openrouter.ai"):
            # Only to providers that honour the schema, and with the price of the call.
            body["extra_body"] = {"provider": {"require_parameters": True}, "usage": {"include": True}}
        return body

    def _refuse_error(self, chunk: "ChatCompletionChunk") -> None:
        """OpenRouter reports what fails after the first byte inside the stream, with status 200."""
        error = (chunk.model_extra or {}).get("error")
        if error:
            raise stream_error(self._host, {"error": error}, secret=self._key)


@dataclass
class _Reading:
    """An answer while it arrives."""

    model: str
    pieces: list[str] = field(default_factory=list)
    finish: str | None = None
    refused: bool = False
    usage: Usage = field(default_factory=Usage)
    request_id: str = ""

    def take(self, chunk: "ChatCompletionChunk") -> str:
        """Returns the text in a piece of the stream."""
        self.request_id = chunk.id or self.request_id
        self.model = chunk.model or self.model
        if chunk.usage:
            self.usage = _usage(chunk.usage)
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.finish = choice.finish_reason or self.finish
        self.refused = self.refused or bool(choice.delta.refusal)
        text = choice.delta.content or choice.delta.refusal or ""
        self.pieces.append(text)
        return text

    def answer(self) -> Answer:
        stop = Stop.REFUSED if self.refused else _STOPS.get(self.finish or "", Stop.COMPLETE)
        return Answer(
            text="".join(self.pieces), stop=stop, model=self.model, usage=self.usage, request_id=self.request_id
        )


def _usage(told: Any) -> Usage:
    cost = (told.model_extra or {}).get("cost")
    details = told.prompt_tokens_details
    return Usage(
        input_tokens=told.prompt_tokens or 0,
        cached_tokens=(details.cached_tokens if details else 0) or 0,
        output_tokens=told.completion_tokens or 0,
        # Through text: a float's binary tail is no part of a price.
        stated_cost=None if cost is None else Decimal(str(cost)),
    )
