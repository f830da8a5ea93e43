"""How long guarded requests may take and how much they may bring."""

import gzip
import socket
import time
from pathlib import Path

import pytest

from ..receivers import Receiver, answers, drips, floods, hangs, receiver, takes_and_resets
from .posting import local, posted


def test_the_request_names_its_host_and_asks_for_no_compression() -> None:
    with receiver(answers(204)) as served:
        result = posted(served.url + "?a=b")

    request = served.received[0]
    assert result.status == 204
    assert request.line == "POST /hook?a=b HTTP/1.1"
    assert request.body == b'{"a":1}'
    assert request.headers["host"] == f"127.0.0.1:{served.port}"
    assert request.headers["accept-encoding"] == "identity"


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with receiver(answers(200)) as canary, receiver(answers(302, headers=f"Location: {canary.url}\r\n")) as served:
        result = posted(served.url)

        assert result.status == 302
        assert canary.connections == 0


@pytest.mark.parametrize(
    "behaviour",
    [
        hangs,
        drips(b"", b"H"),
        drips(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        drips(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["hang", "drip of a status line", "drip of a header", "endless 100 Continue"],
)
def test_an_exchange_ends_at_its_deadline_however_lively_it_looks(behaviour: object) -> None:
    with receiver(behaviour) as served:  # type: ignore[arg-type]
        begun = time.monotonic()
        result = posted(served.url, local(total=0.5, idle=5))
        seconds = time.monotonic() - begun

    assert (result.status, result.code) == (None, "timed_out")
    assert 0.4 < seconds < 4.0


def test_silence_ends_before_the_whole_time_is_used() -> None:
    with receiver(hangs) as served:
        result = posted(served.url, local(total=5, idle=0.3))

    assert result.problem == "no byte for 0.3 s"
    assert result.duration_ms < 4000


def test_a_receiver_that_stops_reading_ends_at_the_deadline() -> None:
    def ignores(connection: socket.socket, served: Receiver) -> None:
        served.over.wait()

    with receiver(ignores) as served:
        result = local(total=0.5).post(served.url, headers={}, body=b"x" * 20_000_000)

    assert result.code == "timed_out"
    assert result.duration_ms < 4000


def test_a_body_that_drips_is_cut_at_the_deadline_and_its_status_counts() -> None:
    with receiver(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x")) as served:
        result = posted(served.url, local(total=1.5))

    assert (result.status, result.cut) == (200, True)
    assert 1400 < result.duration_ms < 4000


def resident_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def chunked(block: bytes) -> bytes:
    return f"{len(block):x}\r\n".encode() + block + b"\r\n"


BLOCK = b"x" * 2**20

BOMB = gzip.compress(b"\x00" * 2**26)


@pytest.mark.parametrize(
    "behaviour",
    [
        floods(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", BLOCK, 1024),
        floods(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunked(BLOCK), 1024),
        answers(200, headers="Content-Encoding: gzip\r\n", body=BOMB),
    ],
    ids=["1 GB", "1 GB in chunks", "gzip bomb"],
)
def test_of_a_huge_body_only_the_beginning_is_read(behaviour: object) -> None:
    before = resident_kb()
    with receiver(behaviour) as served:  # type: ignore[arg-type]
        result = posted(served.url)

    assert result.status == 200
    assert len(result.body) <= 65_536
    assert resident_kb() - before < 20_000


@pytest.mark.parametrize(
    "behaviour",
    [
        floods(b"HTTP/1.1 200 OK\r\n", b"X-Flood: " + b"y" * 1000 + b"\r\n", 100_000),
        floods(b"HTTP/1.1 200 OK\r\nX-Long: ", b"y" * 65536, 10_000),
        floods(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", 100_000),
        answers(200, headers="Content-Length: 5\r\nX: " + "y" * 70_000 + "\r\n"),
    ],
    ids=["many headers", "one endless header", "many small headers", "large header"],
)
def test_a_header_without_end_is_given_up(behaviour: object) -> None:
    before = resident_kb()
    with receiver(behaviour) as served:  # type: ignore[arg-type]
        result = posted(served.url)

    assert (result.status, result.code) == (None, "bad_answer")
    assert resident_kb() - before < 20_000


def test_a_connection_that_is_reset_after_the_request_was_taken_is_a_failure() -> None:
    with receiver(takes_and_resets) as served:
        result = posted(served.url)

        assert len(served.received) == 1
    assert (result.status, result.code) == (None, "connection_failed")


def test_nothing_listening_and_nonsense_are_told_apart() -> None:
    def nonsense(connection: socket.socket, served: Receiver) -> None:
        served.take(connection)
        connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

    with receiver(nonsense) as served:
        assert posted(served.url).code == "bad_answer"
    assert posted(served.url).code == "connection_failed"
