"""Guarded requests over HTTPS prove the name at the checked address."""

import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from providers.outbound.transport import GuardedTransport

from ..receivers import Receiver, answer, receiver
from .posting import posted


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
