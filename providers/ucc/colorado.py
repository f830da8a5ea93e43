"""UCC filings of Colorado, read live.

Source: data.colorado.gov, four tables joined by `fileid`: filings wffy-3uut, debtors 8upq-58vz, secured parties
ap62-sav4, collateral 4am6-w6u4. An amendment has a `fileid` of its own and names its financing statement's
`transactionid` as `masterdocumentid`. `transactionid` and `collateralid` repeat, so each table is ordered by its key
and `fileid`. A lapse date of 9999-12-31 means none.

Filings are paged; for each page the rows of the other three tables are asked for by `fileid`, so memory holds one page
whatever the size of the register. The whole register takes more time than one job has: give a range of dates.

Not verified: the words of `assignor` (taken as a mark on a secured party's row when it begins with T, Y or 1),
`terminationflag` and `continuation` (the same).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ..http import Client
from .errors import BadRow
from .fields import MAX_COLLATERAL, MAX_NUMBER, required, text
from .open_data import action_of, day, party, records_of, value
from .reading import Reading, RowProblem
from .records import Action, FilingRecord, PartyRecord, PartyRole, SourceLabel, merged_neighbours
from .socrata import Row, Table, between, quoted

FILINGS, DEBTORS, SECURED, COLLATERAL = "wffy-3uut", "8upq-58vz", "ap62-sav4", "4am6-w6u4"
Told = TypeVar("Told", PartyRecord, str)
#: Filings a page: their numbers go into the address of three further questions, which must stay short enough.
FILINGS_A_PAGE = 200
_PARTY = {
    "name": "organizationname",
    "first_name": "firstname",
    "middle_name": "middlename",
    "last_name": "lastname",
    "suffix": "suffix",
    "street": "address1",
    "city": "city",
    "region": "state",
    "postal_code": "zipcode",
}


@dataclass(frozen=True, kw_only=True)
class _Page:
    """What three tables say of the filings of one page, by `fileid`."""

    parties: Mapping[str, Sequence[PartyRecord]]
    collateral: Mapping[str, Sequence[str]]


def read(client: Client, start: date | None, end: date | None, reading: Reading) -> Iterator[FilingRecord]:
    """Filings of these days with their parties and collateral."""
    table = Table(client=client, id=FILINGS, order="transactionid,fileid", page_rows=FILINGS_A_PAGE)
    where = between("filingdate", start, end)
    total = table.count(reading, where=where)
    rows = _joined(table, where, reading)
    return merged_neighbours(records_of(table, rows, lambda pair: _filing(*pair), reading, total))


def _joined(table: Table, where: str, reading: Reading) -> Iterator[tuple[int, tuple[Row, _Page]]]:
    for offset, filings in table.pages(reading, where=where):
        page = _page(table.client, filings, reading)
        for number, row in enumerate(filings, start=offset + 1):
            yield number, (row, page)


def _page(client: Client, filings: list[Row], reading: Reading) -> _Page:
    ids = sorted({str(row["fileid"]) for row in filings if row.get("fileid")})
    parties: dict[str, list[PartyRecord]] = defaultdict(list)
    collateral: dict[str, list[str]] = defaultdict(list)
    if not ids:
        return _Page(parties=parties, collateral=collateral)
    where = f"fileid in ({', '.join(map(quoted, ids))})"
    for name, key, read_row in ((DEBTORS, "debtorid", _debtor), (SECURED, "spid", _secured)):
        for file_id, found in _told(Table(client=client, id=name, order=f"{key},fileid"), where, read_row, reading):
            parties[file_id].append(found)
    texts = Table(client=client, id=COLLATERAL, order="collateralid,fileid")
    for file_id, said in _told(texts, where, _collateral, reading):
        collateral[file_id].append(said)
    return _Page(parties=parties, collateral=collateral)


def _told(
    table: Table, where: str, read_row: Callable[[Row], Told | None], reading: Reading
) -> Iterator[tuple[str, Told]]:
    """What each row tells, with the `fileid` it belongs to; rows that cannot be used are left out."""
    for number, row in table.rows(reading, where=where):
        try:
            file_id, found = value(row, "fileid"), read_row(row)
        except BadRow as error:
            reading.reject(RowProblem(file=table.shown, line=number, reason=str(error)))
            continue
        if found:
            yield file_id, found


def _debtor(row: Row) -> PartyRecord | None:
    return party(row, PartyRole.DEBTOR, _PARTY)


def _secured(row: Row) -> PartyRecord | None:
    return party(row, PartyRole.ASSIGNOR if _is_marked(row, "assignor") else PartyRole.SECURED, _PARTY)


def _collateral(row: Row) -> str:
    return text(value(row, "collateraldescription"), "collateraldescription", MAX_COLLATERAL)


def _filing(row: Row, page: _Page) -> FilingRecord:
    number = required(value(row, "transactionid"), "transactionid", MAX_NUMBER)
    is_initial = value(row, "transactiontype").strip().lower() != "amendment"
    original = number
    if not is_initial:
        original = required(value(row, "masterdocumentid"), "masterdocumentid", MAX_NUMBER)
    file_id = value(row, "fileid")
    return FilingRecord(
        state="CO",
        original_file_number=original,
        file_number=number,
        action=_action(row, is_initial=is_initial),
        source=SourceLabel.LIVE,
        filed_on=day(row, "filingdate"),
        lapses_on=day(row, "lapsedate"),
        lien_type=text(value(row, "filingtype"), "filingtype", MAX_NUMBER),
        parties=tuple(page.parties.get(file_id, ())),
        collateral=tuple(page.collateral.get(file_id, ())),
    )


def _action(row: Row, *, is_initial: bool) -> Action:
    if not is_initial and _is_marked(row, "terminationflag"):
        return Action.TERMINATION
    if not is_initial and _is_marked(row, "continuation"):
        return Action.CONTINUATION
    return action_of(value(row, "documenttype"), is_initial=is_initial)


def _is_marked(row: Row, column: str) -> bool:
    return str(row.get(column) or "").strip().upper()[:1] in {"T", "Y", "1"}
