"""CSV records of a file, with the line each begins on; a broken one costs itself and nothing else."""

import csv
from collections.abc import Iterator

from .errors import BadRow
from .inbox import OpenFile
from .lines import Lines


class _Taken:
    """Hands lines to the CSV reader and remembers those of the current record."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.of_record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.of_record.append(line)
        return line


class CsvRows:
    """CSV records with the line each begins on. A record that fails costs its first line only.

    So a forgotten quotation mark, which swallows the lines after it, loses one row and not all.
    """

    def __init__(self, file: OpenFile) -> None:
        self._lines = Lines(file.stream)
        self._taken = _Taken(self._lines)
        self._reader = csv.reader(self._taken, strict=True)
        self.line = 0

    def next_row(self) -> list[str] | None:
        """The next record that is not blank; None at the end. Raises BadRow."""
        while True:
            self._taken.of_record.clear()
            self.line = self._lines.number + 1
            try:
                row = next(self._reader)
            except StopIteration:
                return None
            except csv.Error as error:
                self.resume_after_first_line()
                raise BadRow(f"cannot be read as CSV ({error}); is a quotation mark missing?") from None
            if row:
                return row

    def resume_after_first_line(self) -> None:
        self._lines.give_back(self._taken.of_record[1:])
        self._taken.of_record.clear()
