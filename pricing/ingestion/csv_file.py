"""Files of index values: `series_code,as_of_date,value,unit,currency,version_tag,published_at,source`.

Read line by line: memory does not grow with the file. A row that cannot be used is reported and left out.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import IO

from prospects.transfers.cells import unguarded

from ..calculation.numbers import parsed
from ..models.base import CODE, CURRENCY
from .rows import ValueRow, canonical_tag, iso_day, iso_moment
from .storing import SeriesNote

COLUMNS = ("series_code", "as_of_date", "value", "unit", "currency", "version_tag", "published_at", "source")
REQUIRED = ("series_code", "as_of_date", "value", "version_tag")
TAGS = ("preliminary", "final", "revised")
#: Texts whose reading is remembered; a file names few days and moments, many times.
MOST_REMEMBERED = 50_000
LONGEST_UNIT, LONGEST_SOURCE = 40, 50

_CODE, _CURRENCY = re.compile(CODE), re.compile(CURRENCY)
_SIMPLE_VALUE = re.compile(r"-?\d{1,12}(\.\d{1,8})?", re.ASCII)


class WrongFile(ValueError):
    """The file as a whole cannot be read. The message says why and what to do."""

    error_class = "VALIDATION_ERROR"
    code = "wrong_file"


class RejectedRow(ValueError):
    """One row cannot be used."""


class ValueFile:
    """notes: what the rows said of each series, once they are read. known: what is stored of a series already."""

    def __init__(
        self,
        file: IO[str],
        *,
        on_problem: Callable[[int, str], None],
        known: Mapping[str, SeriesNote],
    ) -> None:
        self._reader = csv.reader(file, strict=True)
        self._on_problem = on_problem
        self._known = known
        self._days: dict[str, str] = {}
        self._moments: dict[str, str] = {"": ""}
        self._tags: dict[str, str] = {}
        self._pick: Callable[[list[str]], Sequence[str]] = tuple
        #: By code, the unit, currency and source of the last row that was right.
        self._alike: dict[str, tuple[str, str, str]] = {}
        self.notes: dict[str, SeriesNote] = {}
        self.rows = 0

    def __iter__(self) -> Iterator[ValueRow]:
        """Raises WrongFile where the file is no CSV in UTF-8 with the columns above."""
        try:
            places = self._places()
            self._pick = _picker(places)
            for line in self._reader:
                if not line:
                    continue
                self.rows += 1
                try:
                    yield self._row(line, places)
                except RejectedRow as problem:
                    self._on_problem(self._reader.line_num, str(problem))
        except UnicodeDecodeError:
            raise WrongFile("The file is not UTF-8; save it as CSV in UTF-8.") from None
        except csv.Error as error:
            raise WrongFile(f"Line {self._reader.line_num} is no CSV: {error}.") from None

    def _places(self) -> list[int | None]:
        """Where in a line each of COLUMNS stands; None for one that the file leaves out."""
        names = [name.strip().lower() for name in next(self._reader, [])]
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            raise WrongFile(f"The first line must name the columns; {', '.join(missing)} is missing.")
        if len(set(names)) < len(names):
            raise WrongFile("The first line names a column twice; leave one of them out.")
        unknown = [name for name in names if name not in COLUMNS]
        if unknown:
            raise WrongFile(f"The first line names {', '.join(unknown)}; the columns are {', '.join(COLUMNS)}.")
        return [names.index(name) if name in names else None for name in COLUMNS]

    def _row(self, line: list[str], places: list[int | None]) -> ValueRow:
        return self._known_row(line) or self._checked_row(line, places)

    def _known_row(self, line: list[str]) -> ValueRow | None:
        """A row whose words were all checked in rows before, as nearly all are; None for any other."""
        try:
            code, day, value, unit, currency, tag, published, source = self._pick(line)
        except IndexError:
            return None
        read_day, read_tag, read_at = self._days.get(day), self._tags.get(tag), self._moments.get(published)
        if (
            read_day is None
            or read_tag is None
            or read_at is None
            or self._alike.get(code) != (unit, currency, source)
            or not _SIMPLE_VALUE.fullmatch(value)
        ):
            return None
        return ValueRow(self._reader.line_num, code, read_day, read_tag, value, read_at, source or "csv")

    def _checked_row(self, line: list[str], places: list[int | None]) -> ValueRow:
        fields = ["" if at is None or at >= len(line) else line[at].strip() for at in places]
        code, day, value, unit, currency, tag, published, source = fields
        # As exports write texts that a spreadsheet would run.
        if unit[:1] == "'" or source[:1] == "'":
            unit, source = unguarded(unit), unguarded(source)
        if not _CODE.match(code):
            raise RejectedRow("series_code must be letters, digits and _ . : - , beginning with a letter or digit")
        told, tag = tag, canonical_tag(tag.lower())
        if tag not in TAGS:
            raise RejectedRow("version_tag must be prelim, final or revised")
        if len(source) > LONGEST_SOURCE or "\x00" in source:
            raise RejectedRow(f"source must be a text of at most {LONGEST_SOURCE} characters")
        row = ValueRow(
            line=self._reader.line_num,
            series=code,
            day=self._days.get(day) or self._day(day),
            version=tag,
            value=value if _SIMPLE_VALUE.fullmatch(value) else _value(value),
            published_at=self._moments[published] if published in self._moments else self._moment(published),
            source=source or "csv",
        )
        self._check_note(code, unit, currency)
        # Words as they stand in a line without blanks around them.
        self._tags[told] = tag
        self._alike[code] = (fields[3], fields[4], source)
        return row

    def _day(self, text: str) -> str:
        try:
            day = iso_day(text)
        except ValueError:
            raise RejectedRow("as_of_date must be an ISO date such as 2026-01-31") from None
        _remember(self._days, text, day)
        return day

    def _moment(self, text: str) -> str:
        try:
            moment = iso_moment(text)
        except ValueError:
            raise RejectedRow("published_at must be an ISO time such as 2026-01-31T14:30:00Z, or empty") from None
        _remember(self._moments, text, moment)
        return moment

    def _check_note(self, code: str, unit: str, currency: str) -> None:
        note = self.notes.get(code)
        if note is None:
            if len(unit) > LONGEST_UNIT or "\x00" in unit:
                raise RejectedRow(f"unit must be a text of at most {LONGEST_UNIT} characters")
            if not _CURRENCY.fullmatch(currency):
                raise RejectedRow("currency must be three capitals such as USD, or empty")
            note = self._known.get(code) or SeriesNote(unit=unit, currency=currency)
            self.notes[code] = note
        if unit and unit != note.unit and note.unit:
            raise RejectedRow(f"unit is {note.unit} for {code}; values in another unit need another series_code")
        if currency and currency != note.currency and note.currency:
            raise RejectedRow(f"currency is {note.currency} for {code}; another one needs another series_code")


def _value(text: str) -> str:
    try:
        return format(parsed(text), "f")
    except ValueError as error:
        raise RejectedRow(f"value {error}") from None


def _picker(places: list[int | None]) -> Callable[[list[str]], Sequence[str]]:
    """Takes the fields out of a line, as it stands. Raises IndexError for a line that is too short."""
    given = [at for at in places if at is not None]
    if len(given) == len(places):
        return itemgetter(*given)
    return lambda line: ["" if at is None else line[at] for at in places]


def _remember(memory: dict[str, str], text: str, value: str) -> None:
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
        memory[""] = ""
    memory[text] = value
