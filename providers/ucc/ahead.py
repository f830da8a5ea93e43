"""Reading a file a little ahead of whoever stores it, in a thread of its own.

Parsing costs about as much as storing, and storing mostly waits for PostgreSQL; together they need hardly
more time than the slower of the two.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from queue import Empty, Full, Queue

from .reading import Reading, RowProblem
from .records import FilingRecord

#: Filings that are handed over together: enough that waiting for each other costs nothing.
_TOGETHER = 250
#: Of them, how many may lie ready. Bounds the memory.
_READY = 8
#: A file may go on for long without a usable row; it is said this often how far it has come.
_ADVANCES = 32
#: How soon a side notices that the other has stopped.
_LOOK_SECONDS = 0.5


@dataclass
class _Portion:
    """What was read since the portion before. `error` is set on the last one if the reading failed."""

    records: list[FilingRecord] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    share: float = 0.0
    is_last: bool = False
    error: BaseException | None = None


class _Stopped(Exception):
    """Nobody wants the rest."""


def read_ahead(
    read: Callable[[Reading], Iterator[FilingRecord]], reading: Reading
) -> Generator[FilingRecord, None, None]:
    """The records of `read`, in their order; what they raise and what they say comes out in the caller's thread.

    read: called in the other thread with a Reading of its own. It must neither wait nor use the database.
    When this generator is closed, or the caller raises in `reading`, the other thread has ended.
    """
    portions: Queue[_Portion] = Queue(_READY)
    reader = _Reader(read, portions)
    reader.start()
    try:
        while True:
            portion = _next(portions, reading)
            for remark in portion.remarks:
                reading.remark(remark)
            for problem in portion.problems:
                reading.reject(problem)
            reading.advance(portion.share)
            yield from portion.records
            if portion.error:
                raise portion.error
            if portion.is_last:
                return
    finally:
        reader.stop()


def _next(portions: "Queue[_Portion]", reading: Reading) -> _Portion:
    while True:
        try:
            return portions.get(timeout=_LOOK_SECONDS)
        except Empty:
            reading.advance(reading.share)


class _Reader(threading.Thread):
    def __init__(self, read: Callable[[Reading], Iterator[FilingRecord]], portions: "Queue[_Portion]") -> None:
        super().__init__(name="filings ahead", daemon=True)
        self._read = read
        self._portions = portions
        self._wanted = True
        self._portion = _Portion()
        self._advances = 0

    def run(self) -> None:
        try:
            self._deliver()
        except _Stopped:
            return
        except BaseException as error:  # noqa: BLE001  raised again where the records are taken
            self._portion.error = error
        self._portion.is_last = True
        try:
            self._hand_over()
        except _Stopped:
            return

    def stop(self) -> None:
        self._wanted = False
        self.join()

    def _deliver(self) -> None:
        reading = Reading(on_problem=self._problem, on_remark=self._remark, on_advance=self._advance)
        for record in self._read(reading):
            self._portion.records.append(record)
            if len(self._portion.records) >= _TOGETHER:
                self._hand_over()

    def _problem(self, problem: RowProblem) -> None:
        self._portion.problems.append(problem)

    def _remark(self, remark: str) -> None:
        self._portion.remarks.append(remark)

    def _advance(self, share: float) -> None:
        self._portion.share = share
        self._advances += 1
        if self._advances >= _ADVANCES:
            self._hand_over()

    def _hand_over(self) -> None:
        while self._wanted:
            try:
                self._portions.put(self._portion, timeout=_LOOK_SECONDS)
            except Full:
                continue
            self._portion = _Portion(share=self._portion.share)
            self._advances = 0
            return
        raise _Stopped
