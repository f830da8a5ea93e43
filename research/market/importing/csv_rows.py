"""CSV files line by line: memory does not grow with them."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO

from .rows import WrongFile

_SEPARATORS = (",", ";", "\t")


class Table:
    """The rows of a CSV file by the names of their columns.

    names: column by its spellings in headers, in small letters and without punctuation; the first one that
    the file has wins. Others are ignored.
    """

    def __init__(self, file: IO[bytes], names: Mapping[str, Sequence[str]], required: Sequence[str]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._names, self._required = names, required

    def __iter__(self) -> Iterator[tuple[int, Callable[[str], str]]]:
        """(line, the cell of a column by its name). Raises WrongFile."""
        line = 1
        try:
            first = self._text.readline(100_000)
            places = self._places(first, next(csv.reader([first], delimiter=_separator(first)), []))
            reader = csv.reader(self._text, delimiter=_separator(first), strict=True)
            for cells in reader:
                line = reader.line_num + 1
                if any(cells):
                    yield line, _cell_of(cells, places)
        except UnicodeDecodeError:
            raise WrongFile("The file is not UTF-8; save it as CSV in UTF-8.") from None
        except csv.Error as error:
            raise WrongFile(f"After line {line} the file is no CSV: {error}.") from None
        finally:
            # The file is the caller's to close.
            self._text.detach()

    def _places(self, line: str, header: Sequence[str]) -> dict[str, int]:
        told = ["".join(char for char in name.lower() if char.isalnum()) for name in header]
        places = {
            name: told.index(spelling)
            for name, spellings in self._names.items()
            for spelling in list(spellings)[::-1]
            if spelling in told
        }
        missing = [name for name in self._required if name not in places]
        if missing:
            seen = " ".join(line.split())[:80]
            raise WrongFile(
                f"The first line must name the columns {', '.join(self._required)}; "
                f"{', '.join(missing)} is missing. It begins with {seen!r}."
            )
        return places


def _separator(line: str) -> str:
    return max(_SEPARATORS, key=line.count)


def _cell_of(cells: Sequence[str], places: Mapping[str, int]) -> Callable[[str], str]:
    def cell(name: str) -> str:
        at = places.get(name)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    return cell
