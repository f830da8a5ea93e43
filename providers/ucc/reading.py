"""The interface of a UCC source, and what a source tells while it is being read."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from .records import FilingRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class RowProblem:
    """A row that was left out. `line` counts from 1 and is where the row begins."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.reason}"


def _ignore(_: object) -> None:
    return None


class Reading:
    """One pass through a source: the rows left out, remarks, and how far it has come."""

    def __init__(
        self,
        *,
        on_problem: Callable[[RowProblem], None] = _ignore,
        on_remark: Callable[[str], None] = _ignore,
        on_advance: Callable[[float], None] = _ignore,
        on_wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rejected = 0
        #: How much of the source has been read, from 0.0 to 1.0.
        self.share = 0.0
        #: Files that are read, by the names that records give in `told_in`; known before the first record.
        self.files: set[str] = set()
        self._on_problem = on_problem
        self._on_remark = on_remark
        self._on_advance = on_advance
        self._on_wait = on_wait

    def reject(self, problem: RowProblem) -> None:
        self.rejected += 1
        self._on_problem(problem)

    def advance(self, share: float) -> None:
        """Called often, also while nothing is delivered: whoever reads may stop here by raising."""
        self.share = share
        self._on_advance(share)

    def remark(self, text: str) -> None:
        self._on_remark(text)

    def wait(self, seconds: float) -> None:
        """A pause that the source asked for; whoever reads may stop here by raising."""
        self._on_wait(seconds)


class UccSource(Protocol):
    @property
    def label(self) -> str:
        """Where its filings come from, such as `file`; each of them carries a label of its own."""
        ...

    def read(self, state: str, start: date | None, end: date | None, *, reading: Reading) -> Iterator[FilingRecord]:
        """The state's filings, filed from `start` to `end` where given, in an order that stays the same.

        Streams: memory does not grow with the source. Rows that cannot be used go to `reading`.
        Raises UccError when the source as a whole cannot be used.
        """
        ...


def in_range(filed_on: date | None, start: date | None, end: date | None) -> bool:
    """Whether a filing is asked for. One without a date is, unless the range has a bound."""
    if filed_on is None:
        return start is None and end is None
    return (start is None or filed_on >= start) and (end is None or filed_on <= end)
