"""Reading ahead: the same filings and complaints in the reader's own thread, and no thread left behind."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from providers.ucc import Action, FilingRecord, Reading, RowProblem, SourceLabel
from providers.ucc.ahead import read_ahead


def filing(number: int) -> FilingRecord:
    word = str(number)
    return FilingRecord(
        state="TX", original_file_number=word, file_number=word, action=Action.INITIAL, source=SourceLabel.FILE
    )


def threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name == "filings ahead"]


def test_filings_come_in_their_order_and_what_is_said_comes_in_the_callers_thread() -> None:
    heard: list[tuple[str, threading.Thread]] = []

    def read(reading: Reading) -> Iterator[FilingRecord]:
        reading.remark("a column is not used")
        for number in range(5000):
            if number % 1000 == 0:
                reading.reject(RowProblem(file="f", line=number, reason="odd"))
                reading.advance(number / 5000)
            yield filing(number)

    reading = Reading(
        on_problem=lambda problem: heard.append((str(problem.line), threading.current_thread())),
        on_remark=lambda remark: heard.append((remark, threading.current_thread())),
    )

    numbers = [int(one.file_number) for one in read_ahead(read, reading)]

    assert numbers == list(range(5000))
    assert [words for words, _ in heard] == ["a column is not used", "0", "1000", "2000", "3000", "4000"]
    assert {thread for _, thread in heard} == {threading.current_thread()}
    assert (reading.rejected, reading.share, threads()) == (5, 0.8, [])


def test_an_error_comes_after_the_filings_before_it() -> None:
    def read(_: Reading) -> Iterator[FilingRecord]:
        yield filing(1)
        raise EOFError("cut off")

    records = read_ahead(read, Reading())

    assert next(records).file_number == "1"
    with pytest.raises(EOFError, match="cut off"):
        next(records)
    assert threads() == []


def test_the_thread_ends_when_nobody_wants_the_rest() -> None:
    def read(_: Reading) -> Iterator[FilingRecord]:
        number = 0
        while True:
            yield filing(number)
            number += 1

    records = read_ahead(read, Reading())
    next(records)
    assert threads()

    with closing(records):
        pass

    assert threads() == []


def test_whoever_reads_may_stop_where_no_row_is_usable() -> None:
    class Stopped(Exception):
        pass

    def stop(_: float) -> None:
        raise Stopped

    def read(reading: Reading) -> Iterator[FilingRecord]:
        for _ in range(10**9):
            reading.advance(0.1)
        yield filing(0)

    with pytest.raises(Stopped):
        next(read_ahead(read, Reading(on_advance=stop)))
    assert threads() == []
