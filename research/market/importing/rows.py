"""One row of each kind, checked, as it is stored; and why a row or a file is not."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.\-^=/]{0,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
#: Of a figure, before the point: with the six places after it no more than a Decimal keeps exactly.
VALUE_DIGITS = 21
#: What files write where they have no number.
NOTHINGS = frozenset({"", "null", "n/a", "nan", "-", "none"})


class WrongFile(ValueError):
    """The file as a whole cannot be read. The message says why and what to do."""

    error_class = "VALIDATION_ERROR"
    code = "wrong_file"


class RejectedRow(ValueError):
    """One row cannot be used; the message says which column and why."""


class SecurityRow(NamedTuple):
    """line: where it stood in the file, from 1. Empty texts are not known."""

    line: int
    symbol: str
    name: str
    cik: str
    sic: str
    sector: str
    sub_sector: str
    currency: str


class FigureRow(NamedTuple):
    """start: None for what holds at one moment."""

    line: int
    symbol: str
    tag: str
    unit: str
    start: date | None
    end: date
    value: Decimal
    form: str
    filed_on: date
    accession: str


class PriceRow(NamedTuple):
    line: int
    symbol: str
    date: date
    close: Decimal
    volume: int | None


def symbol_of(text: str) -> str:
    """In capitals. Raises RejectedRow."""
    found = text.strip().upper()
    if not found:
        raise RejectedRow("symbol is empty")
    if not _SYMBOL.fullmatch(found):
        raise RejectedRow(f"symbol must be a ticker of up to 20 letters, digits, dots or hyphens, not {text[:30]!r}")
    return found


def day_of(text: str, column: str) -> date:
    """2026-01-31 or 20260131. Raises RejectedRow."""
    match = _DAY.fullmatch(text.strip())
    try:
        if match:
            return date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    raise RejectedRow(f"{column} must be a date such as 2026-01-31, not {text[:30]!r}")


def number_of(text: str, column: str, *, digits: int) -> Decimal:
    """digits: at most so many before the point; six are kept after it. Raises RejectedRow."""
    plain = text.strip()
    if plain.lower() in NOTHINGS:
        raise RejectedRow(f"{column} is empty")
    try:
        found = Decimal(plain) if _NUMBER.fullmatch(plain) else None
    except InvalidOperation:
        found = None
    if found is None:
        raise RejectedRow(f"{column} must be a number such as 1234.5, without thousands separators, not {plain[:30]!r}")
    return fitting(found, column, digits=digits)


def fitting(number: Decimal, column: str, *, digits: int) -> Decimal:
    """Rounded to the six places that are kept. Raises RejectedRow for what has too many digits before the point."""
    if number and number.adjusted() >= digits:
        raise RejectedRow(f"{column} must have at most {digits} digits before the point")
    return number.quantize(Decimal("0.000001"))


def text_of(text: str, column: str, *, most: int, needed: bool = False) -> str:
    """One line. Raises RejectedRow."""
    line = " ".join(text.split())
    if needed and not line:
        raise RejectedRow(f"{column} is empty")
    if len(line) > most:
        raise RejectedRow(f"{column} must have at most {most} characters")
    if "\x00" in line:
        raise RejectedRow(f"{column} holds the character NUL")
    return line
