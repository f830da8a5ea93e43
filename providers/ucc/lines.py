"""Lines of a byte stream, numbered, bounded in length, and takeable a second time."""

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

#: A longer line is cut here and its rest skipped, so that a file without line ends cannot fill memory.
MAX_LINE_BYTES = 1 << 18


class Lines:
    """Iterates over text lines. `number` is that of the line handed out last, counted from 1.

    Bytes that are no UTF-8 become lone surrogates, which the checks of single values refuse: so one
    bad byte costs one row and not the file.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.number = 0
        self._stream = stream
        self._returned: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._returned:
            line = self._returned.popleft()
        else:
            raw = self._stream.readline(MAX_LINE_BYTES)
            if not raw:
                raise StopIteration
            if len(raw) == MAX_LINE_BYTES and not raw.endswith(b"\n"):
                self._skip_rest()
            line = raw.decode("utf-8", "surrogateescape")
        self.number += 1
        return line

    def give_back(self, lines: list[str]) -> None:
        """Hand these out again, in this order: the last ones that were handed out."""
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)

    def _skip_rest(self) -> None:
        while True:
            rest = self._stream.readline(MAX_LINE_BYTES)
            if not rest or rest.endswith(b"\n"):
                return
