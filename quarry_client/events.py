"""Server-sent events, read from an answer that stays open."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .errors import NotReachable

#: The server sends a comment every 15 seconds; three that stay away are a dead connection.
SILENCE_SECONDS = 45.0
#: Comments keep the stream alive and say nothing.
HEARTBEAT = "heartbeat"


@dataclass(frozen=True, kw_only=True)
class Frame:
    event: str
    data: str = ""


class TimeIsUp(Exception):
    """The reader's deadline passed."""


def frames(read: Callable[[float], bytes], *, deadline: float | None, first_within: float) -> Iterator[Frame]:
    """The events of a stream, and its heartbeats, until it ends.

    read: gives what has arrived, waiting so many seconds at most; empty at the end. deadline: by time.monotonic().
    Raises TimeIsUp at the deadline, and NotReachable where the server is silent: before the first event for longer
    than `first_within` seconds, later for longer than SILENCE_SECONDS.
    """
    rest, patience = b"", first_within
    while True:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeIsUp
        try:
            piece = read(patience if left is None else min(patience, left))
        except NotReachable:
            if left is not None and left < patience and time.monotonic() >= (deadline or 0):
                raise TimeIsUp from None
            raise
        if not piece:
            return
        rest, patience = (rest + piece).replace(b"\r\n", b"\n"), SILENCE_SECONDS
        *blocks, rest = rest.split(b"\n\n")
        yield from filter(None, map(_frame, blocks))


def _frame(block: bytes) -> Frame | None:
    """None for a block that only moves the reader's position."""
    lines = block.decode(errors="replace").split("\n")
    fields = [line.partition(":") for line in lines if line and not line.startswith(":")]
    data = [_value(text) for name, _, text in fields if name == "data"]
    if data:
        names = [_value(text) for name, _, text in fields if name == "event"]
        return Frame(event=names[-1] if names else "message", data="\n".join(data))
    return Frame(event=HEARTBEAT) if any(line.startswith(":") for line in lines) else None


def _value(text: str) -> str:
    return text.removeprefix(" ")
