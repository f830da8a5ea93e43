"""What the states on Socrata have in common: times, names and rows that cannot be used."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from .errors import BadRow
from .fields import MAX_ADDRESS, MAX_NAME, iso_date, party_name, text
from .reading import Reading, RowProblem
from .records import Action, FilingRecord, PartyKind, PartyRecord, PartyRole
from .socrata import Row, Table

#: Parts of a party by the name of their column.
PartyColumns = Mapping[str, str]
_PERSON = ("first_name", "middle_name", "last_name", "suffix")
_ADDRESS = ("street", "city", "region", "postal_code", "country")


def value(row: Row, column: str) -> str:
    """The text of a column; empty where the row leaves it out. A number counts as its digits."""
    found = row.get(column)
    if found is None:
        return ""
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str):
        raise BadRow(f"{column} is neither text nor a whole number")
    return found


def day(row: Row, column: str) -> date | None:
    """The date that a time such as 2024-07-19T00:00:00.000 begins with."""
    return iso_date(value(row, column).partition("T")[0], column)


def party(row: Row, role: PartyRole, columns: PartyColumns, *, is_person: bool | None = None) -> PartyRecord | None:
    """The party in these columns; None where they name nobody.

    columns: `name` is an organisation's; the parts of a person's name count where it is empty.
    is_person: whether `name` is a person's; without it the columns filled tell.
    """
    person = {part: text(value(row, columns[part]), columns[part], MAX_NAME) for part in _PERSON if part in columns}
    name = text(value(row, columns["name"]), columns["name"], MAX_NAME)
    if is_person is None:
        is_person = not name and bool(person.get("last_name"))
    shown = name or " ".join(filter(None, person.values()))
    if not shown:
        return None
    address = {part: _address(row, columns[part]) for part in _ADDRESS if part in columns}
    return PartyRecord(
        role=role,
        kind=PartyKind.INDIVIDUAL if is_person else PartyKind.ORGANISATION,
        name=party_name(shown, columns["name"]),
        **(person if is_person else {}),
        **address,
    )


def _address(row: Row, columns: str) -> str:
    """A column, or several joined by a plus sign, such as two lines of a street."""
    parts = (value(row, column).strip() for column in columns.split("+"))
    return text(", ".join(filter(None, parts)), columns, MAX_ADDRESS)


def action_of(words: str, *, is_initial: bool) -> Action:
    """What a filing does, by the register's own words for it."""
    if is_initial:
        return Action.INITIAL
    said = words.upper()
    if "TERMINAT" in said:
        return Action.TERMINATION
    if "CONTINU" in said:
        return Action.CONTINUATION
    return Action.ASSIGNMENT if "ASSIGN" in said else Action.AMENDMENT


def records_of(
    table: Table, rows: Iterator[tuple[int, Any]], read: Callable[[Any], FilingRecord], reading: Reading, total: int
) -> Iterator[FilingRecord]:
    """The filings that rows tell of; a row that cannot be used is left out with its number in the table."""
    for number, row in rows:
        if number % 64 == 1:
            reading.advance(min(0.99, number / total) if total else 0.0)
        try:
            record = read(row)
        except BadRow as error:
            reading.reject(RowProblem(file=table.shown, line=number, reason=str(error)))
            continue
        yield record
