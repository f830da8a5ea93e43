"""New filings, copied into the tables with the liens, parties and collateral that come with them.

Only under the lock of the state may this be called: nobody else adds to it meanwhile, so nothing can be there twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from providers.ucc import Action, FilingRecord, LienStatus

from ..names import name_key
from . import statements
from .digests import party_values
from .scope import FilingKey, Scope
from .sql import copy_lines, copy_text, run

New = Mapping[FilingKey, FilingRecord]
Numbered = Sequence[tuple[int, tuple[FilingKey, FilingRecord]]]


def add_filings(new: New, digests: Mapping[FilingKey, int], liens: Mapping[str, int], scope: Scope) -> list[int]:
    """Returns the liens whose state no longer follows from one filing alone; those must be settled.

    liens: the known ones by original file number.
    """
    if not new:
        return []
    filings_of = Counter(number for number, _ in new)
    statements_of = _statements(new, liens)
    [(lien_ids, filing_ids)] = run(statements.NEW_IDS, {"liens": len(statements_of), "filings": len(new)})
    added = dict(zip(statements_of, lien_ids, strict=True))
    all_liens = {**liens, **added}
    filings = list(zip(filing_ids, new.items(), strict=True))
    if added:
        rows = (_lien_row(added[number], number, record, scope) for number, record in statements_of.items())
        copy_lines(statements.COPY_LIENS, rows)
    copy_lines(
        statements.COPY_FILINGS,
        (_filing_row(new_id, all_liens[key[0]], record, digests[key], scope) for new_id, (key, record) in filings),
    )
    copy_lines(statements.COPY_PARTIES, _party_rows(filings, scope))
    if any(record.collateral for record in new.values()):
        copy_lines(statements.COPY_COLLATERAL, _collateral_rows(filings, scope))
    return [all_liens[number] for number, count in filings_of.items() if count > 1 or number not in added]


def _statements(new: New, liens: Mapping[str, int]) -> dict[str, FilingRecord]:
    """Of each lien that is new: its financing statement, else the filing that came first."""
    found: dict[str, FilingRecord] = {}
    for (number, _), record in new.items():
        if number not in liens and (number not in found or record.action is Action.INITIAL):
            found[number] = record
    return found


def _lien_row(lien_id: int, number: str, record: FilingRecord, scope: Scope) -> str:
    """The lien as this filing alone tells it, as SETTLE_LIENS would say."""
    status = LienStatus.TERMINATED if record.action is Action.TERMINATION else record.status or LienStatus.ACTIVE
    filed_on = record.filed_on if record.action is Action.INITIAL else None
    told = copy_text(scope.tenant_id, record.source, scope.state, number, record.lien_type, status)
    return f"{lien_id}\t{told}\t{_day(filed_on)}\t{_day(record.lapses_on)}\n"


def _filing_row(filing_id: int, lien_id: int, record: FilingRecord, digest: int, scope: Scope) -> str:
    owner = copy_text(scope.tenant_id, record.source)
    told = copy_text(record.file_number, record.action)
    lien = copy_text(record.lien_type, record.status or "")
    filed_on, lapses_on, told_in = _day(record.filed_on), _day(record.lapses_on), copy_text(record.told_in)
    return f"{filing_id}\t{owner}\t{lien_id}\t{told}\t{filed_on}\t{lien}\t{lapses_on}\t{digest}\t{told_in}\n"


def _party_rows(filings: Numbered, scope: Scope) -> Iterator[str]:
    for filing_id, (_, record) in filings:
        head = f"{copy_text(scope.tenant_id, scope.state, record.source)}\t{filing_id}"
        rows = {}
        for party in record.parties:
            key = name_key(party.name)
            rows[party.role, party.kind, key] = f"{head}\t{copy_text(key, *party_values(party))}\n"
        yield from rows.values()


def _collateral_rows(filings: Numbered, scope: Scope) -> Iterator[str]:
    for filing_id, (_, record) in filings:
        for said in dict.fromkeys(record.collateral):
            yield f"{copy_text(scope.tenant_id, record.source)}\t{filing_id}\t{copy_text(said)}\n"


def _day(day: date | None) -> str:
    return r"\N" if day is None else day.isoformat()
