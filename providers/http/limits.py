"""May this call go out? Limits and circuits that all workers of all hosts share, decided by Postgres.

A call gets a place in time: now, or up to PROVIDER_LIMIT_WAIT seconds ahead in the order of asking. It
waits for its place, and asks again before it goes: meanwhile the source may have asked for a
pause, or this process may have stood still and missed its place.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from ..catalogue import Limit, Source
from ..errors import CircuitOpen, NotFound, ProviderError, RateLimited, Transient
from .database import ask, refuse_transaction

logger = logging.getLogger("quarry.providers")

#: Seconds from a place in time to the request's arrival that do not count. Windows are longer by as much,
#: so that no window of the source's clock ever sees more than the limit.
SLACK_SECONDS = 0.1
#: Seconds that a call whose connection came late may wait again, at least.
SECOND_WAIT_SECONDS = 2.0
#: Seconds between looks for a free place where calls are made one after another.
LOOK_SECONDS = 0.1
#: Seconds that a call may be over its time before it counts as gone.
LEASE_MARGIN_SECONDS = 5
#: Longest sleep: a thread that is told to stop notices between two.
NAP_SECONDS = 0.25

_ADMIT = """
SELECT verdict, wait_seconds, start_id FROM providers_admit(
    %(source)s, %(count)s, %(window)s, %(slack)s, %(at_once)s, %(wait)s, %(lease)s, %(open)s, %(start)s)
"""
_SETTLE = """
SELECT providers_settle(%(source)s, %(start)s, %(outcome)s, %(code)s, %(error)s, %(pause)s, %(threshold)s)
"""


class Call:
    """A call that may go out. Whoever makes it says how it ended; unsaid, it counts as dropped."""

    def __init__(self, source: Source, turn: "_Turn") -> None:
        self.source = source
        self.outcome = "dropped"
        self.error: ProviderError | None = None
        self._turn = turn

    @property
    def place(self) -> int | None:
        return self._turn.place

    def about_to_send(self) -> float:
        """Call it right before the request's first byte: connecting may have taken longer than the place lasts.

        Returns the seconds that this took. Raises as `admitted` does.
        """
        begun = time.monotonic()
        self._turn.wait_again()
        return time.monotonic() - begun

    def ended(self, error: ProviderError | None) -> None:
        """error: what the answer means, or why there is none; None for a success."""
        self.error = error
        if error is None or isinstance(error, NotFound):
            self.outcome = "answered"
        elif isinstance(error, Transient) and not self.source.any_host:
            self.outcome = "failed"
        else:
            # Where every user names another host, one that is down says nothing of the others.
            self.outcome = "refused"

    @property
    def pause_seconds(self) -> float | None:
        """How long the source asked everybody to stay away."""
        asked = isinstance(self.error, RateLimited) and not self.source.any_host
        return self.error.retry_after if self.error and asked else None


@contextmanager
def admitted(
    source: Source, limit: Limit | None, *, longest_seconds: float | None = None, wait_seconds: float | None = None
) -> Iterator[Call]:
    """Wait for a place, then run the block as the call. Raises RateLimited or CircuitOpen instead of waiting long.

    wait_seconds: at most for a place, PROVIDER_LIMIT_WAIT unless said.
    longest_seconds: that the call may take, PROVIDER_TOTAL_TIMEOUT unless said. Beyond it, it counts as gone, and
    somebody else may take its place or try an open circuit.
    """
    refuse_transaction()
    longest = settings.PROVIDER_TOTAL_TIMEOUT if longest_seconds is None else longest_seconds
    most = settings.PROVIDER_LIMIT_WAIT if wait_seconds is None else wait_seconds
    turn = _Turn(source=source, limit=limit, longest_seconds=longest, deadline=time.monotonic() + most)
    call = Call(source, turn)
    try:
        turn.wait()
        yield call
    finally:
        if turn.place is not None:
            _settle(call)


def pause(source: Source, seconds: float) -> None:
    """Nobody calls the source for so long: it said so in its own words."""
    _tell(source, place=None, outcome="noted", error=None, pause_seconds=seconds)


@dataclass(kw_only=True)
class _Turn:
    """One caller's way to its place in time."""

    source: Source
    limit: Limit | None
    longest_seconds: float
    #: By the monotonic clock.
    deadline: float
    place: int | None = None
    confirmed_at: float = 0.0

    def wait(self) -> None:
        """Returns when the place's time has come."""
        while True:
            self.confirmed_at = time.monotonic()
            wait = self._ask()
            # A machine on which that always takes too long goes at last.
            if wait == 0 and (self._is_fresh() or time.monotonic() > self.deadline):
                return
            _nap(wait)

    def wait_again(self) -> None:
        """Returns at once if little time has passed since."""
        if not self._is_fresh():
            self.deadline = max(self.deadline, time.monotonic() + SECOND_WAIT_SECONDS)
            self.wait()

    def _is_fresh(self) -> bool:
        """Whether the place still is what Postgres said a moment ago."""
        return self.limit is None or time.monotonic() - self.confirmed_at < SLACK_SECONDS

    def _ask(self) -> float:
        """Seconds to wait before asking again; 0 where the call may go."""
        left = max(0.0, self.deadline - time.monotonic())
        verdict, wait, self.place = ask(_ADMIT, self._parameters(left))
        if verdict == "go":
            return float(wait)
        if verdict == "busy" and left > 0:
            return min(LOOK_SECONDS, left)
        raise _refusal(self.source, self.limit, verdict, float(wait))

    def _parameters(self, left: float) -> dict[str, object]:
        return {
            "source": self.source.budget,
            "count": self.limit.count if self.limit else None,
            "window": timedelta(seconds=self.limit.seconds) if self.limit else None,
            "slack": timedelta(seconds=SLACK_SECONDS),
            "at_once": self.source.at_once if self.limit else None,
            "wait": timedelta(seconds=left),
            "lease": timedelta(seconds=self.longest_seconds + LEASE_MARGIN_SECONDS),
            "open": timedelta(seconds=settings.PROVIDER_CIRCUIT_SECONDS),
            "start": self.place,
        }


def _refusal(source: Source, limit: Limit | None, verdict: str, wait: float) -> ProviderError:
    said = f"try again in {wait:.0f} s"
    if verdict == "open":
        message = f"{source.label} failed several times in a row and is left alone; {said}."
        return CircuitOpen(message, provider=source.name, retry_after=wait)
    if verdict == "paused":
        message = f"{source.label} asked for a pause; {said}."
    elif verdict == "busy":
        message = f"{source.label} takes {source.at_once} call at once and has one; {said}."
    else:
        message = (
            f"The limit of {source.label}, {limit} (calls/seconds), is used up; {said} or raise {source.prefix}_LIMIT."
        )
    return RateLimited(message, provider=source.name, retry_after=wait)


def _nap(seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, NAP_SECONDS))


def _settle(call: Call) -> None:
    _tell(call.source, place=call.place, outcome=call.outcome, error=call.error, pause_seconds=call.pause_seconds)


def _tell(
    source: Source, *, place: int | None, outcome: str, error: ProviderError | None, pause_seconds: float | None
) -> None:
    told = {
        "source": source.budget,
        "start": place,
        "outcome": outcome,
        "code": error.code if error else "",
        "error": str(error) if error else "",
        "pause": None if pause_seconds is None else timedelta(seconds=pause_seconds),
        "threshold": settings.PROVIDER_CIRCUIT_FAILURES,
    }
    try:
        ask(_SETTLE, told)
    except (DatabaseError, InterfaceError) as failed:
        # The answer is worth more than the note about it; places and trials that are not given back run out.
        logger.warning("How a call of %s ended could not be noted: %s", source.label, failed)
