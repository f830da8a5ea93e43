"""JSON as Postgres takes it."""

import json
import re
from typing import Any

# An escaped NUL, and not the six characters of its escape, which a text may well contain.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def plain(value: Any) -> Any:
    """A copy of nothing but JSON's own types: what others change or cannot pickle stays behind. Raises as json_text."""
    return None if value is None else json.loads(json_text(value))


def json_text(value: Any) -> str:
    """JSON that Postgres takes. Raises TypeError or ValueError for what it cannot hold."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if "\\u0000" in text and _NUL.search(text):
        raise ValueError("a text with a NUL character cannot be stored")
    # A lone surrogate passes json.dumps and fails only in the database driver.
    text.encode()
    return text
