"""The process's connections to sources: one pool per process and source, each wait bounded by a deadline.

httpx bounds each wait and not their sum: a source that drips one byte at a time would hold its
caller for ever. The network backend below gives every wait what is left of the call's own time.
"""

import os
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx
from django.conf import settings

from ..outbound import addresses
from ..outbound.errors import HostUnknown, OutOfTime

#: Longest wait for bytes without a look around: a thread that is told to stop notices between two.
LOOK_SECONDS = 0.5
#: Calls to one source that one process may have under way: as many as it has slots, and more.
MOST_CONNECTIONS = 128
#: time.monotonic() at which the current call must have ended.
_deadline: ContextVar[float] = ContextVar("provider_call_deadline")


#: What is done right before a request's first byte, once. Returns seconds that do not count as the source's.
_before_sending: ContextVar[Callable[[], float] | None] = ContextVar("provider_call_before_sending", default=None)


@contextmanager
def ends_within(seconds: float, *, before_sending: Callable[[], float]) -> Iterator[None]:
    """Everything the block does on the network ends within `seconds`, by httpx.TimeoutException."""
    deadline = _deadline.set(time.monotonic() + seconds)
    before = _before_sending.set(before_sending)
    try:
        yield
    finally:
        _before_sending.reset(before)
        _deadline.reset(deadline)


def _begin_sending() -> None:
    before = _before_sending.get()
    if before:
        _before_sending.set(None)
        _deadline.set(_deadline.get() + before())


def pool(*, guarded: bool, source: str) -> httpx.Client:
    """The connections to one source. guarded: only public addresses are connected to."""
    # The process id is part of the key, so that a forked child never shares its parent's sockets.
    return _pool(os.getpid(), source, guarded)


@cache
def _pool(pid: int, source: str, guarded: bool) -> httpx.Client:
    limits = httpx.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=8, keepalive_expiry=30)
    timeout = httpx.Timeout(
        settings.PROVIDER_READ_TIMEOUT,
        connect=settings.PROVIDER_CONNECT_TIMEOUT,
        pool=settings.PROVIDER_TOTAL_TIMEOUT,
    )
    return httpx.Client(
        transport=_Transport(limits, guarded=guarded), timeout=timeout, trust_env=False, follow_redirects=False
    )


@cache
def _tls(pid: int) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Transport(httpx.HTTPTransport):
    def __init__(self, limits: httpx.Limits, *, guarded: bool) -> None:
        # httpx's own offers no network backend; its pool is the only thing that differs.
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(os.getpid()),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(guarded=guarded),
        )


class _Backend(httpcore.NetworkBackend):
    def __init__(self, *, guarded: bool) -> None:
        self._inner = httpcore.SyncBackend()
        self._guarded = guarded

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: httpcore.ConnectError | httpcore.ConnectTimeout = httpcore.ConnectError("its name has no address")
        for address in self._addresses(host, port)[:4]:
            try:
                stream = self._inner.connect_tcp(address, port, _left(timeout, httpcore.ConnectTimeout), local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream)
        raise failed

    def _addresses(self, host: str, port: int) -> list[str]:
        """Looked up within the deadline, which the C library's resolver knows nothing of. Raises UrlRefused."""
        target = addresses.Target(scheme="https", host=host, port=port, path="/")
        anywhere = not self._guarded or settings.PROVIDER_ALLOW_PRIVATE
        rules = addresses.Rules(allow_private=anywhere, ports=settings.WEBHOOK_PORTS)
        try:
            return addresses.addresses_of(target, rules, deadline=_deadline.get())
        except OutOfTime as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except HostUnknown as error:
            raise httpcore.ConnectError(str(error)) from error


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends with the call."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        until = time.monotonic() + _left(timeout, httpcore.ReadTimeout)
        while True:
            left = until - time.monotonic()
            try:
                return self._inner.read(max_bytes, max(0.001, min(left, LOOK_SECONDS)))
            except httpcore.ReadTimeout:
                if left <= LOOK_SECONDS:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _begin_sending()
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late("the call's time is over")
    return left if timeout is None else min(timeout, left)
