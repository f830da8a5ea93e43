"""A request's body has a deadline: senders at an honest pace meet it, and who only keeps a connection open does not."""

import asyncio
import json
from typing import Any

import pytest

from config import bodies
from config.bridge import Bridge

Sent = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.1)
    monkeypatch.setattr(bodies, "SLOWEST_BYTES_PER_SECOND", 1000)


def read(pieces: list[tuple[float, bytes]]) -> bytes:
    """Read a body whose pieces come after so many seconds each; the last one ends it."""
    rest = list(pieces)

    async def receive() -> dict[str, Any]:
        seconds, piece = rest.pop(0)
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": piece, "more_body": bool(rest)}

    async def go() -> bytes:
        scope = {"headers": [(b"transfer-encoding", b"chunked")]}
        body = await bodies.read_body(scope, receive, 1_000_000)
        assert body is not None
        with body.content:
            return body.content.read()

    return asyncio.run(go())


def test_a_body_that_keeps_the_pace_may_take_longer_than_the_first_allowance() -> None:
    # 400 bytes are worth 0.4 s more.
    assert read([(0, b"x" * 400), (0.2, b"y"), (0.1, b"z")]) == b"x" * 400 + b"yz"


def test_a_byte_now_and_then_does_not_put_the_deadline_off() -> None:
    with pytest.raises(bodies.TooSlow, match="came too slowly"):
        read([(0.03, b"x")] * 20)


def test_the_server_answers_408_in_the_shape_of_every_error_and_closes() -> None:
    sent: Sent = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")

    async def send(message: Any) -> None:
        sent.append(message)

    bridge = Bridge(threads=1, stop_streams=lambda: None, largest_body=1000)
    scope = {"type": "http", "method": "POST", "path": "/api/jobs", "headers": [(b"content-length", b"20")]}
    asyncio.run(bridge(scope, receive, send))

    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    error = json.loads(sent[1]["body"])["error"]
    assert error["code"] == "request_timeout"
    assert error["message"].endswith("Try again.")
