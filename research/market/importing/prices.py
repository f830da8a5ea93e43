"""Files of prices as Stooq and Yahoo write them: `Date,Open,High,Low,Close,Volume`, with `Adj Close` at Yahoo.

One file per share, named after it, or all in one with a column Symbol. An adjusted price is preferred.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import PurePath
from typing import IO

from .csv_rows import Table
from .rows import NOTHINGS, PriceRow, RejectedRow, WrongFile, day_of, number_of, symbol_of

_COLUMNS = {
    "symbol": ("symbol", "ticker"),
    "date": ("date",),
    "close": ("adjclose", "adjustedclose", "close"),
    "volume": ("volume", "vol"),
}
#: What Stooq answers, with status 200, where it has no prices to give.
_REFUSALS = ("no data", "exceeded the daily hits limit", "<!doctype", "<html")
#: Endings that Stooq gives its files and tickers.
_STOOQ = re.compile(r"([._]US)?(_[DWM])?$")


def price_rows(
    file: IO[bytes], on_problem: Callable[[int, str], None], *, file_name: str, symbol: str = "", today: date
) -> Iterator[PriceRow]:
    """Rows that can be used; the others are told to on_problem by line. Raises WrongFile.

    symbol: of all rows; where it is empty and the file has no such column, the file's name says it.
    """
    start = file.read(200)
    _refuse_answers(start)
    file.seek(0)
    named = symbol or _symbol_of_name(file_name)
    for line, cell in Table(file, _COLUMNS, ("date", "close")):
        try:
            yield _row(line, cell, named, today)
        except RejectedRow as problem:
            on_problem(line, str(problem))


def _refuse_answers(start: bytes) -> None:
    told = start.decode("utf-8", errors="replace").lstrip("\ufeff \r\n").lower()
    if told.startswith(_REFUSALS):
        raise WrongFile(f"This is no table of prices but the answer of a server: {' '.join(told.split())[:80]!r}.")


def _symbol_of_name(file_name: str) -> str:
    return _STOOQ.sub("", PurePath(file_name).stem.upper())


def _row(line: int, cell: Callable[[str], str], named: str, today: date) -> PriceRow:
    told = cell("symbol").upper().removesuffix(".US")
    close = number_of(cell("close"), "the closing price", digits=14)
    if close <= 0:
        raise RejectedRow("the closing price must be greater than 0")
    day = day_of(cell("date"), "date")
    if day > today:
        raise RejectedRow(f"date {day} is still to come")
    return PriceRow(line=line, symbol=symbol_of(told or named), date=day, close=close, volume=_volume(cell("volume")))


def _volume(text: str) -> int | None:
    """None where it is not told; Stooq writes parts of shares after splits."""
    if text.strip().lower() in NOTHINGS:
        return None
    found = number_of(text, "volume", digits=18)
    if found < 0:
        raise RejectedRow("volume must not be less than 0")
    return int(found.to_integral_value(rounding="ROUND_HALF_UP"))
