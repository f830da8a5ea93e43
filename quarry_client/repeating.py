"""Whether a call that went wrong may be made again, and after how long: arithmetic, no clock."""

from .errors import NotReachable, QuarryError, QuotaExceeded, Throttled, Unavailable

#: The waits between attempts double from the first to the longest.
FIRST_SECONDS = 0.25
LONGEST_SECONDS = 8.0
#: Answers after which the same request may succeed: too slow, a gateway, down for now, a gateway's time limit.
_PASSING = frozenset({408, 502, 503, 504})


def wait_before_repeating(error: QuarryError, *, attempt: int, repeatable: bool, left: float) -> float | None:
    """Seconds to wait before the call is made again; None where it must not be, or there is no time.

    repeatable: whether making the call twice does the same as once. attempt: from 0. left: seconds for all of it.
    """
    if not _worth_it(error, repeatable):
        return None
    asked = getattr(error, "retry_after", None)
    wait = backoff(attempt) if asked is None else float(asked)
    return wait if wait <= left else None


def backoff(attempt: int) -> float:
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempt, 20))


def _worth_it(error: QuarryError, repeatable: bool) -> bool:
    if isinstance(error, QuotaExceeded):
        return False
    if isinstance(error, Throttled):
        return True  # refused before anything was done
    if isinstance(error, NotReachable):
        return repeatable or not error.sent
    return isinstance(error, Unavailable) and repeatable and error.status in _PASSING
