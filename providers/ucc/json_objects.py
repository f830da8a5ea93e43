"""Objects of a JSON file, one after the other in bounded memory, each with the line it begins on.

Reads one object per line, an array of objects, and an object that holds one array of objects. A
broken object costs itself; reading goes on with the next one.
"""

import codecs
import json
import re
from typing import Any, BinaryIO

from .errors import BadRow

_CHUNK = 1 << 16
#: An object that is not complete within this many characters is given up.
MAX_OBJECT = 1 << 18
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*")
_WRAPPED = re.compile(r'[\s\ufeff]*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*(?=\[)')
_NEXT_OBJECT = re.compile(r"\n\s*(?=\{)|\}\s*,\s*(?=\{)")


class JsonObjects:
    """`next_object()` until it returns None; `line` is where the object handed out last begins."""

    def __init__(self, stream: BinaryIO) -> None:
        self.line = 1
        self._line = 1
        self._stream = stream
        # Bad bytes become lone surrogates, which the checks of single values refuse: one row, not the file.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._scan = json.JSONDecoder().raw_decode
        self._buffer = ""
        self._at = 0
        self._is_wrapped = False
        self._is_at_end = False
        self._read_more()
        if wrapper := _WRAPPED.match(self._buffer):
            self._is_wrapped = True
            self._advance(wrapper.end())

    def next_object(self) -> dict[str, Any] | None:
        """Raises BadRow for what is no object, after moving on to where the next one seems to begin."""
        self._skip_between()
        self.line = self._line
        if self._at == len(self._buffer):
            return None
        if self._is_wrapped and self._buffer.startswith("}", self._at):
            self._advance(len(self._buffer))
            return None
        while True:
            try:
                found, end = self._scan(self._buffer, self._at)
                break
            except (ValueError, RecursionError) as error:
                # An object cut off by the end of the buffer looks like a broken one: read on first.
                if len(self._buffer) - self._at >= MAX_OBJECT or not self._read_more():
                    self._resume()
                    raise BadRow(f"is not valid JSON ({type(error).__name__}); left out") from None
        self._advance(end)
        if not isinstance(found, dict):
            raise BadRow("is not a JSON object")
        return found

    def _skip_between(self) -> None:
        while True:
            if between := _BETWEEN.match(self._buffer, self._at):
                self._advance(between.end())
            if self._at < len(self._buffer) or not self._read_more():
                return

    def _resume(self) -> None:
        found = _NEXT_OBJECT.search(self._buffer, self._at + 1)
        self._advance(found.end() if found else len(self._buffer))

    def _advance(self, to: int) -> None:
        self._line += self._buffer.count("\n", self._at, to)
        self._at = to

    def _read_more(self) -> bool:
        """Append a chunk to what is not consumed yet. False at the end of the file."""
        if self._is_at_end:
            return False
        raw = self._stream.read(_CHUNK)
        self._is_at_end = not raw
        self._buffer = self._buffer[self._at :] + self._decoder.decode(raw, final=self._is_at_end)
        self._at = 0
        return True
