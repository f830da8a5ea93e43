"""Where guarded requests may go: no address inside, however it is spelled or resolved."""

import ipaddress
import socket
import threading
import time

import pytest

from providers.outbound.addresses import Rules, addresses_of, is_public, parse
from providers.outbound.errors import UrlRefused
from providers.outbound.exchange import Limits
from providers.outbound.transport import GuardedTransport

from ..receivers import answers, receiver
from .posting import PUBLIC, WEB, guarded


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


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


def test_private_addresses_and_other_ports_are_for_those_who_ask_for_them() -> None:
    rules = Rules(allow_private=True, ports=())

    assert addresses_of(parse("http://127.0.0.1:6379/"), rules, deadline=time.monotonic() + 1) == ["127.0.0.1"]
    with pytest.raises(UrlRefused, match="user name"):
        parse("http://user@127.0.0.1/")
