"""Reading what lies at a URL that a user named: guarded like a webhook, redirects included."""

import ssl
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from . import exchange
from .addresses import Resolver, Rules, Target, addresses_of, parse
from .errors import BadAnswer, UrlRefused
from .exchange import Answer, Limits

MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came back. url: where it came from in the end. Header names are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class GuardedFetcher:
    """Gets from public addresses only; each redirect is checked as the first URL was, at most three.

    most_bytes: of a body, decompressed. resolve: answers for the system's resolver, in tests.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        ports: Sequence[range],
        most_bytes: int,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
    ) -> None:
        self._rules = Rules(allow_private=allow_private, ports=ports)
        self._most_bytes = most_bytes
        self._limits = limits or Limits()
        self._resolve = resolve

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return exchange.tls_context()

    def get(self, url: str, *, headers: Mapping[str, str]) -> Fetched:
        """One GET and what it redirects to, within one time limit. Raises OutboundError."""
        deadline = time.monotonic() + self._limits.total
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(parse(url), headers, deadline)
            location = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not location:
                return Fetched(url=url, status=answer.status, headers=answer.headers, body=self._decoded(answer))
            url = _next(url, location)
        raise BadAnswer(f"it redirects more than {MOST_REDIRECTS} times")

    def _ask(self, target: Target, headers: Mapping[str, str], deadline: float) -> Answer:
        addresses = addresses_of(target, self._rules, deadline=deadline, resolve=self._resolve)
        limits, most = self._limits, self._most_bytes
        with exchange.connect_first(target, addresses, limits=limits, deadline=deadline, tls=self._tls) as sock:
            return exchange.get(sock, target, headers, limits=limits, deadline=deadline, most_bytes=most)

    def _decoded(self, answer: Answer) -> bytes:
        """Some servers compress though asked not to; a bomb stops at `most_bytes`."""
        coding = answer.headers.get("content-encoding", "identity").strip().lower()
        if coding in {"identity", ""}:
            return answer.body
        if coding not in {"gzip", "x-gzip", "deflate"}:
            raise BadAnswer(f"it is compressed in a way that was not asked for ({coding[:20]})")
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        try:
            body = unpacking.decompress(answer.body, self._most_bytes + 1)
        except zlib.error:
            raise BadAnswer(f"its {coding} compression is broken") from None
        if len(body) > self._most_bytes:
            raise BadAnswer(f"the body of the answer is larger than {self._most_bytes // 1024} KiB")
        return body


def _next(url: str, location: str) -> str:
    try:
        following = urljoin(url, location)
    except ValueError:
        raise BadAnswer("it redirects to what is no URL") from None
    if url.lower().startswith("https://") and not following.lower().startswith("https://"):
        raise UrlRefused("redirects from https to an unprotected address")
    return following.partition("#")[0]
