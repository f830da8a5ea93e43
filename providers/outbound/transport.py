"""The transport that webhooks go out through: setting WEBHOOK_TRANSPORT names it."""

import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from . import exchange
from .addresses import Resolver, Rules, Target, addresses_of, parse
from .errors import BadCertificate, ConnectionFailed, HostUnknown, OutboundError, OutOfTime, UrlRefused
from .exchange import Answer, Limits

#: Seconds that checking a URL may take when somebody enters it; each request checks it again.
CHECK_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    """How a request went. `status` is None where no answer came; then `code` and `problem` say why."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    code: str | None = None
    problem: str | None = None
    duration_ms: int = 0


class GuardedTransport:
    """Posts to public addresses only, within 15 s in all, without following redirects.

    resolve: answers for the system's resolver, in tests.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        ports: Sequence[range],
        limits: Limits | None = None,
        resolve: Resolver | None = None,
    ) -> None:
        self._rules = Rules(allow_private=allow_private, ports=ports)
        self._limits = limits or Limits()
        self._resolve = resolve

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def problem_with(self, url: str) -> str | None:
        """Why the URL would be refused now, as the end of a sentence that begins with its field; None if fine.

        A name that has no address yet, or whose look-up takes long, is fine: it is checked at each send.
        """
        try:
            target = parse(url)
            addresses_of(target, self._rules, deadline=time.monotonic() + CHECK_SECONDS, resolve=self._resolve)
        except UrlRefused as error:
            return str(error)
        except (HostUnknown, OutOfTime):
            return None
        return None

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Exchanged:
        """One attempt. Never raises for what the other side does."""
        begun = time.monotonic()
        try:
            answer = self._post(url, headers, body, begun + self._limits.total)
        except OutboundError as error:
            return Exchanged(status=None, code=error.code, problem=str(error), duration_ms=_since(begun))
        return Exchanged(
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            cut=answer.cut,
            duration_ms=_since(begun),
        )

    def _post(self, url: str, headers: Mapping[str, str], body: bytes, deadline: float) -> Answer:
        target = parse(url)
        addresses = addresses_of(target, self._rules, deadline=deadline, resolve=self._resolve)
        sock = self._connect(target, addresses, deadline)
        with sock:
            return exchange.post(sock, target, headers, body, limits=self._limits, deadline=deadline)

    def _connect(self, target: Target, addresses: list[str], deadline: float) -> socket.socket:
        """The first of the checked addresses that takes the connection."""
        failed: OutboundError = ConnectionFailed("it has no address")
        for address in addresses[:4]:
            try:
                return exchange.connect(target, address, limits=self._limits, deadline=deadline, tls=self._tls)
            except (ConnectionFailed, BadCertificate) as error:
                failed = error
        raise failed


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
