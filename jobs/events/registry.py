"""The open streams of this process: how many there may be, and their common end."""

import asyncio
import os
import threading
from functools import cache
from typing import Protocol

from django.conf import settings

from accounts.callers import Caller


class TooManyStreams(Exception):
    """A caller, or the process, has as many streams open as it may. Closing one helps, or waiting."""

    def __init__(self, message: str, *, of_caller: bool) -> None:
        super().__init__(message)
        self.of_caller = of_caller


class Open(Protocol):
    caller: Caller

    def send_away(self, reason: str) -> None: ...

    def close(self) -> None: ...


class Door:
    """Wakes coroutines of one event loop from other threads: many at once for the price of one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._lock = threading.Lock()
        self._rung: list[asyncio.Event] = []

    def ring(self, event: asyncio.Event) -> None:
        with self._lock:
            self._rung.append(event)
            first = len(self._rung) == 1
        if first and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._open)

    def _open(self) -> None:
        with self._lock:
            rung, self._rung = self._rung, []
        for event in rung:
            event.set()


class Registry:
    def __init__(self) -> None:
        self._streams: set[Open] = set()
        self._by_caller: dict[str, int] = {}
        self._lock = threading.Lock()
        self._doors: dict[asyncio.AbstractEventLoop, Door] = {}
        self._closing: str | None = None

    def check(self, caller: Caller) -> None:
        """Raises TooManyStreams if the caller can have no other one."""
        with self._lock:
            self._check(caller)

    def enter(self, stream: Open) -> None:
        """Raises TooManyStreams."""
        with self._lock:
            self._check(stream.caller)
            self._streams.add(stream)
            self._by_caller[stream.caller.user_id] = self._by_caller.get(stream.caller.user_id, 0) + 1
        if self._closing:
            stream.send_away(self._closing)

    def leave(self, stream: Open) -> None:
        with self._lock:
            if stream not in self._streams:
                return
            self._streams.remove(stream)
            left = self._by_caller[stream.caller.user_id] - 1
            if left:
                self._by_caller[stream.caller.user_id] = left
            else:
                del self._by_caller[stream.caller.user_id]

    def send_all_away(self, reason: str) -> None:
        """End all streams soon, and those that open from now on at once."""
        self._closing = reason
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            stream.send_away(reason)

    def close_all(self) -> None:
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            stream.close()

    def __len__(self) -> int:
        return len(self._streams)

    def door(self) -> Door:
        """That of the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._doors:
            self._doors = {known: door for known, door in self._doors.items() if not known.is_closed()}
            self._doors[loop] = Door(loop)
        return self._doors[loop]

    def _check(self, caller: Caller) -> None:
        if self._by_caller.get(caller.user_id, 0) >= settings.STREAMS_PER_CALLER:
            raise TooManyStreams(
                f"You have {settings.STREAMS_PER_CALLER} event streams open, the most there may be; close one first.",
                of_caller=True,
            )
        if len(self._streams) >= settings.STREAMS_PER_PROCESS:
            raise TooManyStreams(
                "The server has as many event streams open as it can; try again later.", of_caller=False
            )


def registry() -> Registry:
    return _registry(os.getpid())


@cache
def _registry(pid: int) -> Registry:
    return Registry()
