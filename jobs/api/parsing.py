"""Request bodies: JSON whatever the content type says, and only JSON that can be stored.

What Postgres or Python would choke on later (NUL, half surrogate pairs, infinities, numbers of
thousands of digits, nesting without end) is refused here, where the caller still learns why.
"""

import json
import re
from collections.abc import Iterable
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser

from .problems import BadJson, TooLarge

DEEPEST = 64
LONGEST_INTEGER = 300

_LONG_DIGITS = re.compile(rb"[0-9]{%d}" % LONGEST_INTEGER)
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_STRING = re.compile(rb'"[^"]*"')
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))


class StrictJSONParser(BaseParser):
    """Parses any body as one JSON object; plain command-line clients send JSON as a form."""

    media_type = "*/*"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        request = (parser_context or {}).get("request")
        limit = settings.MAX_JOB_PAYLOAD_BYTES
        if request is not None and _declared_length(request.META.get("CONTENT_LENGTH")) > limit:
            raise TooLarge(limit)
        try:
            body = stream.read(limit + 1)
        except ValueError:
            # The server closes the body of a caller who has gone, which is no fault of ours to be logged as one.
            raise BadJson("The connection was closed before the body had been read.") from None
        if len(body) > limit:
            raise TooLarge(limit)
        return strict_object(body)


def _declared_length(header: str | None) -> int:
    try:
        return int(header or 0)
    except ValueError:
        return 0


def strict_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, verbatim. Raises BadJson with the sentence for the caller."""
    value = strict_json(body)
    if not isinstance(value, dict):
        raise BadJson("The body must be a JSON object, such as {}.")
    return value


def strict_json(body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(f"The body is not UTF-8: byte {error.start} cannot be decoded.") from None
    _check_depth(body)
    hooks: dict[str, Any] = {"parse_int": _integer} if _LONG_DIGITS.search(body) else {}
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, **hooks)
    except json.JSONDecodeError as error:
        raise BadJson(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    if b"\\u" in body:
        _check_texts(value)
    return value


def _check_depth(body: bytes) -> None:
    """Refuse nesting deeper than DEEPEST before anything recurses into it.

    With texts taken out, each pass removes the innermost pairs: as many passes as there are levels.
    Kinds of bracket are not told apart; the parser does that.
    """
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    if b"\\" in body:
        body = _ESCAPE.sub(b"", body)
    brackets = _STRING.sub(b"", body.translate(None, _NOT_STRUCTURE)).translate(_BRACKETS)
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise BadJson(f"The body is nested deeper than {DEEPEST} levels, or its brackets do not match.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise BadJson(f"The key {shortened(key)!r} is given twice in one object; give it once.")
            seen.add(key)
    return found


def _constant(word: str) -> NoReturn:
    raise BadJson(f"{word} is not a JSON number.")


def _float(digits: str) -> float:
    value = float(digits)
    if value - value != 0:
        raise BadJson(f"The number {shortened(digits)} is too large.")
    return value


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > LONGEST_INTEGER:
        raise BadJson(f"A whole number has more than {LONGEST_INTEGER} digits.")
    return int(digits)


def _check_texts(value: Any) -> None:
    """Refuse what only an escape can bring in: NUL and half of a surrogate pair."""
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise BadJson("A text holds the character NUL (\\u0000), which cannot be stored.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadJson("A text holds half of a surrogate pair (\\ud800 to \\udfff), which is no character.") from None


def shortened(text: str, most: int = 60) -> str:
    """For an error message: a caller's own words, never pages of them."""
    clean = text.encode("utf-8", "replace").decode()
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def storable(texts: Iterable[str]) -> bool:
    """Whether Postgres can hold each of the texts."""
    return not any("\x00" in text for text in texts)
