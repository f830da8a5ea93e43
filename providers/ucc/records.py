"""What every UCC source delivers: one filing with its parties, whatever it looked like outside."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class SourceLabel(StrEnum):
    """Where a fact came from; stored with it. In the order of their weight, the least first."""

    SAMPLE = "sample"
    FILE = "file"
    LIVE = "live"


_RANK = {label: rank for rank, label in enumerate(SourceLabel)}


class LienStatus(StrEnum):
    ACTIVE = "active"
    LAPSED = "lapsed"
    TERMINATED = "terminated"


class Action(StrEnum):
    """What a filing does to its lien. `initial` is the financing statement (UCC1), all others are UCC3."""

    INITIAL = "initial"
    AMENDMENT = "amendment"
    ASSIGNMENT = "assignment"
    CONTINUATION = "continuation"
    TERMINATION = "termination"


class PartyRole(StrEnum):
    DEBTOR = "debtor"
    SECURED = "secured"
    ASSIGNOR = "assignor"


class PartyKind(StrEnum):
    ORGANISATION = "organisation"
    INDIVIDUAL = "individual"


class PartyRecord(NamedTuple):
    """`name` is the full name as shown; the parts after it are an individual's, where they are known.

    A tuple, as a frozen dataclass takes four times as long to make; so are filings. Name the fields when making one.
    Their order is that in which digests and tables of parties hold them.
    """

    role: PartyRole
    kind: PartyKind
    name: str
    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    suffix: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


class FilingRecord(NamedTuple):
    """One filing. None and empty mean that the source does not say, never that there is none.

    original_file_number: of the financing statement that the filing belongs to; its own if it is one.
    status, lapses_on: of the lien, as stated with this filing.
    told_in: the file that says all of this; empty where no file says all, or where it is no file.
    told_at: where in it, to be compared within the same bytes only (`OpenFile.at`); 0 where told_in is empty.
    """

    state: str
    original_file_number: str
    file_number: str
    action: Action
    source: SourceLabel
    filed_on: date | None = None
    status: LienStatus | None = None
    lapses_on: date | None = None
    lien_type: str = ""
    parties: tuple[PartyRecord, ...] = ()
    collateral: tuple[str, ...] = ()
    told_in: str = ""
    told_at: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What tells a filing from the others of its state: one amendment may concern several liens."""
        return self.original_file_number, self.file_number


def merged(first: FilingRecord, second: FilingRecord) -> FilingRecord:
    """Two accounts of one filing as one: parties and texts of both, and where both say something, the better word.

    That is the live one before a file's and a file's before the sample's, else the later one.
    """
    worse, better = (second, first) if _RANK[first.source] > _RANK[second.source] else (first, second)
    return better._replace(
        filed_on=better.filed_on or worse.filed_on,
        status=better.status or worse.status,
        lapses_on=better.lapses_on or worse.lapses_on,
        lien_type=better.lien_type or worse.lien_type,
        parties=tuple(dict.fromkeys(worse.parties + better.parties)),
        collateral=tuple(dict.fromkeys(worse.collateral + better.collateral)),
    )


def merged_neighbours(records: Iterator[FilingRecord]) -> Iterator[FilingRecord]:
    """Accounts of one filing that follow each other, as one."""
    held = next(records, None)
    if held is None:
        return
    for record in records:
        if record.file_number == held.file_number and record.original_file_number == held.original_file_number:
            held = merged(held, record)
        else:
            yield held
            held = record
    yield held
