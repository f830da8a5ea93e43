"""What a source answered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from ..errors import BadPayload

#: Characters of an answer that an error repeats.
SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A complete answer. `headers` are in lower case; `fetched_at` is when the source gave it.

    on_bad: called when the answer turns out to be none, so that it is not kept.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    fetched_at: datetime
    from_cache: bool = False
    provider: str
    label: str
    on_bad: Callable[[], None] | None = field(default=None, repr=False, compare=False)

    def json(self) -> Any:
        """The parsed body; numbers with a point become Decimal. Raises BadPayload."""
        try:
            return json.loads(self.content, parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise self.bad("it is no JSON") from None

    def text(self) -> str:
        """The body as text, by the charset it names, else UTF-8; what cannot be read becomes U+FFFD."""
        _, _, charset = self.headers.get("content-type", "").partition("charset=")
        try:
            return self.content.decode(charset.split(";")[0].strip(" \"'") or "utf-8", errors="replace")
        except LookupError:
            return self.content.decode("utf-8", errors="replace")

    def bad(self, why: str) -> BadPayload:
        """The error to raise for an answer that is not as documented; `why` ends the sentence.

        A success that holds no answer would else be repeated from the cache for as long as it may be kept.
        """
        if self.on_bad:
            self.on_bad()
        shown = excerpt(self.text())
        return BadPayload(
            f"{self.label} answered something else than it documents: {why}."
            + (f" It begins: {shown}" if shown else " It is empty."),
            provider=self.provider,
            status=self.status,
            body=shown,
        )


def excerpt(text: str, most: int = SHOWN) -> str:
    """The beginning of a text as one printable line."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: most * 4]).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
