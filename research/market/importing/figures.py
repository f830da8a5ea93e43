"""Files of reported figures.

`symbol,tag,unit,start,end,value,form,filed,accession`. start is empty for what holds at one moment;
form may be empty; where accession is, the file's name stands for it.
"""

from collections.abc import Callable, Iterator
from typing import IO

from ..concepts import FLOWS
from .csv_rows import Table
from .rows import VALUE_DIGITS, FigureRow, RejectedRow, day_of, number_of, symbol_of, text_of

_COLUMNS = {
    "symbol": ("symbol", "ticker"),
    "tag": ("tag", "concept"),
    "unit": ("unit", "uom"),
    "start": ("start", "startdate"),
    "end": ("end", "enddate"),
    "value": ("value", "val"),
    "form": ("form",),
    "filed": ("filed", "filedon", "filingdate"),
    "accession": ("accession", "accn"),
}
_REQUIRED = ("symbol", "tag", "unit", "end", "value", "filed")


def figure_rows(file: IO[bytes], on_problem: Callable[[int, str], None], *, file_name: str) -> Iterator[FigureRow]:
    """Rows that can be used; the others are told to on_problem by line. Raises WrongFile."""
    for line, cell in Table(file, _COLUMNS, _REQUIRED):
        try:
            yield _row(line, cell, file_name)
        except RejectedRow as problem:
            on_problem(line, str(problem))


def _row(line: int, cell: Callable[[str], str], file_name: str) -> FigureRow:
    tag = text_of(cell("tag").rpartition(":")[2], "tag", most=150, needed=True)
    start = day_of(cell("start"), "start") if cell("start") else None
    end = day_of(cell("end"), "end")
    if start is None and tag in FLOWS:
        raise RejectedRow(f"start is empty, and {tag} is the sum of a period: give its first day")
    if start and start > end:
        raise RejectedRow(f"start {start} is after end {end}")
    return FigureRow(
        line=line,
        symbol=symbol_of(cell("symbol")),
        tag=tag,
        unit=text_of(cell("unit"), "unit", most=30, needed=True),
        start=start,
        end=end,
        value=number_of(cell("value"), "value", digits=VALUE_DIGITS),
        form=text_of(cell("form"), "form", most=20),
        filed_on=day_of(cell("filed"), "filed"),
        accession=text_of(cell("accession"), "accession", most=30) or file_name[-30:],
    )
