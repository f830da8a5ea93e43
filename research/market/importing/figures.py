"""Reported figures: a CSV file, or the companyfacts JSON of the SEC as it is.

CSV: `symbol,tag,unit,start,end,value,form,filed,accession`. start is empty for what holds at one moment;
form may be empty; where accession is, the file's name stands for it.
"""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import IO, Any

from providers.errors import ProviderError
from providers.sec import ReportedFact, cik_of, facts_in

from ...models import Security
from ..concepts import FLOWS, TAGS
from .csv_rows import Table
from .rows import FigureRow, RejectedRow, WrongFile, day_of, fitting, number_of, symbol_of, text_of

VALUE_DIGITS = 24
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


def is_company_facts(start: bytes) -> bool:
    return start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")


def company_facts_rows(
    file: IO[bytes], on_problem: Callable[[int, str], None], *, tenant_id: str
) -> Iterator[FigureRow]:
    """Of every share of that registrant, the tags that are read. Lines count the facts. Raises WrongFile."""
    document = _document(file)
    shares = _shares_of(document, tenant_id)
    for line, fact in enumerate(facts_in(document, tags=TAGS), 1):
        try:
            yield from (row_of(fact, symbol, line) for symbol in shares)
        except RejectedRow as problem:
            on_problem(line, str(problem))


def row_of(fact: ReportedFact, symbol: str, line: int) -> FigureRow:
    """Raises RejectedRow."""
    if fact.start and fact.start > fact.end:
        raise RejectedRow(f"{fact.tag}: its period ends before it begins")
    return FigureRow(
        line=line,
        symbol=symbol,
        tag=fact.tag,
        unit=text_of(fact.unit, "unit", most=30, needed=True),
        start=fact.start,
        end=fact.end,
        value=fitting(fact.value, fact.tag, digits=VALUE_DIGITS),
        form=fact.form[:20],
        filed_on=fact.filed_on,
        accession=fact.accession[:30],
    )


def _document(file: IO[bytes]) -> dict[str, Any]:
    try:
        document = json.loads(file.read(), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise WrongFile(f"The file is no JSON: {error}.") from None
    if not isinstance(document, dict) or not isinstance(document.get("facts"), dict):
        raise WrongFile("The file is no companyfacts document of the SEC: it needs cik and facts.")
    return document


def _shares_of(document: dict[str, Any], tenant_id: str) -> list[str]:
    try:
        cik = cik_of(document.get("cik") or "")
    except ProviderError:
        raise WrongFile("The file is no companyfacts document of the SEC: its cik is no number.") from None
    found = list(Security.objects.filter(tenant_id=tenant_id, cik=cik).values_list("symbol", flat=True))
    if not found:
        raise WrongFile(f"No security has the CIK {cik}. Import it as a security with this number first.")
    return found
