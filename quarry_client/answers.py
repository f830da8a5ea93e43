"""From HTTP answers to values and errors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    QuarryError,
    QuotaExceeded,
    Throttled,
    TooLarge,
    Unavailable,
    UnexpectedAnswer,
)
from .reading import read
from .values import Quota

_BY_STATUS: Mapping[int, type[QuarryError]] = {
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """headers: their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> float | None:
        """Seconds, where the server names a whole number of them."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isascii() and text.isdigit() else None

    @property
    def request_id(self) -> str | None:
        return self.headers.get("x-request-id")

    def json(self) -> Any:
        """Raises UnexpectedAnswer for what is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            kind = self.headers.get("content-type", "nothing")
            raise UnexpectedAnswer(
                f"The server answered {self.status} with {kind}, not with JSON. Is this the address of a Quarry?",
                status=self.status,
            ) from None


def checked(answer: Answer) -> Answer:
    """The answer, if the server did what was asked. Raises the error that it tells of."""
    if 200 <= answer.status < 300:
        return answer
    raise error_of(answer)


def error_of(answer: Answer) -> QuarryError:
    if 300 <= answer.status < 400:
        # Followed, the token could end up with somebody else.
        there = answer.headers.get("location", "another place")
        return UnexpectedAnswer(
            f"The server sends us to {there[:200]}, which is not followed. Give the address that it really has.",
            status=answer.status,
        )
    try:
        body = answer.json()
        told = body["error"]
        message, code = str(told["message"]), str(told["code"])
    except (UnexpectedAnswer, LookupError, TypeError):
        return _untold(answer)
    return _told(answer, body, message, code)


def _told(answer: Answer, body: Mapping[str, Any], message: str, code: str) -> QuarryError:
    about: dict[str, Any] = {"status": answer.status, "code": code, "request_id": answer.request_id}
    if answer.status == 429 and "quota" in body:
        return QuotaExceeded(message, quota=read(Quota, body["quota"]), retry_after=answer.retry_after, **about)
    if answer.status == 429:
        return Throttled(message, retry_after=answer.retry_after, **about)
    if answer.status >= 500 or answer.status == 408:
        shown = f"{message} (request {answer.request_id})" if answer.request_id and answer.status == 500 else message
        return Unavailable(shown, retry_after=answer.retry_after, **about)
    if kind := _BY_STATUS.get(answer.status):
        return kind(message, **about)
    if answer.status == 400:
        fields = body["error"].get("fields")
        return InvalidInput(message, fields=fields if isinstance(fields, Mapping) else None, **about)
    return QuarryError(message, **about)


def _untold(answer: Answer) -> QuarryError:
    """An answer of somebody in between, such as a proxy before a server that is down."""
    if answer.status == 429:
        return Throttled("Too many requests; try again later.", status=429, retry_after=answer.retry_after)
    if answer.status >= 500:
        message = f"The server answered {answer.status}; it, or what stands before it, is not ready."
        return Unavailable(message, status=answer.status, retry_after=answer.retry_after)
    return UnexpectedAnswer(
        f"The server answered {answer.status} in a way that Quarry does not. Is this the address of a Quarry?",
        status=answer.status,
    )
