"""Following a job to its end: by its event stream, and by asking again where there is none.

What can break on the way is expected: a stream is opened again, a server that restarts is waited for.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from .errors import JobNotFinished, NotReachable, QuarryError, Throttled, Unavailable, UnexpectedAnswer
from .events import Frame, TimeIsUp, frames
from .reading import read
from .repeating import backoff
from .transport import Opened
from .values import Job

#: A stream tells the state at once. One that tells nothing for so long is held back by something in between.
FIRST_EVENT_SECONDS = 10.0
#: The next stream is not opened sooner: something may close each one at once.
REOPEN_SECONDS = 0.5
#: Between two attempts to reach a server that is away, at most: somebody watches.
AWAY_SECONDS = 3.0
#: How long the server may be away in one piece, unless the caller gave a time for all of it.
PATIENCE_SECONDS = 300.0

#: Told each time that the server does not answer, with the error.
OnOutage = Callable[[QuarryError], None]


class Server(Protocol):
    """What following a job asks of the server, each once and within so many seconds. Raises QuarryError."""

    def state(self, job_id: str, timeout: float) -> tuple[Job, float]:
        """The job, and after how many seconds the server wants to be asked again."""

    def stream(self, job_id: str, timeout: float) -> AbstractContextManager[Opened]: ...


@dataclass(frozen=True, kw_only=True)
class _Progress:
    progress: int
    stage: str | None = None


class StreamRefused(Exception):
    """There is no event stream to be had; asking again always works."""


def follow(
    server: Server, job_id: str, *, timeout: float | None, call_timeout: float, on_outage: OnOutage | None = None
) -> Iterator[Job]:
    """Each state of a job that differs from the one before; the last one has ended.

    timeout: seconds for all of it; then raises JobNotFinished. Raises NotFound once the job is removed, and
    Unavailable where the server is away for too long.
    """
    watch = _Watch(server, job_id, timeout=timeout, call_timeout=call_timeout, on_outage=on_outage)
    last: Job | None = None
    try:
        for job in watch.states():
            if job != last:
                yield job
            last = job
            if job.ended:
                return
    except TimeIsUp:
        raise JobNotFinished(job_id, last, timeout or 0.0) from None


class _Watch:
    def __init__(
        self, server: Server, job_id: str, *, timeout: float | None, call_timeout: float, on_outage: OnOutage | None
    ) -> None:
        self._server, self._job_id = server, job_id
        self._call_timeout, self._on_outage = call_timeout, on_outage
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._last: Job | None = None
        self._away_since: float | None = None
        self._failures = 0

    def states(self) -> Iterator[Job]:
        source = self._streamed
        while True:
            try:
                for job in source():
                    self._last, self._away_since, self._failures = job, None, 0
                    yield job
                self._sleep(REOPEN_SECONDS)
            except StreamRefused:
                source = self._polled
            except (Throttled, Unavailable) as error:
                self._wait_for_server(error)

    # --- Two ways to hear of the job ------------------------------------------------------------
    def _streamed(self) -> Iterator[Job]:
        with self._server.stream(self._job_id, self._patience()) as opened:
            if opened.status == 204:
                yield self._state()[0]
                return
            if opened.status != 200 or not opened.headers.get("content-type", "").startswith("text/event-stream"):
                raise StreamRefused
            told = False
            try:
                for frame in frames(opened.piece, deadline=self._deadline, first_within=FIRST_EVENT_SECONDS):
                    told = True
                    if job := self._after(frame):
                        yield job
            except NotReachable as error:
                if not told and isinstance(error.__cause__, TimeoutError):
                    raise StreamRefused from None
                raise
            if not told:
                raise StreamRefused

    def _polled(self) -> Iterator[Job]:
        while True:
            job, seconds = self._state()
            yield job
            self._sleep(seconds)

    def _after(self, frame: Frame) -> Job | None:
        """The job as it is after an event. The explanation of a job that waits changes without one."""
        if frame.event == "reconnect":
            return None
        if frame.event == "state":
            return read(Job, _object(frame))
        if frame.event == "progress" and self._last is not None:
            told = read(_Progress, _object(frame))
            if told.progress < self._last.progress:
                return None  # what happened before the state was read; another run begins with another event
            raw = {**self._last.raw, "progress": told.progress, "stage": told.stage or None}
            return replace(self._last, progress=told.progress, stage=told.stage or None, raw=raw)
        return self._state()[0]

    def _state(self) -> tuple[Job, float]:
        return self._server.state(self._job_id, self._patience())

    # --- Time -----------------------------------------------------------------------------------
    def _wait_for_server(self, error: Throttled | Unavailable) -> None:
        """Raises the error where the server has been away for too long."""
        now = time.monotonic()
        self._away_since = now if self._away_since is None else self._away_since
        if self._deadline is None and now - self._away_since > PATIENCE_SECONDS:
            raise error
        if self._on_outage is not None and isinstance(error, Unavailable):
            self._on_outage(error)
        self._failures += 1
        self._sleep(min(backoff(self._failures), AWAY_SECONDS) if error.retry_after is None else error.retry_after)

    def _patience(self) -> float:
        """Seconds that one call may take. Raises TimeIsUp."""
        left = self._left()
        return self._call_timeout if left is None else min(self._call_timeout, left)

    def _sleep(self, seconds: float) -> None:
        left = self._left()
        time.sleep(seconds if left is None else min(seconds, left))

    def _left(self) -> float | None:
        if self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeIsUp
        return left


def _object(frame: Frame) -> dict[str, object]:
    try:
        told = json.loads(frame.data)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise UnexpectedAnswer(f"The server's event {frame.event!r} is no JSON object.")
    return told
