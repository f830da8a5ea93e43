"""Reading what lies at a URL that a user named."""

import gzip
import socket
import zlib

import pytest

from providers.outbound.errors import BadAnswer, ConnectionFailed, OutboundError, OutOfTime, UrlRefused
from providers.outbound.exchange import Limits
from providers.outbound.fetching import Fetched, GuardedFetcher

from .receivers import Behaviour, Receiver, answer, answers, drips, floods, hangs, receiver

WEB = (range(80, 81), range(443, 444), range(1024, 65536))
KIB = 1024


def local(*, most_bytes: int = 64 * KIB, total: float = 5.0) -> GuardedFetcher:
    """May call the receivers of this file."""
    return GuardedFetcher(allow_private=True, ports=(), most_bytes=most_bytes, limits=Limits(total=total, idle=total))


def fetched(behaviour: Behaviour, fetcher: GuardedFetcher | None = None) -> Fetched:
    with receiver(behaviour) as served:
        return (fetcher or local()).get(served.url, headers={"If-None-Match": '"v1"'})


def redirects(*locations: str) -> Behaviour:
    """Redirects to each in turn, then answers 200. `{port}` stands for the receiver's."""
    left = list(locations)

    def behave(connection: socket.socket, served: Receiver) -> None:
        served.take(connection)
        if not left:
            connection.sendall(answer(200, body=b"there"))
            return
        location = left.pop(0).replace("{port}", str(served.port))
        connection.sendall(answer(302, headers=f"Location: {location}\r\n"))

    return behave


def sends(data: bytes) -> Behaviour:
    def behave(connection: socket.socket, served: Receiver) -> None:
        served.take(connection)
        connection.sendall(data)

    return behave


def test_a_body_comes_back_whole_with_its_headers() -> None:
    body = bytes(range(256)) * 256

    with receiver(answers(200, headers='ETag: "v2"\r\n', body=body)) as served:
        found = local().get(served.url, headers={"If-None-Match": '"v1"'})

    assert (found.status, found.body, found.headers["etag"], found.url) == (200, body, '"v2"', served.url)
    assert served.received[0].line == "GET /hook HTTP/1.1"
    assert served.received[0].headers["if-none-match"] == '"v1"'
    assert "content-length" not in served.received[0].headers


def test_a_chunked_body_comes_back_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert fetched(sends(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")).body == b"abcde"


def test_redirects_are_followed_and_the_last_address_told() -> None:
    with receiver(redirects("/b", "http://127.0.0.1:{port}/c?d=1")) as served:
        found = local().get(served.url, headers={})

    assert (found.body, found.url) == (b"there", f"http://127.0.0.1:{served.port}/c?d=1")
    assert [request.line.split()[1] for request in served.received] == ["/hook", "/b", "/c?d=1"]


def test_no_more_than_three_redirects_are_followed() -> None:
    with pytest.raises(BadAnswer, match="more than 3 times"):
        fetched(redirects("/a", "/b", "/c", "/d"))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://user@127.0.0.1/", "//[oops"])
def test_a_redirect_to_what_is_no_web_address_is_refused(location: str) -> None:
    with pytest.raises(OutboundError):
        fetched(redirects(location))


def test_a_redirect_to_an_inner_address_never_arrives() -> None:
    with receiver(answers(200)) as canary, receiver(redirects(f"http://inside.example:{canary.port}/")) as outside:

        def resolve(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        fetcher = GuardedFetcher(allow_private=False, ports=WEB, most_bytes=KIB, resolve=resolve)
        with pytest.raises(UrlRefused, match="not public"):
            fetcher.get(f"http://outside.example:{outside.port}/", headers={})
        with pytest.raises(UrlRefused, match="not public"):
            fetcher.get("http://169.254.169.254/latest/meta-data/", headers={})

        assert (canary.connections, outside.connections) == (0, 0)


def test_a_public_page_that_redirects_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answers(200)) as canary, receiver(redirects(f"http://127.0.0.1:{canary.port}/")) as outside:
        # The first host is public to the checks; only its connection is led to the receiver on this machine.
        real = socket.create_connection

        def connect(address: tuple[str, int], timeout: float) -> socket.socket:
            return (
                real(("127.0.0.1", outside.port), timeout) if address[0] == "93.184.216.34" else real(address, timeout)
            )

        monkeypatch.setattr(socket, "create_connection", connect)
        fetcher = GuardedFetcher(
            allow_private=False, ports=WEB, most_bytes=KIB, resolve=lambda host, port: ["93.184.216.34"]
        )

        with pytest.raises(UrlRefused, match="not public"):
            fetcher.get("http://outside.example/feed", headers={})

        assert (outside.connections, canary.connections) == (1, 0)


def test_a_body_of_the_greatest_size_is_taken_and_a_larger_one_refused() -> None:
    assert len(fetched(answers(200, body=b"x" * 64 * KIB)).body) == 64 * KIB
    with pytest.raises(BadAnswer, match="larger than 64 KiB"):
        fetched(answers(200, body=b"x" * (64 * KIB + 1)))
    with pytest.raises(BadAnswer, match="body of the answer is larger than"):
        fetched(floods(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 64 * KIB, 1000))


def test_a_header_without_end_is_refused() -> None:
    with pytest.raises(BadAnswer, match=r"header of the answer is larger than 64 KiB|no HTTP answer"):
        fetched(floods(b"HTTP/1.1 200 OK\r\n", b"X-Y: " + b"z" * 1000 + b"\r\n", 1000))


@pytest.mark.parametrize(("coding", "packed"), [("gzip", gzip.compress(b"feed")), ("deflate", zlib.compress(b"feed"))])
def test_a_compressed_body_is_unpacked(coding: str, packed: bytes) -> None:
    assert fetched(answers(200, headers=f"Content-Encoding: {coding}\r\n", body=packed)).body == b"feed"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)

    with pytest.raises(BadAnswer, match="larger than 64 KiB"):
        fetched(answers(200, headers="Content-Encoding: gzip\r\n", body=bomb))


@pytest.mark.parametrize(("coding", "problem"), [("br", "not asked for"), ("gzip", "broken")])
def test_an_unknown_or_broken_compression_is_named(coding: str, problem: str) -> None:
    with pytest.raises(BadAnswer, match=problem):
        fetched(answers(200, headers=f"Content-Encoding: {coding}\r\n", body=b"not packed"))


def test_an_answer_that_ends_early_is_not_taken_for_whole() -> None:
    with pytest.raises(ConnectionFailed, match="in the middle"):
        fetched(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"))
    with pytest.raises(OutboundError):
        fetched(sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"))


@pytest.mark.parametrize("behaviour", [hangs, drips(b"HTTP/1.1 200 OK\r\n\r\n", b"x")], ids=["hangs", "drips"])
def test_a_slow_answer_ends_at_the_time_limit(behaviour: Behaviour) -> None:
    with pytest.raises(OutOfTime):
        fetched(behaviour, local(total=0.3))


def test_the_time_limit_is_that_of_all_redirects_together() -> None:
    def slow(connection: socket.socket, served: Receiver) -> None:
        served.take(connection)
        served.over.wait(0.2)
        connection.sendall(answer(302, headers="Location: /again\r\n"))

    with pytest.raises(OutOfTime):
        fetched(slow, local(total=0.5))
