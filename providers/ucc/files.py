"""The `files` source: what a user dropped into the inbox, each file read by what it contains."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

from .ahead import read_ahead
from .csv_file import read_csv
from .errors import UnreadableFile
from .florida import FloridaLayout, looks_like_florida, read_florida
from .iaca_xml import looks_like_xml, read_iaca_xml
from .inbox import FORMATS, OpenFile, StateFolder, readable
from .reading import Reading, RowProblem, in_range
from .records import FilingRecord, SourceLabel
from .texas import TexasLayout, looks_like_json, read_texas

#: A file whose name begins so holds made-up examples, and its rows are labelled as such.
SAMPLE_PREFIX = "sample-"


class FilesSource:
    """Reads `<inbox>/<STATE>/*` in the order of the names; of two accounts of a filing the later counts."""

    label = SourceLabel.FILE

    def __init__(self, inbox: Path, texas: TexasLayout, florida: FloridaLayout | None = None) -> None:
        self._inbox = inbox
        self._texas = texas
        self._florida = florida or FloridaLayout()

    def read(self, state: str, start: date | None, end: date | None, *, reading: Reading) -> Iterator[FilingRecord]:
        with closing(StateFolder(self._inbox, state)) as folder:
            names = self._usable(folder, reading)
            reading.files.update(f"{state}/{name}" for name in names)
            # All headers before the first row: a bad second file must not be found after an hour.
            for name in names:
                with folder.open(name) as file, readable(file):
                    self.importer(file, state, Reading())
            for position, name in enumerate(names):
                of_file = _FileReading(reading, position, len(names))
                with folder.open(name) as file, readable(file):
                    read = partial(self.importer, file, state)
                    yield from _in_range(read_ahead(read, of_file), start, end, file, of_file)

    def _usable(self, folder: StateFolder, reading: Reading) -> list[str]:
        names = []
        for name in folder.names():
            refusal = folder.refusal(name)
            if refusal:
                reading.remark(f"{name} {refusal}")
            else:
                names.append(name)
        if not names:
            raise folder.nothing("no file lies in the folder")
        return names

    def importer(self, file: OpenFile, state: str, reading: Reading) -> Iterator[FilingRecord]:
        """The filings of one file, by what it contains. Raises UnreadableFile."""
        name = file.name.rpartition("/")[2]
        label = SourceLabel.SAMPLE if name.startswith(SAMPLE_PREFIX) else SourceLabel.FILE
        head = file.stream.peek(4096)[:4096]
        if looks_like_json(head):
            return read_texas(file, state=state, label=label, reading=reading, layout=self._texas)
        if looks_like_xml(head):
            return read_iaca_xml(file, state=state, label=label, reading=reading)
        if looks_like_florida(head):
            return read_florida(file, state=state, label=label, reading=reading, layout=self._florida)
        if b"\x00" in head.partition(b"\n")[0] or head[:4] in (b"PK\x03\x04", b"%PDF"):
            raise UnreadableFile(file=file.name, line=1, problem="is of no known format", remedy=f"Drop in {FORMATS}")
        return read_csv(file, state=state, label=label, reading=reading)


class _FileReading(Reading):
    """One file's part of the whole reading."""

    def __init__(self, whole: Reading, position: int, count: int) -> None:
        self.first_problem: RowProblem | None = None
        self._whole = whole
        self._position = position
        self._count = count
        super().__init__(on_problem=whole.reject, on_remark=whole.remark)

    def reject(self, problem: RowProblem) -> None:
        self.first_problem = self.first_problem or problem
        super().reject(problem)

    def advance(self, share: float) -> None:
        self._whole.advance((self._position + share) / self._count)


def _in_range(
    records: Iterator[FilingRecord], start: date | None, end: date | None, file: OpenFile, reading: _FileReading
) -> Iterator[FilingRecord]:
    usable = undated = 0
    for record in records:
        usable += 1
        if in_range(record.filed_on, start, end):
            yield record
        elif record.filed_on is None:
            undated += 1
    if undated:
        reading.remark(f"{file.name}: {undated} filings say no filing date and were left out of the date range")
    if not usable:
        first = reading.first_problem
        raise UnreadableFile(
            file=file.name,
            line=first.line if first else 1,
            problem=f"no row can be used; the first one: {first.reason}" if first else "the file holds no row",
            remedy=f"Mend the file or drop in another one ({FORMATS})",
        )
