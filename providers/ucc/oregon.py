"""UCC filings of Oregon's last month, read live.

Source: data.oregon.gov, table snfi-f79b: one row per document and party. The table holds the last month only.

Not verified: the words of `file_type` and `entity_type`. An entity type that begins with I or P counts as a person, any
other and none as an organisation.
"""

from collections.abc import Iterator
from datetime import date

from ..http import Client
from .errors import BadRow
from .fields import MAX_NUMBER, required, shown, text
from .open_data import action_of, day, party, records_of, value
from .reading import Reading
from .records import FilingRecord, PartyRecord, PartyRole, SourceLabel, merged_neighbours
from .socrata import Row, Table, between

TABLE = "snfi-f79b"
ROLES = {"DB": PartyRole.DEBTOR, "SP": PartyRole.SECURED}
_PARTY = {
    "name": "entity",
    "street": "mail_addr_1",
    "city": "city_descr",
    "region": "st_cd_txt",
    "postal_code": "zip_code_txt",
}


def read(client: Client, start: date | None, end: date | None, reading: Reading) -> Iterator[FilingRecord]:
    """Filings of these days as far as the table reaches back, the rows of one document as one filing."""
    reading.remark("Oregon publishes the filings of the last month only; older ones have to come from a file")
    table = Table(client=client, id=TABLE, order="file_number,party_type,:id")
    where = between("filing_date", start, end)
    total = table.count(reading, where=where)
    return merged_neighbours(records_of(table, table.rows(reading, where=where), _filing, reading, total))


def _filing(row: Row) -> FilingRecord:
    number = required(value(row, "file_number"), "file_number", MAX_NUMBER)
    original = text(value(row, "original_file_number"), "original_file_number", MAX_NUMBER) or number
    return FilingRecord(
        state="OR",
        original_file_number=original,
        file_number=number,
        action=action_of(value(row, "file_type"), is_initial=number == original),
        source=SourceLabel.LIVE,
        filed_on=day(row, "filing_date"),
        lapses_on=day(row, "lapse_date"),
        lien_type=text(value(row, "lien_type"), "lien_type", MAX_NUMBER),
        parties=tuple(filter(None, [_party(row)])),
    )


def _party(row: Row) -> PartyRecord | None:
    word = value(row, "party_type").strip().upper()
    if word not in ROLES:
        raise BadRow(f"party_type {shown(word)} is neither DB nor SP")
    is_person = value(row, "entity_type").strip().upper()[:1] in {"I", "P"}
    return party(row, ROLES[word], _PARTY, is_person=is_person)
