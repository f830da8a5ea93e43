"""UCC filings of Connecticut, read live.

Source: data.ct.gov, table xfev-8smz: one row per document, debtor and secured party. `id_lien_flng_nbr` is the lien's
original number, `id_ucc_flng_nbr` this document's. `lien_status` is the lien's state today, on each of its rows.
`tx_lien_descript` is a code of the kind of lien, such as OFS or IRS, and not collateral.
"""

from collections.abc import Iterator
from datetime import date

from ..http import Client
from .errors import BadRow
from .fields import MAX_NUMBER, required, shown, text
from .open_data import action_of, day, party, records_of, value
from .reading import Reading
from .records import FilingRecord, LienStatus, PartyRole, SourceLabel, merged_neighbours
from .socrata import Row, Table, between

TABLE = "xfev-8smz"
STATUSES = {"ACTIVE": LienStatus.ACTIVE, "RELEASED": LienStatus.TERMINATED, "LAPSED": LienStatus.LAPSED}
_PARTY = {
    "name": "nm_bus",
    "first_name": "nm_first",
    "middle_name": "nm_mid",
    "last_name": "nm_last",
    "suffix": "nm_suff",
    "city": "ad_city",
    "region": "ad_state",
    "postal_code": "ad_zip",
}
_PARTIES = {
    role: {
        **{part: f"{prefix}_{column}" for part, column in _PARTY.items()},
        "street": f"{prefix}_ad_str1+{prefix}_ad_str2",
    }
    for role, prefix in ((PartyRole.DEBTOR, "debtor"), (PartyRole.SECURED, "sec_party"))
}


def read(client: Client, start: date | None, end: date | None, reading: Reading) -> Iterator[FilingRecord]:
    """Filings accepted on these days, the rows of one document as one filing."""
    table = Table(client=client, id=TABLE, order="id_lien_flng_nbr,id_ucc_flng_nbr,:id")
    where = between("dt_accept", start, end)
    total = table.count(reading, where=where)
    return merged_neighbours(records_of(table, table.rows(reading, where=where), _filing, reading, total))


def _filing(row: Row) -> FilingRecord:
    number = required(value(row, "id_ucc_flng_nbr"), "id_ucc_flng_nbr", MAX_NUMBER)
    original = text(value(row, "id_lien_flng_nbr"), "id_lien_flng_nbr", MAX_NUMBER) or number
    status = value(row, "lien_status").strip().upper()
    if status and status not in STATUSES:
        raise BadRow(f"lien_status {shown(status)} is none of {', '.join(STATUSES)}")
    found = (party(row, role, columns) for role, columns in _PARTIES.items())
    return FilingRecord(
        state="CT",
        original_file_number=original,
        file_number=number,
        action=action_of(value(row, "cd_flng_type"), is_initial=number == original),
        source=SourceLabel.LIVE,
        filed_on=day(row, "dt_accept"),
        status=STATUSES.get(status),
        lapses_on=day(row, "dt_lapse"),
        lien_type=text(value(row, "tx_lien_descript"), "tx_lien_descript", MAX_NUMBER),
        parties=tuple(filter(None, found)),
    )
