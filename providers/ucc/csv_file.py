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
    required,
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
_REMEDY = "See docs/ucc-csv.md for the columns"


#: Parties that are kept to be recognised: lenders, and debtors with several filings, come again and again.
_PARTIES_KEPT = 2048
_Cells = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Where a file has what: the place of each column, and how each role's party is read from a row.

    A column that the file lacks has the place of the empty cell that is put after each row's own.
    """

    place: Mapping[str, int]
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
            record = _filing(row, columns, state, label, file.name)
        except BadRow as error:
            reading.reject(RowProblem(file=file.name, line=rows.line, reason=str(error)))
            continue
        yield record


def _filing(row: list[str], columns: _Columns, state: str, label: SourceLabel, told_in: str) -> FilingRecord:
    """row: its cells, and an empty one after them."""
    place = columns.place
    number = required(row[place["file_number"]], "file_number", MAX_NUMBER)
    original = text(row[place["original_file_number"]], "original_file_number", MAX_NUMBER) or number
    given_state = row[place["state"]] or state
    if given_state != state and given_state.strip().upper() != state:
        raise BadRow(f"state is {shown(given_state.strip().upper())}, but the file lies in the folder of {state}")
    filed_on = iso_date(row[place["filed_on"]], "filed_on")
    if filed_on is None:
        raise BadRow("filed_on is missing")
    action = _action(row[place["action"]], is_original=original == number)
    found = tuple([party for cells_of, read in columns.parties if (party := read(cells_of(row)))])
    if action is Action.INITIAL and not any(party.role is PartyRole.DEBTOR for party in found):
        raise BadRow("debtor_name is missing")
    collateral = text(row[place["collateral"]], "collateral", MAX_COLLATERAL)
    return FilingRecord(
        state=state,
        original_file_number=original,
        file_number=number,
        action=action,
        source=label,
        filed_on=filed_on,
        status=_status(row[place["status"]]),
        lapses_on=iso_date(row[place["lapses_on"]], "lapses_on"),
        lien_type=text(row[place["lien_type"]], "lien_type", MAX_NUMBER),
        parties=found,
        collateral=(collateral,) if collateral else (),
        told_in=told_in,
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
    roles = (role for role in PartyRole if f"{role.value}_name" in names or f"{role.value}_last_name" in names)
    return _Columns(place=place, parties=tuple(_party_reader(role, place) for role in roles))


def _party_reader(
    role: PartyRole, place: Mapping[str, int]
) -> tuple[Callable[[list[str]], _Cells], Callable[[_Cells], PartyRecord | None]]:
    names = [f"{role.value}_{column}" for column in _PARTY.values()]
    fields = tuple(
        (name, MAX_NAME if part in _IN_NAME else MAX_ADDRESS) for part, name in zip(_PARTY, names, strict=True)
    )
    return itemgetter(*(place[name] for name in names)), lru_cache(maxsize=_PARTIES_KEPT)(partial(_party, role, fields))


def _party(role: PartyRole, fields: tuple[tuple[str, int], ...], cells: _Cells) -> PartyRecord | None:
    """fields: how the columns in _PARTY are called in messages and how long each may be; cells: their values."""
    name, kind, first, middle, last, suffix, street, city, country, region, postal_code = _checked(fields, cells)
    name = name or " ".join(filter(None, (first, middle, last, suffix)))
    of_kind = party_kind(kind, fields[1][0], is_person=bool(last))
    if not name:
        return None
    return PartyRecord(
        role=role,
        kind=of_kind,
        name=party_name(name, fields[0][0]),
        first_name=first,
        middle_name=middle,
        last_name=last,
        suffix=suffix,
        street=street,
        city=city,
        region=region,
        postal_code=postal_code,
        country=country,
    )


def _checked(fields: tuple[tuple[str, int], ...], cells: _Cells) -> list[str]:
    together = "".join(cells)
    if len(together) <= MAX_ADDRESS and together.isascii() and "\x00" not in together:
        # Nothing that text() would refuse: true of nearly all, at a tenth of the time.
        return [cell.strip() for cell in cells]
    return [text(cell, name, most) for cell, (name, most) in zip(cells, fields, strict=True)]
