"""The Retry-After header, as servers and exceptions give it."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


def retry_after_seconds(given: Any, *, now: datetime) -> float | None:
    """Seconds from a Retry-After value: a number of seconds or an HTTP date; None where unusable."""
    if given is None:
        return None
    try:
        seconds = float(given)
    except OverflowError:
        return None
    except (TypeError, ValueError):
        try:
            when = parsedate_to_datetime(str(given))
        except (TypeError, ValueError, OverflowError):
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - now).total_seconds()
    return min(max(seconds, 0.0), 86_400.0) if seconds == seconds else None
