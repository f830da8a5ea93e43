"""Serves Django's WSGI application over ASGI: requests in a fixed number of threads, streams in none.

Django's own ASGI handler would give every request that is being served a thread of its own, and
with it a database connection; a burst of slow requests would have as many of both as there are
requests. Here they wait their turn. A response whose content is an open event stream leaves its
thread as soon as it has begun, and lives on in the event loop. See docs/adr/0009.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.http import FileResponse, HttpResponseBase

from .bodies import Body, Message, Receive, Scope, Send, TooSlow, discard, read_body, refuse_slow

#: Content up to this many bytes is sent at once, and larger content in pieces of `PIECE`.
AT_ONCE = 1024 * 1024
PIECE = 65_536
#: Seconds that the reader of a stream may leave its connection full before it counts as gone.
STUCK_SECONDS = 30


class Bridge:
    """threads: requests that are served at the same time; more wait. stop_streams: ends all open ones.

    largest_body: bytes; what is larger is for the view to refuse, and cannot be read.
    """

    def __init__(self, *, threads: int, stop_streams: Callable[[], None], largest_body: int) -> None:
        self._django = WSGIHandler()
        self._threads = threads
        self._largest_body = largest_body
        self._pool: ThreadPoolExecutor | None = None
        self.stop_streams = stop_streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            raise ValueError(f"Quarry speaks HTTP only, not {scope['type']}")

    @property
    def pool(self) -> ThreadPoolExecutor:
        # Made at the first request: a server that forks after loading shares no threads.
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="web")
        return self._pool

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        try:
            body = await read_body(scope, receive, self._largest_body)
        except TooSlow as slow:
            await refuse_slow(slow, send)
            return
        if body is None:
            return  # the sender is gone
        with body.content:
            answer = await loop.run_in_executor(self.pool, self._answer, environ_of(scope, body), send, loop)
        if answer is not None:
            await self._send(answer, scope, receive, send)
        # Without an answer it was sent in pieces already.
        if not body.complete:
            await discard(receive)

    async def _send(self, answer: "_Answer", scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send(answer.start)
            if answer.stream is None or scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": answer.content})
            else:
                await self._stream(answer.stream, receive, send)
        finally:
            # Whatever became of the connection: a stream that is not closed counts as open for ever.
            if answer.response is not None:
                await asyncio.get_running_loop().run_in_executor(self.pool, answer.response.close)

    # --- In a thread --------------------------------------------------------------------------
    def _answer(self, environ: dict[str, Any], send: Send, loop: asyncio.AbstractEventLoop) -> "_Answer | None":
        start: dict[str, Any] = {"type": "http.response.start"}

        def start_response(status: str, headers: Iterable[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
            start["status"] = int(status.split(" ", 1)[0])
            start["headers"] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            return lambda data: None

        response: Any = self._django(environ, start_response)
        stream = getattr(response, "stream", None)
        if stream is not None:
            # What the view needed of the database is done; the stream may last for hours.
            connections.close_all()
            return _Answer(start, stream=stream, response=response)
        try:
            if not response.streaming:
                return _Answer(start, content=response.content)
            if int(response.get("Content-Length") or AT_ONCE + 1) <= AT_ONCE:
                return _Answer(start, content=b"".join(response))
            _send_pieces(response, start, send, loop)
            return None
        finally:
            response.close()

    # --- In the event loop --------------------------------------------------------------------
    async def _stream(self, stream: Any, receive: Receive, send: Send) -> None:
        sending = asyncio.ensure_future(self._send_frames(stream, send))
        leaving = asyncio.ensure_future(_disconnect(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            results = await asyncio.gather(sending, leaving, return_exceptions=True)
        if isinstance(results[0], Exception):
            raise results[0]

    async def _send_frames(self, stream: Any, send: Send) -> None:
        loop = asyncio.get_running_loop()

        def in_thread(work: Callable[[], Any]) -> Awaitable[Any]:
            return loop.run_in_executor(self.pool, work)

        task = asyncio.current_task()
        async for data in stream.frames(in_thread):
            # A reader who takes nothing any more is cut off; the stream ends as at any disconnect.
            stuck = loop.call_later(STUCK_SECONDS, task.cancel) if task else None
            try:
                await send({"type": "http.response.body", "body": data, "more_body": True})
            finally:
                if stuck:
                    stuck.cancel()
        await send({"type": "http.response.body", "body": b""})


class _Answer:
    """What a thread hands back to the event loop. response: still to be closed."""

    def __init__(
        self, start: Message, *, content: bytes = b"", stream: Any = None, response: HttpResponseBase | None = None
    ) -> None:
        self.start = start
        self.content = content
        self.stream = stream
        self.response = response


def _send_pieces(response: Any, start: Message, send: Send, loop: asyncio.AbstractEventLoop) -> None:
    """Send content that may be large, as fast as it is taken, from a thread."""
    if isinstance(response, FileResponse):
        response.block_size = PIECE

    def wait_for(message: Message) -> None:
        # A reader who takes nothing any more must not keep the thread.
        sending = asyncio.run_coroutine_threadsafe(_coroutine(send, message), loop)
        try:
            sending.result(STUCK_SECONDS)
        finally:
            sending.cancel()

    wait_for(start)
    for piece in response:
        wait_for({"type": "http.response.body", "body": piece, "more_body": True})
    wait_for({"type": "http.response.body", "body": b""})


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _coroutine(send: Send, message: Message) -> None:
    await send(message)


# --- Requests ---------------------------------------------------------------------------------------
def environ_of(scope: Scope, body: Body) -> dict[str, Any]:
    """The request as WSGI has it."""
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    path = unquote_to_bytes(scope.get("raw_path") or scope["path"].encode())
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body.content,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ |= _headers(scope["headers"])
    if body.length is not None:
        # WSGI knows no chunks: what was read of them is a body like any other.
        environ["CONTENT_LENGTH"] = str(body.length)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def _headers(given: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in given:
        name = raw_name.decode("latin-1").upper()
        if "_" in name:
            continue  # it would pass for the header with a hyphen, which a proxy may have set
        key = name.replace("-", "_")
        if key not in {"CONTENT_LENGTH", "CONTENT_TYPE"}:
            key = f"HTTP_{key}"
        value = raw_value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joint}{value}" if key in found else value
    return found
