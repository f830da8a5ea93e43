"""CSV and XLSX files as rows of texts, within bounds that no file can talk its way out of."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from defusedxml.common import DefusedXmlException

from .errors import BadFile

MOST_ROWS = 100_000
#: Of a sheet, whose rows take twenty times as long to read: some seconds for ten thousand.
MOST_SHEET_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000
#: What an XLSX file, which is a zip, may grow to when it is unpacked, and by how much.
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_RATIO = 200
MOST_PARTS = 2_000
#: Bytes that are looked at to tell the separator of a CSV file.
SNIFFED = 65_536
SEPARATORS = ",;\t|"


@dataclass(frozen=True, kw_only=True)
class Row:
    """`number` as a spreadsheet counts: the header is row 1. Cells are texts without blanks around them."""

    number: int
    cells: list[str]


def read(content: bytes, file_name: str) -> Iterator[Row]:
    """The header and every row that is not empty. Raises BadFile, also late where the fault lies deep."""
    if not content:
        raise BadFile("The file is empty.")
    is_sheet = content.startswith(b"PK\x03\x04")
    rows = _xlsx(content) if is_sheet else _csv(content, file_name)
    most = MOST_SHEET_ROWS if is_sheet else MOST_ROWS
    number_read = 0
    for number, cells in enumerate(rows, start=1):
        if not any(cells):
            continue
        if len(cells) > MOST_COLUMNS:
            raise BadFile(
                f"Row {number} has {len(cells)} columns; {MOST_COLUMNS} are allowed. Remove those not needed."
            )
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise BadFile(f"Row {number} has a cell of more than {LONGEST_CELL:,} characters. Shorten it.")
        number_read += 1
        if number_read > most + 1:
            remedy = "Save it as CSV, or split it into parts." if is_sheet else "Split it into parts."
            raise BadFile(f"The file has more than {most:,} rows. {remedy}")
        yield Row(number=number, cells=cells)


# --- CSV --------------------------------------------------------------------------------------------
def _csv(content: bytes, file_name: str) -> Iterator[list[str]]:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFile("This is an old Excel file (.xls). Save it as .xlsx or CSV, then upload that.")
    text = _decoded(content)
    if "\x00" in text:
        raise BadFile(f"{file_name} is no text. Save the list as CSV or XLSX, then upload that.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text[:SNIFFED]), strict=True)
    try:
        for cells in reader:
            yield [cell.strip() for cell in cells]
    except csv.Error as error:
        raise BadFile(f"Line {reader.line_num} is no CSV: {error}. Check its quotation marks.") from None


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("The file's characters cannot be read. Save it as CSV in UTF-8, then upload that.")


def _separator(head: str) -> str:
    """The separator that the first line has most of, outside quotation marks."""
    line = next((line for line in head.splitlines() if line.strip()), "")
    bare = "".join(line.split('"')[::2])
    best = max(SEPARATORS, key=bare.count)
    return best if bare.count(best) else ","


# --- XLSX -------------------------------------------------------------------------------------------
def _xlsx(content: bytes) -> Iterator[list[str]]:
    # Loaded for the first spreadsheet: every process would start slower for what few of them read.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _check_zip(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile, DefusedXmlException) as error:
        raise BadFile(f"The file cannot be opened as XLSX: {error}. Save it again, or as CSV.") from None
    try:
        if not book.worksheets:
            raise BadFile("The file has no sheet with cells.")
        sheet: Any = book.worksheets[0]
        # What a sheet claims about its size may be wrong, and then rows would be cut.
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
            yield _trimmed([_text(cell) for cell in cells])
    except (ValueError, KeyError, zipfile.BadZipFile, DefusedXmlException, SyntaxError) as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(f"The file breaks off: {error}. Save it again, or as CSV.") from None
    finally:
        book.close()


def _check_zip(content: bytes) -> None:
    """Refuse what would fill memory when it is unpacked, before anything is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile as error:
        raise BadFile(f"The file is no XLSX: {error}. Save it again, or as CSV.") from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES or unpacked > MOST_RATIO * max(len(content), 10_000):
        raise BadFile("The file would grow too large when unpacked. Save the list alone, as CSV.")


def _trimmed(cells: list[str]) -> list[str]:
    """Sheets that were once wider have empty cells at the end of every row."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(Decimal(repr(cell)))
    return str(cell).strip()
