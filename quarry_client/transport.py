"""Requests over HTTP: one kept connection per thread, timeouts always, redirects never.

A redirect is not followed at all: the token belongs to one address. It is in no repr, message or log line.
"""

import contextlib
import http.client
import json
import logging
import select
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .address import Address, Way
from .answers import Answer, checked
from .errors import NotReachable, QuarryError, UnexpectedAnswer
from .repeating import wait_before_repeating

logger = logging.getLogger("quarry_client")

_CHUNK = 65_536


@dataclass(frozen=True, kw_only=True)
class Body:
    content: bytes
    content_type: str

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Body":
        """As JSON. Raises ValueError for what is none, such as NaN."""
        return cls(content=json.dumps(value, allow_nan=False).encode(), content_type="application/json")


@dataclass(frozen=True, kw_only=True)
class Request:
    """repeatable: whether to make it twice does the same as once. query: parameters without a value are left out."""

    method: str
    path: str
    query: Mapping[str, str | None]
    body: Body | None = None
    repeatable: bool = False

    @property
    def target(self) -> str:
        given = {name: value for name, value in self.query.items() if value is not None}
        return f"{self.path}?{urlencode(given)}" if given else self.path


class Transport:
    """Safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        timeout_seconds: float,
        repeat_seconds: float,
        ca_file: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = Address.parse(base_url)
        self.timeout_seconds = timeout_seconds
        self.repeat_seconds = repeat_seconds
        self._token = _checked_token(token)
        self._way = Way.to(self.address, ca_file=ca_file)
        self._kept = threading.local()
        self._sleep = sleep

    def send(self, request: Request, *, timeout: float | None = None, repeat_seconds: float | None = None) -> Answer:
        """The answer to a request that did what was asked. Raises QuarryError.

        repeat_seconds: how long to go on trying where that is safe.
        """
        deadline = time.monotonic() + (self.repeat_seconds if repeat_seconds is None else repeat_seconds)
        attempt = 0
        while True:
            try:
                return checked(self._once(request, timeout or self.timeout_seconds))
            except QuarryError as error:
                wait = wait_before_repeating(
                    error, attempt=attempt, repeatable=request.repeatable, left=deadline - time.monotonic()
                )
                if wait is None:
                    raise
                logger.info("%s %s again in %.1f s: %s", request.method, request.path, wait, error)
            self._sleep(wait)
            attempt += 1

    @contextlib.contextmanager
    def opened(self, request: Request, *, timeout: float | None = None, **headers: str) -> Iterator["Opened"]:
        """An answer that is read piece by piece, on a connection of its own. Its status is the caller's to check."""
        seconds = timeout or self.timeout_seconds
        connection = self._connected(seconds)
        # The connection lets go of its socket where the answer ends with it; its timeout is still ours to set.
        sock = connection.sock
        with contextlib.closing(connection):
            with self._as_ours():
                self._write(connection, request, headers)
                response = connection.getresponse()
            with contextlib.closing(response):
                yield Opened(response, sock, self._as_ours)

    def close(self) -> None:
        """Close the connection that this thread keeps; those of others close when their threads end."""
        connection: http.client.HTTPConnection | None = self._kept.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    # --- One request ----------------------------------------------------------------------------
    def _once(self, request: Request, timeout: float) -> Answer:
        connection = self._kept_connection(timeout)
        try:
            with self._as_ours():
                self._write(connection, request, {})
                response = connection.getresponse()
                answer = _answer(response, response.read())
        except BaseException:  # Ctrl-C too: half an answer is left on the connection
            self.close()
            raise
        if response.will_close:
            self.close()
        return answer

    def _write(self, connection: http.client.HTTPConnection, request: Request, more: Mapping[str, str]) -> None:
        connection.putrequest(request.method, self._way.target(request.target), skip_accept_encoding=True)
        for name, value in self._headers(request).items() | more.items():
            connection.putheader(name, value)
        connection.endheaders()
        if request.body is not None:
            try:
                connection.send(request.body.content)
            except (BrokenPipeError, ConnectionResetError):
                # The server has answered without reading it all, as when it is too large.
                logger.debug("%s %s was answered before it was sent", request.method, request.path)

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json",
            "User-Agent": "quarry-client",
        }
        if self._way.context is None:
            headers |= self._way.proxy_headers
        if request.body is not None:
            headers |= {"Content-Type": request.body.content_type, "Content-Length": str(len(request.body.content))}
        elif request.method != "GET":
            headers["Content-Length"] = "0"
        return headers

    # --- Connections ----------------------------------------------------------------------------
    def _kept_connection(self, timeout: float) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._kept, "connection", None)
        if kept is not None and kept.sock is not None and not _has_something_to_read(kept.sock):
            kept.sock.settimeout(timeout)
            return kept
        self.close()
        self._kept.connection = self._connected(timeout)
        opened: http.client.HTTPConnection = self._kept.connection
        return opened

    def _connected(self, timeout: float) -> http.client.HTTPConnection:
        """Raises NotReachable, or UnexpectedAnswer where the certificate is not trusted."""
        try:
            return self._way.connect(timeout)
        except ssl.SSLCertVerificationError as error:
            raise UnexpectedAnswer(
                f"The certificate of {self.address} is not trusted ({error.verify_message}). Name the certificates to "
                "trust with ca_file, or in SSL_CERT_FILE."
            ) from None
        except ssl.SSLError as error:
            raise UnexpectedAnswer(
                f"{self.address} does not speak TLS ({error.reason}). Is it http:// rather than https://?"
            ) from None
        except (OSError, http.client.HTTPException) as error:
            raise NotReachable(f"{self.address} cannot be reached ({_why(error)}).", sent=False) from error

    @contextlib.contextmanager
    def _as_ours(self) -> Iterator[None]:
        """Errors of an open connection as NotReachable, or UnexpectedAnswer where something else answers."""
        try:
            yield
        except (OSError, http.client.IncompleteRead) as error:  # RemoteDisconnected among them
            raise NotReachable(
                f"The connection to {self.address} broke before the answer was there ({_why(error)}).", sent=True
            ) from error
        except http.client.HTTPException as error:
            raise UnexpectedAnswer(f"{self.address} does not answer in HTTP ({type(error).__name__}).") from None


class Opened:
    """An answer that is being read. Raises NotReachable where the connection breaks or is silent for too long."""

    def __init__(self, response: http.client.HTTPResponse, sock: Any, as_ours: Callable[[], Any]) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self._response, self._sock, self._as_ours = response, sock, as_ours

    def rest(self) -> Answer:
        """All of it, for an answer that turns out to be an error."""
        with self._as_ours():
            return _answer(self._response, self._response.read())

    def pieces(self) -> Iterator[bytes]:
        while piece := self.piece():
            yield piece

    def piece(self, patience: float | None = None) -> bytes:
        """What has arrived; waits at most `patience` seconds for anything. Empty at the end."""
        if patience is not None:
            self._sock.settimeout(max(patience, 0.001))
        with self._as_ours():
            return self._response.read1(_CHUNK)


def _answer(response: http.client.HTTPResponse, body: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(status=response.status, headers=headers, body=body)


def _has_something_to_read(sock: Any) -> bool:
    """On a connection that rests, that is its end."""
    try:
        return bool(select.select([sock], [], [], 0)[0])
    except (OSError, ValueError):
        return True


def _checked_token(token: str) -> str:
    """Raises ValueError, which does not repeat the token."""
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("The token must be one line of printable ASCII characters.")
    return token


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected):
        return "closed by the other side"
    return str(getattr(error, "strerror", None) or str(error) or type(error).__name__)
