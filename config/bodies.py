"""Request bodies as ASGI brings them: read whole before a thread is taken, or refused."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.core.exceptions import RequestDataTooBig

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Bodies are kept in memory up to this many bytes, and in a temporary file beyond.
IN_MEMORY = 1024 * 1024
#: Bytes of a refused body that are taken all the same, and for how long.
DISCARDED = 64 * 1024 * 1024
DISCARD_SECONDS = 5
#: A body may take this long, and a second more for each so many bytes that have come: whoever sends at this
#: pace is never cut off, and who sends a byte now and then is, however often.
BODY_SECONDS = 30.0
SLOWEST_BYTES_PER_SECOND = 32 * 1024


class TooSlow(Exception):
    """The rest of a request's body did not come in time. The sender may try again."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """length: bytes, None where the header says it. complete: nothing of it is still to come."""

    content: IO[bytes]
    length: int | None = None
    complete: bool = True


async def read_body(scope: Scope, receive: Receive, largest: int) -> Body | None:
    """The request's body, whole before a thread is taken, so that slow senders hold none.

    None if the sender is gone before it is complete. Of one that turns out to be too large only so
    much that its length says so; of one that is declared so, nothing. Raises TooSlow.
    """
    declared = _declared_length(scope)
    if declared == 0:
        return Body(content=io.BytesIO())
    if declared is not None and declared > largest:
        return Body(content=io.BufferedReader(_TooLarge()), complete=False)
    read = cast("IO[bytes]", SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  closed once answered
    begun = asyncio.get_running_loop().time()
    more = True
    while more and read.tell() <= largest:
        message = await _next(receive, begun + BODY_SECONDS + read.tell() / SLOWEST_BYTES_PER_SECOND, read)
        if message["type"] != "http.request":
            read.close()
            return None
        read.write(message.get("body", b""))
        more = bool(message.get("more_body"))
    length = read.tell()
    read.seek(0)
    return Body(content=read, length=length if declared is None else None, complete=not more)


async def _next(receive: Receive, until: float, read: IO[bytes]) -> Message:
    """until: by the loop's clock."""
    try:
        async with asyncio.timeout_at(until):
            return await receive()
    except TimeoutError:
        size = read.tell()
        read.close()
        raise TooSlow(f"The request's body came too slowly: {size:,} bytes, and not its end. Try again.") from None


async def refuse_slow(error: TooSlow, send: Send) -> None:
    """408, after which the connection is of no use: the rest of the body is still to come."""
    content = json.dumps({"error": {"code": "request_timeout", "message": str(error)}}).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _declared_length(scope: Scope) -> int | None:
    """None where the body comes in chunks, and is as long as it turns out to be."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    if length.isdigit():
        return int(length)
    return None if b"transfer-encoding" in headers else 0


async def discard(receive: Receive) -> None:
    """Take the rest of a large body that the view refused: a sender still sending would never read why."""
    left = DISCARDED
    try:
        async with asyncio.timeout(DISCARD_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return
    except TimeoutError:
        pass


class _TooLarge(io.RawIOBase):
    """A body that no view may read; the API refuses it by its declared length before it would."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raise RequestDataTooBig("The request's body is too large.")
