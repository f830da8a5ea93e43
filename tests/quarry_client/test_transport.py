"""HTTP as the client speaks it: to one address, with a token that nobody else sees, again only where that is safe."""

import logging
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from quarry_client import NotReachable, Options, QuarryClient, Throttled, Unavailable, UnexpectedAnswer
from quarry_client.address import Address, Way

from .conftest import TOKEN, job_json


def paths(server: HTTPServer) -> list[str]:
    return [f"{request.method} {request.path}" for request, _ in server.log]


def test_the_token_goes_along_whether_or_not_the_server_keeps_connections(
    scripted: QuarryClient, httpserver: HTTPServer
) -> None:
    ports = []

    def answer(request: Request) -> Response:
        ports.append(request.environ["REMOTE_PORT"])
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        return Response("[]", content_type="application/json")

    httpserver.expect_request("/api/queues").respond_with_handler(answer)

    assert [scripted.queues(), scripted.queues()] == [(), ()]
    assert len(ports) == 2


def test_a_redirect_is_not_followed(scripted: QuarryClient, httpserver: HTTPServer) -> None:
    elsewhere = httpserver.url_for("/elsewhere")
    httpserver.expect_request("/api/queues").respond_with_data("", 302, {"Location": elsewhere})

    with pytest.raises(UnexpectedAnswer, match="sends us to"):
        scripted.queues()
    assert paths(httpserver) == ["GET /api/queues"]


def test_the_token_is_in_no_text_that_somebody_might_keep(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request("/api/queues").respond_with_data("<html>", 503)
    with QuarryClient(httpserver.url_for(""), TOKEN, repeat_for=0.3) as client, pytest.raises(Unavailable) as caught:
        client.queues()

    texts = [repr(client), str(vars(client)), repr(caught.value), str(caught.value), *map(str, caplog.messages)]
    assert not [text for text in texts if TOKEN in text]


@pytest.mark.parametrize("token", ["", " ", "two words", "ä", "a\nb", "a\x00"])
def test_a_token_that_is_none_is_refused_without_being_repeated(token: str) -> None:
    with pytest.raises(ValueError, match=r"^The token must be one line of printable ASCII characters\.$"):
        QuarryClient("https://quarry.example.com", token)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "quarry.example.com",
        "ftp://quarry.example.com",
        "https://",
        "https://x/?a=b",
        "https://me:secret@x",
        "http://x:99999",
    ],
)
def test_an_address_that_is_none_is_refused_in_words(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        QuarryClient(address, TOKEN)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://quarry.example.com", "https://quarry.example.com"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        ("https://example.com/quarry/", "https://example.com/quarry"),
    ],
)
def test_an_address_may_have_a_port_and_a_path(given: str, address: str) -> None:
    assert str(Address.parse(given)) == address


# --- Again ------------------------------------------------------------------------------------------
def test_what_can_be_repeated_is_as_the_server_says(scripted: QuarryClient, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/api/jobs").respond_with_data("{}", 503, {"Retry-After": "0"})
    httpserver.expect_request("/api/jobs").respond_with_json(job_json(duplicate=True), 200)

    assert scripted.enqueue("diag-noop", options=Options(job_id="job_1")).duplicate
    assert paths(httpserver) == ["POST /api/jobs"] * 2


def test_what_may_have_been_done_is_not_repeated(scripted: QuarryClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/jobs").respond_with_data("{}", 503, {"Retry-After": "0"})

    with pytest.raises(Unavailable):
        scripted.enqueue("diag-noop")
    assert paths(httpserver) == ["POST /api/jobs"]


def test_what_was_refused_for_now_is_tried_again_in_time(scripted: QuarryClient, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/api/jobs").respond_with_data("{}", 429, {"Retry-After": "0"})
    httpserver.expect_request("/api/jobs").respond_with_data("{}", 429, {"Retry-After": "6"})

    with pytest.raises(Throttled) as caught:
        scripted.enqueue("diag-noop")

    assert caught.value.retry_after == 6  # more than the client was told to spend
    assert paths(httpserver) == ["POST /api/jobs"] * 2


# --- What breaks ------------------------------------------------------------------------------------
@contextmanager
def rude(*says: bytes) -> Iterator[str]:
    """A server that takes one connection after the other, says one of these to each, and hangs up."""

    def serve() -> None:
        for words in says:
            one, _ = server.accept()
            with one:
                one.recv(65_536)
                one.sendall(words)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)


def test_a_connection_that_breaks_says_whether_the_request_was_sent() -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"

    with rude(b"", half, b"SSH-2.0-OpenSSH_9\r\n") as url, QuarryClient(url, TOKEN, repeat_for=0) as client:
        for _ in range(2):
            with pytest.raises(NotReachable, match="broke before the answer") as broken:
                client.enqueue("diag-noop")
            assert broken.value.sent
        with pytest.raises(UnexpectedAnswer, match="does not answer in HTTP"):
            client.queues()
    with QuarryClient("http://127.0.0.1:9", TOKEN, repeat_for=0) as client, pytest.raises(NotReachable) as refused:
        client.enqueue("diag-noop")
    assert not refused.value.sent


def test_a_server_that_says_nothing_is_not_waited_for_longer_than_the_timeout() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        QuarryClient(f"http://127.0.0.1:{silent.getsockname()[1]}", TOKEN, timeout=0.1, repeat_for=0) as client,
        pytest.raises(NotReachable, match="no answer in time"),
    ):
        client.queues()


def test_a_certificate_of_nobody_is_not_trusted_unless_it_is_named(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
    subprocess.run([*made, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    with HTTPServer(ssl_context=context) as server:
        server.expect_request("/api/queues").respond_with_json([])
        url = f"https://127.0.0.1:{server.port}"
        with QuarryClient(url, TOKEN) as stranger, pytest.raises(UnexpectedAnswer, match="is not trusted"):
            stranger.queues()
        with QuarryClient(url, TOKEN, ca_file=str(certificate)) as friend:
            assert friend.queues() == ()
        with (
            QuarryClient(f"http://127.0.0.1:{server.port}", TOKEN, repeat_for=0) as plain,
            pytest.raises((NotReachable, UnexpectedAnswer)),
        ):
            plain.queues()


def test_a_proxy_is_used_as_the_environment_says(monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://me:pass%20word@127.0.0.1:{httpserver.port}")
    monkeypatch.setenv("no_proxy", "near.example")
    httpserver.expect_request("/api/queues").respond_with_json([])

    with QuarryClient("http://far.example", TOKEN) as client:
        assert client.queues() == ()

    (request, _) = httpserver.log[0]
    assert request.headers["Proxy-Authorization"] == "Basic bWU6cGFzcyB3b3Jk"
    assert request.headers["Host"] == "far.example"
    assert Way.to(Address.parse("http://near.example")).proxy is None
    assert Way.to(Address.parse("http://127.0.0.1:1")).proxy is None
