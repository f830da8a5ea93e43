"""What is asked of a source and what came back, without the library that carries it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus


@dataclass(frozen=True, kw_only=True)
class Raw:
    """What came back. `headers` are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request. `parts` are `headers` and `json` as httpx takes them."""

    method: str
    url: str
    key: str = field(repr=False)
    params: list[tuple[str, Any]] = field(repr=False)
    auth: tuple[str, str] | None = field(repr=False)
    parts: dict[str, Any] = field(repr=False)


def redacted(text: str, key: str) -> str:
    """The text without the key, however an address writes it."""
    if not key:
        return text
    for form in sorted({key, quote(key), quote(key, safe=""), quote_plus(key)}, key=len, reverse=True):
        text = text.replace(form, "***")
    return text
