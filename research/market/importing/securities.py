"""Files of securities: `symbol,name,cik,sic,sector,sub_sector,currency`."""

from collections.abc import Callable, Iterator
from typing import IO

from .csv_rows import Table
from .rows import RejectedRow, SecurityRow, symbol_of, text_of

_COLUMNS = {
    "symbol": ("symbol", "ticker"),
    "name": ("name", "company", "companyname"),
    "cik": ("cik", "cikstr"),
    "sic": ("sic", "siccode"),
    "sector": ("sector",),
    "sub_sector": ("subsector", "industry"),
    "currency": ("currency",),
}
_REQUIRED = ("symbol", "name", "sector", "sub_sector")


def security_rows(file: IO[bytes], on_problem: Callable[[int, str], None]) -> Iterator[SecurityRow]:
    """Rows that can be used; the others are told to on_problem by line. Raises WrongFile."""
    for line, cell in Table(file, _COLUMNS, _REQUIRED):
        try:
            yield _row(line, cell)
        except RejectedRow as problem:
            on_problem(line, str(problem))


def _row(line: int, cell: Callable[[str], str]) -> SecurityRow:
    return SecurityRow(
        line=line,
        symbol=symbol_of(cell("symbol")),
        name=text_of(cell("name"), "name", most=300, needed=True),
        cik=_digits(cell("cik").upper().removeprefix("CIK"), "cik", most=10, fill=10),
        sic=_digits(cell("sic"), "sic", most=4, fill=4),
        sector=text_of(cell("sector"), "sector", most=100, needed=True),
        sub_sector=text_of(cell("sub_sector"), "sub_sector", most=150, needed=True),
        currency=_currency(cell("currency")),
    )


def _digits(text: str, column: str, *, most: int, fill: int) -> str:
    if not text:
        return ""
    if not (text.isascii() and text.isdigit() and len(text) <= most):
        raise RejectedRow(f"{column} must be up to {most} digits, not {text[:30]!r}")
    return text.zfill(fill)


def _currency(text: str) -> str:
    found = text.upper()
    if found and not (len(found) == 3 and found.isascii() and found.isalpha()):
        raise RejectedRow(f"currency must be three letters such as USD, not {text[:30]!r}")
    return found
