"""Guarded requests: where they may go, how long they may take, how much they may bring."""

import gzip
import ipaddress
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from providers.outbound.addresses import Rules, addresses_of, is_public, parse
from providers.outbound.errors import UrlRefused
from providers.outbound.exchange import Limits
from providers.outbound.transport import Exchanged, GuardedTransport

from .receivers import Receiver, answer, answers, drips, floods, hangs, receiver, takes_and_resets

WEB = (range(80, 81), range(443, 444), range(1024, 65536))
PUBLIC = "93.184.216.34"


def guarded(*addresses: str) -> GuardedTransport:
    """As in production, where every name has these addresses."""
    return GuardedTransport(allow_private=False, ports=WEB, resolve=lambda host, port: list(addresses or (PUBLIC,)))


def local(total: float = 5.0, idle: float = 5.0) -> GuardedTransport:
    """May call the receivers of this file."""
    return GuardedTransport(allow_private=True, ports=(), limits=Limits(total=total, idle=idle))


def posted(url: str, transport: GuardedTransport | None = None) -> Exchanged:
    return (transport or local()).post(url, headers={"content-type": "application/json"}, body=b'{"a":1}')


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://240.0.0.1/",
        "http://192.88.99.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://1540594466/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[::ffff:93.184.216.34]/",
        "http://[::7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:53aa:64c::1]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fc00::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://example.com:22/",
        "http://example.com:25/",
        "http://example.com:6379/",
        "http://example.com:81/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "https:example.com",
        "http://",
        "http://exa mple.com/",
        "http://example.com/\r\nX: y",
        "http://\N{FULLWIDTH DIGIT ONE}27.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://-example.com/",
        "http://" + "a" * 2050,
    ],
)
def test_a_url_that_leads_inside_or_elsewhere_is_refused(url: str) -> None:
    transport = guarded()

    assert transport.problem_with(url)
    assert transport.post(url, headers={}, body=b"").code == "url_refused"


@pytest.mark.parametrize(
    "url",
    ["https://example.com/hook?x=1", "http://EXAMPLE.com:8080", "https://93.184.216.34/", "http://[2606:4700::1]/"],
)
def test_a_public_url_is_taken(url: str) -> None:
    assert guarded().problem_with(url) is None


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    assert guarded(PUBLIC, "10.0.0.7").problem_with("https://example.com/")


def test_a_name_without_address_may_be_entered_and_fails_when_sent_to() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror("Name or service not known")

    transport = GuardedTransport(allow_private=False, ports=WEB, resolve=unknown)

    assert transport.problem_with("https://soon.example.com/") is None
    assert transport.post("https://soon.example.com/", headers={}, body=b"").code == "host_unknown"


def test_a_name_that_changes_its_address_after_the_check_is_never_called_there() -> None:
    asked = []
    with receiver(answers(200)) as canary:

        def rebinding(host: str, port: int) -> list[str]:
            asked.append(host)
            return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

        transport = GuardedTransport(allow_private=False, ports=WEB, resolve=rebinding)
        url = f"http://rebinding.example.com:{canary.port}/"

        assert transport.problem_with(url) is None
        assert transport.post(url, headers={}, body=b"").code == "url_refused"
        assert canary.connections == 0


def test_one_request_resolves_once_and_connects_to_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    transport = GuardedTransport(allow_private=False, ports=WEB, resolve=resolve)

    result = transport.post("http://rebinding.example.com/", headers={}, body=b"")

    assert (asked, connected) == (["rebinding.example.com"], [(PUBLIC, 80)])
    assert (result.code, result.problem) == ("connection_failed", "connection refused")


def test_a_look_up_that_hangs_ends_at_the_deadline() -> None:
    freed = threading.Event()

    def stuck(host: str, port: int) -> list[str]:
        freed.wait(10)
        return [PUBLIC]

    transport = GuardedTransport(allow_private=False, ports=WEB, limits=Limits(total=0.2), resolve=stuck)
    begun = time.monotonic()

    result = transport.post("http://example.com/", headers={}, body=b"")
    freed.set()

    assert result.code == "timed_out"
    assert time.monotonic() - begun < 4


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of hooks.example.com in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    names = "subjectAltName=DNS:hooks.example.com"
    wanted = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=hooks.example.com"]
    output = ["-addext", names, "-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-days", "2", *wanted, *output], check=True, capture_output=True
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.mark.parametrize(
    ("host", "trusted", "expected"),
    [
        ("hooks.example.com", True, (200, None)),
        ("hooks.example.com", False, (None, "bad_certificate")),
        ("other.example.com", True, (None, "bad_certificate")),
    ],
)
def test_https_proves_the_name_at_the_checked_address(
    certificate: Path, host: str, trusted: bool, expected: tuple[int | None, str | None]
) -> None:
    named: list[str | None] = []
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    serving.sni_callback = lambda sock, name, context: named.append(name)

    def behave(connection: socket.socket, served: Receiver) -> None:
        with serving.wrap_socket(connection, server_side=True) as wrapped:
            served.take(wrapped)
            wrapped.sendall(answer(200))

    with receiver(behave) as served:
        transport = GuardedTransport(allow_private=True, ports=(), resolve=lambda host, port: ["127.0.0.1"])
        if trusted:
            transport._tls.load_verify_locations(certificate)
        result = posted(f"https://{host}:{served.port}/", transport)

        assert len(served.received) == (1 if result.status else 0)
    assert (result.status, result.code) == expected
    assert named == [host]


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


def test_private_addresses_and_other_ports_are_for_those_who_ask_for_them() -> None:
    rules = Rules(allow_private=True, ports=())

    assert addresses_of(parse("http://127.0.0.1:6379/"), rules, deadline=time.monotonic() + 1) == ["127.0.0.1"]
    with pytest.raises(UrlRefused, match="user name"):
        parse("http://user@127.0.0.1/")
