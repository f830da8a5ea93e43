"""Open streams: what the web process knows of each, and how each is driven, by asyncio or by a thread.

A stream is a response's content. Under config/asgi.py it is driven by the event loop, so that a
thousand open ones cost a thousand small objects; under a plain WSGI server each takes its thread.
"""

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from django.db import close_old_connections

from accounts.callers import Caller
from accounts.credentials import Credential

from . import welcome
from .registry import registry
from .subscription import Subscription
from .tail import tail
from .tellers import HEARTBEAT, Teller, as_json, frame

HEARTBEAT_SECONDS = 15.0
#: Seconds between two looks at whether the caller's token or session still holds.
RECHECK_SECONDS = 25.0

InThread = Callable[[Callable[[], bool]], Awaitable[bool]]


class EventStream:
    """opening: what is told first. Close it, or iterate it to its end, or it stays open."""

    def __init__(
        self, *, caller: Caller, credential: Credential, subscription: Subscription, teller: Teller, opening: bytes
    ) -> None:
        self.caller = caller
        self._credential = credential
        self._subscription = subscription
        self._teller = teller
        self._opening = b"retry: %d\n\n" % random.randint(1000, 3000) + opening  # noqa: S311  spreads reconnects
        self._leaving: str | None = None
        self._over = teller.over
        self._recheck_at = time.monotonic() + RECHECK_SECONDS
        self._heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS

    # --- Ending -------------------------------------------------------------------------------
    def close(self) -> None:
        """Safe to repeat, from any thread."""
        self._over = True
        tail().leave(self._subscription)
        registry().leave(self)
        self._subscription.ring()

    def send_away(self, reason: str) -> None:
        """End soon, telling the reader to come back and resume."""
        self._leaving = reason
        self._subscription.ring()

    # --- What both drivers do -----------------------------------------------------------------
    def _next(self) -> bytes:
        """What can be told now, perhaps nothing."""
        now = time.monotonic()
        if self._leaving or self._subscription.overflowed:
            return self._farewell(self._leaving or "You read more slowly than events happen; resume where you were.")
        told = self._teller.tell(self._subscription.empty())
        if not told and self._teller.pause() == 0:
            told = self._teller.tell_later()
        self._over |= self._teller.over
        if not told and now >= self._heartbeat_at:
            told = HEARTBEAT
        if told:
            self._heartbeat_at = now + HEARTBEAT_SECONDS
        return told

    def _farewell(self, reason: str) -> bytes:
        self._over = True
        return frame("reconnect", as_json({"reason": reason}))

    def _patience(self) -> float:
        """Seconds to wait for news at most."""
        now = time.monotonic()
        pause = self._teller.pause()
        due = min(self._heartbeat_at, self._recheck_at)
        return max(0.0, min(due - now, 3600.0 if pause is None else pause))

    def _recheck_due(self) -> bool:
        return time.monotonic() >= self._recheck_at

    def _recheck(self) -> bool:
        """Whether the caller is still welcome with the same rights; reads the database."""
        self._recheck_at = time.monotonic() + RECHECK_SECONDS
        try:
            return welcome.still(self._credential, self.caller)
        finally:
            close_old_connections()

    _UNWELCOME = "The token or session has ended, or its rights have changed."

    # --- Driven by a thread -------------------------------------------------------------------
    def __iter__(self) -> Iterator[bytes]:
        news = threading.Event()
        self._subscription.on_news(news.set)
        # The view's connection is not needed while this waits.
        close_old_connections()
        try:
            yield self._opening
            while not self._over:
                news.clear()
                told = self._next()
                if told:
                    yield told
                elif self._recheck_due():
                    if not self._recheck():
                        yield self._farewell(self._UNWELCOME)
                else:
                    news.wait(self._patience())
        finally:
            self.close()

    # --- Driven by an event loop --------------------------------------------------------------
    async def frames(self, in_thread: InThread) -> AsyncIterator[bytes]:
        """in_thread: runs a function that reads the database elsewhere than in the loop."""
        news = asyncio.Event()
        door = registry().door()
        self._subscription.on_news(lambda: door.ring(news))
        try:
            yield self._opening
            while not self._over:
                news.clear()
                told = self._next()
                if told:
                    yield told
                elif self._recheck_due():
                    if not await in_thread(self._recheck):
                        yield self._farewell(self._UNWELCOME)
                else:
                    await _or_timeout(news, self._patience())
        finally:
            self.close()


async def _or_timeout(news: asyncio.Event, seconds: float) -> None:
    # Cheaper than asyncio.timeout, which counts where one event goes to a thousand streams.
    timer = asyncio.get_running_loop().call_later(seconds, news.set)
    try:
        await news.wait()
    finally:
        timer.cancel()
