"""What all verbs of the client rest on: an endpoint called, and its answer read."""

from collections.abc import Mapping
from typing import Any, TypeVar

from .answers import Answer
from .endpoints import Endpoint
from .errors import UnexpectedAnswer
from .reading import read
from .transport import Body, Request, Transport

T = TypeVar("T")


class Calls:
    _transport: Transport

    def _get(self, endpoint: Endpoint[T], *, query: Mapping[str, Any] | None = None, **parts: str) -> T:
        return self._read(endpoint, self._send(endpoint, parts, query=query))

    def _list(self, endpoint: Endpoint[T], *, query: Mapping[str, Any] | None = None) -> tuple[T, ...]:
        found = self._send(endpoint, {}, query=query).json()
        if not isinstance(found, list):
            raise UnexpectedAnswer("The server's answer does not fit: it is no list.")
        return tuple(read(endpoint.answer, item) for item in found)

    def _do(
        self,
        endpoint: Endpoint[T],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        repeatable: bool = False,
        **parts: str,
    ) -> T:
        return self._read(endpoint, self._send(endpoint, parts, query=query, body=body, repeatable=repeatable))

    def _read(self, endpoint: Endpoint[T], answer: Answer) -> T:
        return read(endpoint.answer, answer.json())

    def _send(
        self,
        endpoint: Endpoint[Any],
        parts: Mapping[str, str],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | Body | None = None,
        repeatable: bool = False,
    ) -> Answer:
        return self._transport.send(request_to(endpoint, parts, query=query, body=body, repeatable=repeatable))


def request_to(
    endpoint: Endpoint[Any],
    parts: Mapping[str, str],
    *,
    query: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | Body | None = None,
    repeatable: bool = False,
) -> Request:
    """parts: what the path names. Parameters and keys that are None are left out. GET is always repeatable.

    Raises LookupError for a name that the endpoint does not declare: a mistake in this package.
    """
    if isinstance(body, Mapping):
        body = {name: value for name, value in body.items() if value is not None}
        if unknown := set(body) - endpoint.body:
            raise LookupError(f"{endpoint.method} {endpoint.path} declares no {', '.join(sorted(unknown))}")
        body = Body.of(body)
    texts = {name: _text(value) for name, value in (query or {}).items() if value is not None}
    if unknown := set(texts) - endpoint.query:
        raise LookupError(f"{endpoint.method} {endpoint.path} declares no {', '.join(sorted(unknown))}")
    return Request(
        method=endpoint.method,
        path=endpoint.at(parts),
        query=texts,
        body=body,
        repeatable=repeatable or endpoint.method == "GET",
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
