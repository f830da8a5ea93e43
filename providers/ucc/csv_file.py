"""Importer of the plain CSV format; docs/ucc-csv.md describes it for those who make the files.

One row is one filing with at most one debtor, one secured party and one assignor. Further parties
of the same filing follow in further rows with the same numbers. UTF-8, commas, a header row, ISO
dates. Needed columns: `file_number`, `filed_on`, `debtor_name`. Any order, others are ignored.

    file_number            number of this filing
    original_file_number   of the financing statement it amends; empty: it is one itself
    action                 initial, amendment, assignment, continuation or termination
    filed_on, lapses_on    lapses_on 9999-12-31 means never
    status                 of the lien: active, lapsed or terminated; empty: not known
    lien_type              the register's own word, such as ucc or lien_irs
    state                  checked against the folder's where the column exists
    debtor_*               name, kind, first_name, middle_name, last_name, suffix,
    secured_*, assignor_*      street, city, state, zip, country
    collateral             text
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter

from .csv_rows import CsvRows
from .errors import BadRow, UnreadableFile
from .fields import (
    MAX_ADDRESS,
    MAX_COLLATERAL,
    MAX_NAME,
    MAX_NUMBER,
    iso_date,
    party_kind,
    party_name,
    shown,
    text,
)
from .inbox import OpenFile
from .reading import Reading, RowProblem
from .records import Action, FilingRecord, LienStatus, PartyRecord, PartyRole, SourceLabel, merged_neighbours

NEEDED = ("file_number", "filed_on", "debtor_name")
_NAME_PARTS = ("first_name", "middle_name", "last_name", "suffix")
#: Columns of a party without their prefix, by what they are called here.
_PARTY = {part: part for part in ("name", "kind", *_NAME_PARTS, "street", "city", "country")}
_PARTY |= {"region": "state", "postal_code": "zip"}
_IN_NAME = frozenset({"name", *_NAME_PARTS})
KNOWN = frozenset(
    {"file_number", "original_file_number", "action", "filed_on", "lapses_on", "status", "lien_type", "state"}
    | {"collateral"}
    | {f"{role.value}_{column}" for role in PartyRole for column in _PARTY.values()}
)
#: Names that registers use for the same columns.
ALIASES = {
    "filing_number": "file_number",
    "original_filing_number": "original_file_number",
    "filing_date": "filed_on",
    "file_date": "filed_on",
    "lapse_date": "lapses_on",
    "expiration_date": "lapses_on",
    "debtor": "debtor_name",
    "secured_party": "secured_name",
    "secured_party_name": "secured_name",
    "collateral_description": "collateral",
}
#: Columns of a filing itself, in the order in which _filing takes them.
_OF_FILING = (
    "file_number", "original_file_number", "action", "filed_on", "status", "lapses_on", "lien_type", "collateral",
    "state",
)  # fmt: skip
_REMEDY = "See docs/ucc-csv.md for the columns"


#: Parties that are kept to be recognised: lenders, and debtors with several filings, come again and again.
_PARTIES_KEPT = 2048
_Cells = tuple[str, ...]
#: Looked up in an enum these take as long as the rest of a row's checks.
_INITIAL, _DEBTOR = Action.INITIAL, PartyRole.DEBTOR


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Where a file has what: the place of each column, and how each role's party is read from a row.

    A column that the file lacks has the place of the empty cell that is put after each row's own.
    of_filing: the cells of a filing itself, in the order of _OF_FILING.
    checked: place, name and greatest length of each cell whose text is stored as it is.
    parties: for each role its cells of a row, and the party that they make.
    """

    of_filing: Callable[[list[str]], _Cells]
    checked: tuple[tuple[int, str, int], ...]
    parties: tuple[tuple[Callable[[list[str]], _Cells], Callable[[_Cells], PartyRecord | None]], ...]


def read_csv(file: OpenFile, *, state: str, label: SourceLabel, reading: Reading) -> Iterator[FilingRecord]:
    """Check the header at once, then stream the filings. Raises UnreadableFile."""
    rows = CsvRows(file)
    names = _header(file, rows, reading)
    return merged_neighbours(_filings(file, rows, names, state, label, reading))


def _header(file: OpenFile, rows: CsvRows, reading: Reading) -> list[str]:
    try:
        row = rows.next_row()
    except BadRow as error:
        raise _bad_header(file, rows, str(error)) from None
    if row is None:
        raise UnreadableFile(file=file.name, line=1, problem="the file is empty", remedy="Copy the file again")
    row[0] = row[0].removeprefix("\ufeff")
    names = [_column(cell) for cell in row]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        hint = "; separate the columns with commas" if len(row) == 1 and (";" in row[0] or "\t" in row[0]) else ""
        raise _bad_header(file, rows, f"the header row lacks {', '.join(missing)}{hint}")
    doubled = sorted({name for name in names if name in KNOWN and names.count(name) > 1})
    if doubled:
        raise _bad_header(file, rows, f"the header row names {', '.join(doubled)} more than once")
    unused = [shown(name) for name in names if name not in KNOWN]
    if unused:
        reading.remark(f"{file.name}: columns not used: {', '.join(unused[:20])}")
    return names


def _bad_header(file: OpenFile, rows: CsvRows, problem: str) -> UnreadableFile:
    return UnreadableFile(file=file.name, line=rows.line, problem=problem, remedy=_REMEDY)


def _column(cell: str) -> str:
    name = "_".join(cell.strip().lower().replace("-", " ").split())
    return ALIASES.get(name, name)


def _filings(
    file: OpenFile, rows: CsvRows, names: list[str], state: str, label: SourceLabel, reading: Reading
) -> Iterator[FilingRecord]:
    columns = _columns(names)
    for count in itertools.count():
        if count % 64 == 0:
            reading.advance(file.share())
        try:
            row = rows.next_row()
            if row is None:
                return
            if len(row) != len(names):
                rows.resume_after_first_line()
                raise BadRow(f"has {len(row)} cells, the header has {len(names)}")
            row.append("")
            record = _filing(_checked(row, columns), columns, state, label, file.name, file.at(rows.line))
        except BadRow as error:
            reading.reject(RowProblem(file=file.name, line=rows.line, reason=str(error)))
            continue
        yield record


def _checked(row: list[str], columns: _Columns) -> list[str]:
    """The row with its cells stripped. Raises BadRow for a text that PostgreSQL could not store."""
    together = "".join(row)
    cells = [cell.strip() for cell in row]
    # Nothing that text() would refuse: true of nearly all rows, at a tenth of the time.
    if not (together.isascii() and "\x00" not in together and _fits(len(together), cells, columns)):
        for place, name, most in columns.checked:
            text(cells[place], name, most)
    return cells


def _fits(size: int, cells: list[str], columns: _Columns) -> bool:
    """Whether no cell can be too long. size: of the row, cells not stripped."""
    number, original, _, _, _, _, lien_type, collateral, _ = columns.of_filing(cells)
    most = max(len(number), len(original), len(lien_type))
    return size - len(collateral) <= MAX_ADDRESS and most <= MAX_NUMBER and len(collateral) <= MAX_COLLATERAL


def _filing(
    row: list[str], columns: _Columns, state: str, label: SourceLabel, told_in: str, told_at: int
) -> FilingRecord:
    """row: its cells as _checked gives them, and an empty one after them."""
    number, original, acts, filed, status, lapses, lien_type, collateral, given_state = columns.of_filing(row)
    if not number:
        raise BadRow("file_number is missing")
    if given_state and given_state != state and given_state.upper() != state:
        raise BadRow(f"state is {shown(given_state.upper())}, but the file lies in the folder of {state}")
    filed_on = iso_date(filed, "filed_on")
    if filed_on is None:
        raise BadRow("filed_on is missing")
    action = _action(acts, is_original=not original or original == number)
    found = tuple([party for cells_of, read in columns.parties if (party := read(cells_of(row)))])
    if action is _INITIAL and not (found and found[0].role is _DEBTOR):
        raise BadRow("debtor_name is missing")
    return FilingRecord(
        state,
        original or number,
        number,
        action,
        label,
        filed_on,
        _status(status),
        iso_date(lapses, "lapses_on"),
        lien_type,
        found,
        (collateral,) if collateral else (),
        told_in,
        told_at,
    )


@lru_cache(maxsize=64)
def _action(value: str, *, is_original: bool) -> Action:
    word = value.strip().lower()
    if not word:
        return Action.INITIAL if is_original else Action.AMENDMENT
    try:
        action = Action("initial" if word == "ucc1" else "amendment" if word == "ucc3" else word)
    except ValueError:
        raise BadRow(f"action {shown(value)} is none of {', '.join(Action)}") from None
    if (action is Action.INITIAL) != is_original:
        raise BadRow(f"action is {action}, so original_file_number must {'not ' * is_original}be this filing's own")
    return action


@lru_cache(maxsize=64)
def _status(value: str) -> LienStatus | None:
    word = value.strip().lower()
    if not word:
        return None
    try:
        return LienStatus(word)
    except ValueError:
        raise BadRow(f"status {shown(value)} is none of {', '.join(LienStatus)}") from None


def _columns(names: list[str]) -> _Columns:
    place = {column: names.index(column) if column in names else len(names) for column in KNOWN}
    roles = [role for role in PartyRole if f"{role.value}_name" in names or f"{role.value}_last_name" in names]
    texts = [("file_number", MAX_NUMBER), ("original_file_number", MAX_NUMBER), ("lien_type", MAX_NUMBER)]
    texts += [field for role in roles for field in _fields(role)]
    texts += [("collateral", MAX_COLLATERAL)]
    return _Columns(
        of_filing=itemgetter(*(place[name] for name in _OF_FILING)),
        checked=tuple((place[name], name, most) for name, most in texts),
        parties=tuple(_party_reader(role, place) for role in roles),
    )


def _fields(role: PartyRole) -> tuple[tuple[str, int], ...]:
    """How the columns in _PARTY are called for this role, and how long each may be."""
    return tuple(
        (f"{role.value}_{column}", MAX_NAME if part in _IN_NAME else MAX_ADDRESS) for part, column in _PARTY.items()
    )


def _party_reader(
    role: PartyRole, place: Mapping[str, int]
) -> tuple[Callable[[list[str]], _Cells], Callable[[_Cells], PartyRecord | None]]:
    names = [name for name, _ in _fields(role)]
    return itemgetter(*(place[name] for name in names)), lru_cache(maxsize=_PARTIES_KEPT)(partial(_party, role))


def _party(role: PartyRole, cells: _Cells) -> PartyRecord | None:
    """cells: the checked values of the columns in _PARTY."""
    name, kind, first, middle, last, suffix, street, city, country, region, postal_code = cells
    name = name or " ".join(filter(None, (first, middle, last, suffix)))
    of_kind = party_kind(kind, f"{role.value}_kind", is_person=bool(last))
    if not name:
        return None
    return PartyRecord(
        role,
        of_kind,
        party_name(name, f"{role.value}_name"),
        first,
        middle,
        last,
        suffix,
        street,
        city,
        region,
        postal_code,
        country,
    )
