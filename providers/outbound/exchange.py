"""One HTTP POST over a socket whose every read and write ends at one deadline and one byte budget.

http.client parses; what it reads comes through `_Bounded`, which no drip of single bytes, endless
header or huge body can hold longer or fill further than the limits say. Nothing is decompressed.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

from .addresses import Target
from .errors import BadAnswer, BadCertificate, ConnectionFailed, OutOfTime

#: Most bytes read of an answer's status line and header, and of its body.
MOST_HEADER = 64 * 1024
MOST_BODY = 64 * 1024
_CHUNK = 16 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds: of the whole exchange, name look-up included, and without any byte moving."""

    total: float = 15.0
    idle: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. `body` is its beginning; `cut` says that there was more, or that it came too slowly."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool


class _Clock:
    def __init__(self, limits: Limits, deadline: float) -> None:
        self.limits = limits
        self.deadline = deadline

    def left(self) -> float:
        """Seconds the next read or write may take. Raises OutOfTime."""
        total = self.deadline - time.monotonic()
        if total <= 0:
            raise OutOfTime(f"no complete answer within {self.limits.total:g} s")
        return min(total, self.limits.idle)

    def why(self) -> OutOfTime:
        if time.monotonic() >= self.deadline:
            return OutOfTime(f"no complete answer within {self.limits.total:g} s")
        return OutOfTime(f"no byte for {self.limits.idle:g} s")


class _Bounded(io.RawIOBase):
    """The socket's incoming bytes, until the deadline or the budget is used up."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock, self._clock = sock, clock
        self.budget = MOST_HEADER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        if self.budget <= 0:
            raise BadAnswer(f"the header of the answer is larger than {MOST_HEADER // 1024} KiB")
        self._sock.settimeout(self._clock.left())
        try:
            number = self._sock.recv_into(memoryview(buffer)[: self.budget])
        except TimeoutError:
            raise self._clock.why() from None
        self.budget -= number
        return number


class _Wire:
    """What http.client takes for a socket."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self.incoming = _Bounded(sock, clock)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self.incoming, buffer_size=4096)


def connect(target: Target, address: str, *, limits: Limits, deadline: float, tls: ssl.SSLContext) -> socket.socket:
    """A connection to exactly this address; for https the certificate must prove the target's name."""
    clock = _Clock(limits, deadline)
    try:
        sock = socket.create_connection((address, target.port), timeout=clock.left())
    except TimeoutError:
        raise clock.why() from None
    except OSError as error:
        raise ConnectionFailed(_reason(error, "could not be connected")) from None
    if target.scheme == "http":
        return sock
    try:
        sock.settimeout(clock.left())
        return tls.wrap_socket(sock, server_hostname=target.host)
    except BaseException as error:
        sock.close()
        if isinstance(error, ssl.SSLCertVerificationError):
            raise BadCertificate(f"its certificate was refused: {error.verify_message}") from None
        if isinstance(error, TimeoutError):
            raise clock.why() from None
        if isinstance(error, OSError):
            raise ConnectionFailed(_reason(error, "TLS could not be agreed on")) from None
        raise


def post(
    sock: socket.socket, target: Target, headers: Mapping[str, str], body: bytes, *, limits: Limits, deadline: float
) -> Answer:
    """Send and read one answer. Raises OutOfTime, ConnectionFailed or BadAnswer."""
    clock = _Clock(limits, deadline)
    try:
        _send(sock, _head(target, headers, len(body)) + body, clock)
        return _read(sock, clock)
    except http.client.HTTPException as error:
        if isinstance(error, http.client.RemoteDisconnected):
            raise ConnectionFailed("the connection was closed without an answer") from None
        raise BadAnswer(f"what came back is no HTTP answer ({type(error).__name__})") from None
    except OSError as error:
        raise ConnectionFailed(_reason(error, "the connection broke")) from None


def _head(target: Target, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.host_header}"]
    # Identity: nobody needs the body beyond its beginning, and a bomb stays as small as it was sent.
    fixed = {"Content-Length": str(length), "Accept-Encoding": "identity", "Connection": "close"}
    for name, value in {**headers, **fixed}.items():
        if "\r" in value or "\n" in value:
            raise BadAnswer(f"the header {name} holds a line break")
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _send(sock: socket.socket, data: bytes, clock: _Clock) -> None:
    view = memoryview(data)
    while view:
        sock.settimeout(clock.left())
        try:
            view = view[sock.send(view[:_CHUNK]) :]
        except TimeoutError:
            raise clock.why() from None


def _read(sock: socket.socket, clock: _Clock) -> Answer:
    wire = _Wire(sock, clock)
    response = http.client.HTTPResponse(wire, method="POST")  # type: ignore[arg-type]
    try:
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        wire.incoming.budget = MOST_BODY + _CHUNK  # chunked framing takes some of it
        body, cut = _beginning(response)
        return Answer(status=response.status, headers=headers, body=body, cut=cut)
    finally:
        response.close()


def _beginning(response: http.client.HTTPResponse) -> tuple[bytes, bool]:
    """The body's beginning. The status has decided already: how the body ends changes nothing."""
    found = bytearray()
    try:
        while len(found) < MOST_BODY:
            piece = response.read1(min(_CHUNK, MOST_BODY - len(found)))
            if not piece:
                return bytes(found), False
            found += piece
    except (OutOfTime, BadAnswer, OSError, http.client.HTTPException, ValueError):
        pass
    return bytes(found), True


def _reason(error: OSError, default: str) -> str:
    return error.strerror.lower() if error.strerror and error.errno else default
