"""CSV for spreadsheets, a piece at a time, that runs nothing when it is opened."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

#: What a spreadsheet takes for a formula. An apostrophe before it makes it text; imports take that off again.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
#: Rows of one piece.
PIECE = 500


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with a mark at its beginning, by which Excel knows."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([cell(name) for name in header])
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % PIECE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def csv_download(file_name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """`csv_pieces` as a file to save. The rows are read while it goes out."""
    answer = StreamingHttpResponse(csv_pieces(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


def cell(value: Any) -> str:
    """A value as a cell: numbers stay numbers, texts that would run get an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return cell(", ".join(str(one) for one in value))
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
