"""A local server that speaks both wire protocols of language models, as told by the test."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server answers once.

    stop: in OpenAI's words. error_body: sent inside the stream after the text, with status 200.
    hold: the stream waits for this event before its last part.
    """

    text: str = ""
    stop: str | None = "stop"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    error_body: Any = None
    refusal: str = ""
    usage: dict[str, Any] | None = None
    hold: threading.Event | None = None


@dataclass
class ModelServer:
    url: str
    replies: list[Reply] = field(default_factory=list)
    #: Path, headers in lower case and JSON of each request.
    seen: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [body for _, _, body in self.seen]

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if self.replies else Reply(status=500, body={"error": {"message": "no reply set"}})


@contextmanager
def running() -> Iterator[ModelServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    state = ModelServer(url=f"http://127.0.0.1:{server.server_address[1]}")
    server.state = state  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


_ANTHROPIC_STOPS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        state: ModelServer = self.server.state  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        state.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        reply = state.next_reply()
        if reply.status != 200:
            self._send_json(reply)
        elif self.path.endswith("/chat/completions"):
            self._stream(reply, _chat_events(reply, body["model"]))
        else:
            self._stream(reply, _message_events(reply, body["model"]))

    def _send_json(self, reply: Reply) -> None:
        content = json.dumps(reply.body).encode()
        self.send_response(reply.status)
        # Closed after each answer, so that no test leaves a connection behind.
        fixed = {"Content-Type": "application/json", "Connection": "close"}
        for name, value in {**fixed, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    def _stream(self, reply: Reply, events: list[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for number, event in enumerate(events):
                if reply.hold and number == len(events) - 1:
                    reply.hold.wait(20)
                self.wfile.write(event)
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has seen enough, which some tests are about
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


def _pieces(text: str) -> list[str]:
    return [text[start : start + 12] for start in range(0, len(text), 12)]


def _chat_events(reply: Reply, model: str) -> list[bytes]:
    def chunk(**changes: Any) -> bytes:
        base = {"id": "gen-1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": []}
        return f"data: {json.dumps({**base, **changes})}\n\n".encode()

    def choice(delta: dict[str, Any], finish: str | None = None) -> list[dict[str, Any]]:
        return [{"index": 0, "delta": delta, "finish_reason": finish}]

    events = [b": OPENROUTER PROCESSING\n\n", chunk(choices=choice({"role": "assistant", "content": ""}))]
    events += [chunk(choices=choice({"content": piece})) for piece in _pieces(reply.text)]
    if reply.refusal:
        events.append(chunk(choices=choice({"refusal": reply.refusal})))
    if reply.error_body is not None:
        return [*events, chunk(error=reply.error_body, choices=choice({"content": ""}, "error"))]
    if reply.stop is None:
        return events
    events.append(chunk(choices=choice({}, reply.stop)))
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return [*events, chunk(usage=reply.usage or usage), b"data: [DONE]\n\n"]


def _message_events(reply: Reply, model: str) -> list[bytes]:
    def event(kind: str, **parts: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **parts})}\n\n".encode()

    usage = reply.usage or {"input_tokens": 100, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": []}
    events = [
        event("message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": usage}),
        event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        event("ping"),
    ]
    events += [
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        for piece in _pieces(reply.text)
    ]
    if reply.error_body is not None:
        return [*events, event("error", error=reply.error_body)]
    if reply.stop is None:
        return events
    stop = {"stop_reason": _ANTHROPIC_STOPS[reply.stop], "stop_sequence": None}
    return [
        *events,
        event("content_block_stop", index=0),
        event("message_delta", delta=stop, usage={"output_tokens": 20}),
        event("message_stop"),
    ]
