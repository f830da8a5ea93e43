"""Importer of Florida's federal tax liens: fixed-width lines, a file each of filings, debtors, secured parties, events.

Source: Florida Department of State, data downloads, federal lien registration: lines of 82 (filings), 206 (debtors),
206 (secured parties) and 320 characters (events). Only these lengths are verified, and that the same office writes
dates as MMDDYYYY in its corporation files. **The places of the fields below are not verified**: no definition was at
hand. They are data, and `FloridaLayout` replaces them; docs/ucc-csv.md says how. A date of either order of its parts is
understood, and a line whose places hold something else is left out and named, so wrong places show at once.

A filing's parts lie in different files. Each file is read on its own, and what it says is added to the filing.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from .errors import BadRow, UnreadableFile
from .fields import MAX_ADDRESS, MAX_NAME, MAX_NUMBER, compact_date, party_name, required, shown, text
from .inbox import OpenFile
from .lines import Lines
from .reading import Reading, RowProblem
from .records import Action, FilingRecord, LienStatus, PartyKind, PartyRecord, PartyRole, SourceLabel, merged_neighbours

LIEN_TYPE = "federal_tax_lien"
#: Kind of file by the length of its lines; of the two kinds of 206 characters the file's name tells which.
LENGTHS = {82: "filing", 206: "party", 320: "event"}
ROLES_BY_NAME = {"deb": PartyRole.DEBTOR, "flrd": PartyRole.DEBTOR, "sec": PartyRole.SECURED, "flrs": PartyRole.SECURED}
#: First and last character of each field, counted from 1. Not verified.
PLACES = {
    "filing.number": "1-12",
    "filing.filed_on": "13-20",
    "filing.status": "31-31",
    "filing.lapses_on": "49-56",
    "party.number": "1-12",
    "party.kind": "18-18",
    "party.name": "19-73",
    "party.street": "74-117",
    "party.city": "162-189",
    "party.region": "190-191",
    "party.postal_code": "192-200",
    "party.country": "201-202",
    "event.original_number": "1-12",
    "event.number": "13-24",
    "event.filed_on": "25-32",
    "event.words": "33-72",
}
STATUSES = {"A": LienStatus.ACTIVE, "L": LienStatus.LAPSED, "I": LienStatus.LAPSED, "C": LienStatus.TERMINATED}
_REMEDY = "Name the places of the fields in UCC_FLORIDA_PLACES, see docs/ucc-csv.md"


@dataclass(frozen=True, kw_only=True)
class FloridaLayout:
    """places: first and last character by field, such as {"party.name": "19-73"}; they replace those of PLACES."""

    places: Mapping[str, str] = field(default_factory=dict)

    def slices(self) -> dict[str, slice]:
        """Raises ValueError for a field that is none or a place that is no range."""
        unknown = sorted(set(self.places) - set(PLACES))
        if unknown:
            raise ValueError(f"{unknown[0]} is none of {', '.join(PLACES)}")
        return {name: _range(name, place) for name, place in {**PLACES, **self.places}.items()}


def _range(name: str, place: str) -> slice:
    first, _, last = place.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last)):
        raise ValueError(f"{name}: {place!r} is not of the form 13-20")
    return slice(int(first) - 1, int(last))


def looks_like_florida(head: bytes) -> bool:
    """Whether a file's first line has one of the lengths and a document number in front, as no header of a CSV has."""
    line, end, _ = head.partition(b"\n")
    line = line.removesuffix(b"\r")
    number = line[:12].strip()
    return bool(end) and len(line) in LENGTHS and number.isalnum() and any(48 <= code <= 57 for code in number)


def read_florida(
    file: OpenFile, *, state: str, label: SourceLabel, reading: Reading, layout: FloridaLayout
) -> Iterator[FilingRecord]:
    """Check name and layout at once, then stream. Raises UnreadableFile."""
    if state != "FL":
        raise UnreadableFile(
            file=file.name, line=1, problem="is a file of Florida's tax liens", remedy="Move it into the folder FL"
        )
    try:
        places = layout.slices()
    except ValueError as error:
        raise UnreadableFile(file=file.name, line=1, problem=str(error), remedy=_REMEDY) from None
    head = file.stream.peek(4096)[:4096].partition(b"\n")[0].removesuffix(b"\r")
    read = _reader(file, LENGTHS[len(head)], places, label)
    return merged_neighbours(_filings(file, len(head), read, reading))


def _reader(
    file: OpenFile, kind: str, places: Mapping[str, slice], label: SourceLabel
) -> Callable[[str], FilingRecord]:
    def read(line: str) -> FilingRecord:
        cells = {name.partition(".")[2]: line[place] for name, place in places.items() if name.startswith(f"{kind}.")}
        if kind == "filing":
            return _filing(cells, label)
        return _event(cells, label) if kind == "event" else _with_party(cells, role, label)

    role = PartyRole.DEBTOR
    if kind == "party":
        name = file.name.rpartition("/")[2].lower()
        roles = {role for part, role in ROLES_BY_NAME.items() if part in name}
        if len(roles) != 1:
            raise UnreadableFile(
                file=file.name,
                line=1,
                problem="has lines of 206 characters, as debtors and secured parties both have",
                remedy="Put deb or sec into the file's name, as the office does",
            )
        [role] = roles
    return read


def _filings(
    file: OpenFile, length: int, read: Callable[[str], FilingRecord], reading: Reading
) -> Iterator[FilingRecord]:
    lines = Lines(file.stream)
    for count in itertools.count():
        if count % 64 == 0:
            reading.advance(file.share())
        line = next(lines, None)
        if line is None:
            return
        line = line.rstrip("\r\n\x1a")
        if not line.strip():
            continue
        try:
            if len(line) != length:
                raise BadRow(f"has {len(line)} characters, the first line has {length}")
            record = read(line)
        except BadRow as error:
            reading.reject(RowProblem(file=file.name, line=lines.number, reason=str(error)))
            continue
        yield record


def _filing(cells: Mapping[str, str], label: SourceLabel) -> FilingRecord:
    number = required(cells["number"], "document number", MAX_NUMBER)
    status = cells["status"].strip().upper()
    if status and status not in STATUSES:
        raise BadRow(f"status {shown(status)} is none of {', '.join(STATUSES)}")
    filed_on = florida_date(cells["filed_on"], "filing date")
    if filed_on is None:
        raise BadRow("filing date is missing")
    return FilingRecord(
        state="FL",
        original_file_number=number,
        file_number=number,
        action=Action.INITIAL,
        source=label,
        filed_on=filed_on,
        status=STATUSES.get(status),
        lapses_on=florida_date(cells["lapses_on"], "expiration date"),
        lien_type=LIEN_TYPE,
    )


def _with_party(cells: Mapping[str, str], role: PartyRole, label: SourceLabel) -> FilingRecord:
    number = required(cells["number"], "document number", MAX_NUMBER)
    name = party_name(required(cells["name"], "name", MAX_NAME), "name")
    address = {
        part: text(cells[part], part, MAX_ADDRESS) for part in ("street", "city", "region", "postal_code", "country")
    }
    kind = PartyKind.INDIVIDUAL if cells["kind"].strip().upper() in {"P", "I"} else PartyKind.ORGANISATION
    return FilingRecord(
        state="FL",
        original_file_number=number,
        file_number=number,
        action=Action.INITIAL,
        source=label,
        lien_type=LIEN_TYPE,
        parties=(PartyRecord(role=role, kind=kind, name=name, **address),),
    )


def _event(cells: Mapping[str, str], label: SourceLabel) -> FilingRecord:
    original = required(cells["original_number"], "original document number", MAX_NUMBER)
    number = required(cells["number"], "event document number", MAX_NUMBER)
    words = cells["words"].upper()
    ends = any(word in words for word in ("RELEASE", "TERMINAT", "CANCEL", "WITHDRAW"))
    return FilingRecord(
        state="FL",
        original_file_number=original,
        file_number=number,
        action=Action.TERMINATION if ends and number != original else Action.AMENDMENT,
        source=label,
        filed_on=florida_date(cells["filed_on"], "event date"),
        lien_type=LIEN_TYPE,
    )


@lru_cache(maxsize=8192)
def florida_date(value: str, field: str) -> date | None:
    """`03042015` or `20150304`; no day of our centuries can be read both ways."""
    digits = value.strip()
    is_year_first = digits[:2] in {"19", "20", "21"} or len(digits) != 8
    return compact_date(digits if is_year_first else digits[4:] + digits[:4], field)
