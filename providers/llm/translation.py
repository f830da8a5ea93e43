"""The errors of both model libraries as errors of providers: one place decides what waiting can help.

Both libraries name the parts alike: `status_code`, `response.headers`, `body`. An error after the answer
has begun comes with status 200; then its body says what it is. A connection that dies then comes through
as what their HTTP library raises.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from ..errors import AuthError, ProviderError, RateLimited, Rejected, Transient
from ..http.statuses import retry_after

#: Words for kinds of error, as both protocols use them in bodies, and the status each one stands for.
_STATUS_OF = {
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "overloaded_error": 529,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "invalid_request_error": 400,
    "request_too_large": 413,
}


@contextmanager
def translated(provider: str, *, secret: str, library_errors: tuple[type[Exception], ...]) -> Iterator[None]:
    """Raise what the library raises as an error of providers, without the key that a message may repeat."""
    try:
        yield
    except library_errors as error:
        raise _as_provider_error(error, provider, secret) from None


def stream_error(provider: str, body: Any, *, secret: str) -> ProviderError:
    """The error that a piece of a stream holds instead of text."""
    return _by_status(_status_in(body) or 500, provider, _words(body, secret), {})


def _as_provider_error(error: Exception, provider: str, secret: str) -> ProviderError:
    body = getattr(error, "body", None)
    status = getattr(error, "status_code", None)
    message = _words(body, secret) or _without(str(error), secret)
    if status is None and _status_in(body) is None:
        return Transient(f"The model at {provider} could not be reached: {message}.", provider=provider)
    headers = getattr(getattr(error, "response", None), "headers", {})
    if status is None or status < 400:
        status = _status_in(body) or 500
    return _by_status(status, provider, message, headers)


def _by_status(status: int, provider: str, message: str, headers: Mapping[str, str]) -> ProviderError:
    said = f"{provider} answered {status}: {message or 'no reason given'}."
    if status == 429:
        return RateLimited(said, provider=provider, retry_after=_retry_after(headers))
    if status in (408, 409) or status >= 500:
        return Transient(said, provider=provider)
    if status in (401, 402, 403):
        return AuthError(f"{said} Check the key, its rights and its credit.", provider=provider)
    if status == 404:
        said = f"{said} Check the name of the model and the base URL."
    return Rejected(said, provider=provider, status=status)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; the milliseconds that one of the protocols knows are more exact."""
    given = headers.get("retry-after", "")
    with suppress(ValueError):
        given = str(float(headers.get("retry-after-ms", "")) / 1000)
    return retry_after(given, now=datetime.now(UTC))


def _error_part(body: Any) -> Mapping[str, Any]:
    inner = body.get("error", body) if isinstance(body, Mapping) else {}
    return inner if isinstance(inner, Mapping) else {"message": str(inner)}


def _status_in(body: Any) -> int | None:
    part = _error_part(body)
    for word in (str(part.get("code")), str(part.get("type"))):
        if word.isdecimal() and 400 <= int(word) <= 599:
            return int(word)
        if word in _STATUS_OF:
            return _STATUS_OF[word]
    return None


def _words(body: Any, secret: str) -> str:
    part = _error_part(body)
    detail = part.get("metadata", {}).get("raw", "") if isinstance(part.get("metadata"), Mapping) else ""
    words = " ".join(str(text) for text in (part.get("message"), detail) if text)
    return _without(words, secret)[:500].rstrip(".")


def _without(text: str, secret: str) -> str:
    return text.replace(secret, "[key]") if secret else text
