"""Which error a source's status means."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ..catalogue import KeyUse, Source
from ..errors import AuthError, NotFound, ProviderError, RateLimited, Rejected, Transient
from .answer import excerpt

#: Seconds to stay away from a source that says 429 and not for how long.
UNSAID_PAUSE = 60.0
LONGEST_PAUSE = 86_400.0


def error_for(source: Source, status: int, headers: dict[str, str], said: str) -> ProviderError | None:
    """The error for an answer's status; None for success. said: printable, and without our key."""
    if 200 <= status < 300:
        return None
    kind, sentence = _meaning(source, status)
    wait = retry_after(headers.get("retry-after", ""), now=datetime.now(UTC))
    if kind is RateLimited and wait is None:
        wait = UNSAID_PAUSE
    message = f"{source.label} {sentence} ({status})." + (f" It says: {excerpt(said)}" if said else "")
    return kind(message, provider=source.name, status=status, retry_after=wait, body=said)


def _meaning(source: Source, status: int) -> tuple[type[ProviderError], str]:
    if status == 429:
        return RateLimited, "asks for a pause; the job goes on after it"
    if status in {401, 402, 403}:
        return AuthError, _about_key(source)
    if status in {404, 410}:
        return NotFound, "does not know what was asked for"
    if status in {408, 425} or status >= 500:
        return Transient, "failed within; try again later"
    return Rejected, "calls the request wrong"


def _about_key(source: Source) -> str:
    if source.key is KeyUse.NONE:
        return "refuses the request"
    return f"refuses the key or what it may do; check {source.prefix}_API_KEY"


def retry_after(given: str, *, now: datetime) -> float | None:
    """Seconds from a Retry-After header: a number of seconds or an HTTP date; None where unusable."""
    try:
        seconds = float(given)
    except ValueError:
        try:
            when = parsedate_to_datetime(given)
        except (TypeError, ValueError):
            return None
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_PAUSE) if seconds == seconds else None
