"""One HTTP request over a socket whose every read and write ends at one deadline and one byte budget.

http.client parses; what it reads comes through `_Bounded`, which no drip of single bytes, endless
header or huge body can hold longer or fill further than the limits say. Nothing is decompressed.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from .addresses import Target
from .errors import BadAnswer, BadCertificate, ConnectionFailed, OutboundError, OutOfTime

#: Most bytes read of an answer's status line and header, and of the body that answers a POST.
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
        self.allow(MOST_HEADER, "header")

    def allow(self, size_bytes: int, part: str) -> None:
        self.budget, self._size, self._part = size_bytes, size_bytes, part

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        if self.budget <= 0:
            raise BadAnswer(f"the {self._part} of the answer is larger than {self._size // 1024} KiB")
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


def tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def connect_first(
    target: Target, addresses: Sequence[str], *, limits: Limits, deadline: float, tls: ssl.SSLContext
) -> socket.socket:
    """A connection to the first of the checked addresses that takes one; the first four are tried."""
    failed: OutboundError = ConnectionFailed("it has no address")
    for address in addresses[:4]:
        try:
            return connect(target, address, limits=limits, deadline=deadline, tls=tls)
        except (ConnectionFailed, BadCertificate) as error:
            failed = error
    raise failed


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
    head = _head("POST", target, {**headers, "Content-Length": str(len(body))})
    return _exchanged(sock, head + body, "POST", _beginning, _Clock(limits, deadline))


def get(
    sock: socket.socket, target: Target, headers: Mapping[str, str], *, limits: Limits, deadline: float, most_bytes: int
) -> Answer:
    """Ask and read one answer whole. Raises OutOfTime, ConnectionFailed, or BadAnswer also for a larger body."""
    read = partial(_whole, most_bytes=most_bytes)
    return _exchanged(sock, _head("GET", target, headers), "GET", read, _Clock(limits, deadline))


def _exchanged(sock: socket.socket, request: bytes, method: str, read: "_ReadBody", clock: _Clock) -> Answer:
    try:
        _send(sock, request, clock)
        return _read(sock, method, read, clock)
    except http.client.HTTPException as error:
        if isinstance(error, http.client.RemoteDisconnected):
            raise ConnectionFailed("the connection was closed without an answer") from None
        raise BadAnswer(f"what came back is no HTTP answer ({type(error).__name__})") from None
    except OSError as error:
        raise ConnectionFailed(_reason(error, "the connection broke")) from None


def _head(method: str, target: Target, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {target.path} HTTP/1.1", f"Host: {target.host_header}"]
    # Identity: nobody needs the body beyond its beginning, and a bomb stays as small as it was sent.
    fixed = {"Accept-Encoding": "identity", "Connection": "close"}
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


def _read(sock: socket.socket, method: str, read: "_ReadBody", clock: _Clock) -> Answer:
    wire = _Wire(sock, clock)
    response = http.client.HTTPResponse(wire, method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body, cut = read(response, wire.incoming)
        return Answer(status=response.status, headers=headers, body=body, cut=cut)
    finally:
        response.close()


#: The answer after its header, and its bytes -> the body, and whether it was cut.
_ReadBody = Callable[[http.client.HTTPResponse, _Bounded], tuple[bytes, bool]]


def _beginning(response: http.client.HTTPResponse, incoming: _Bounded) -> tuple[bytes, bool]:
    """The body's beginning. The status has decided already: how the body ends changes nothing."""
    incoming.allow(MOST_BODY + _CHUNK, "body")  # chunked framing takes some of it
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


def _whole(response: http.client.HTTPResponse, incoming: _Bounded, *, most_bytes: int) -> tuple[bytes, bool]:
    incoming.allow(most_bytes + most_bytes // 4 + _CHUNK, "body")
    found = bytearray()
    while piece := response.read1(_CHUNK):
        found += piece
        if len(found) > most_bytes:
            raise BadAnswer(f"the body of the answer is larger than {most_bytes // 1024} KiB")
    if response.length:
        raise ConnectionFailed("the connection was closed in the middle of the answer")
    return bytes(found), False


def _reason(error: OSError, default: str) -> str:
    return error.strerror.lower() if error.strerror and error.errno else default
