"""New filings, copied into the tables with the liens, parties and collateral that come with them.

Only under the lock of the state may this be called: nobody else adds to it meanwhile, so nothing can be there twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from providers.ucc import Action, FilingRecord, LienStatus, PartyRecord, SourceLabel

from ..names import name_key
from . import statements
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
    return f"{lien_id}\t{_day(filed_on)}\t{_day(record.lapses_on)}\t{told}\n"


def _filing_row(filing_id: int, lien_id: int, record: FilingRecord, digest: int, scope: Scope) -> str:
    told = copy_text(
        scope.tenant_id,
        record.source,
        record.file_number,
        record.action,
        record.lien_type,
        record.status or "",
        record.told_in,
    )
    days = f"{_day(record.filed_on)}\t{_day(record.lapses_on)}"
    return f"{filing_id}\t{lien_id}\t{days}\t{digest}\t{record.told_at}\t{told}\n"


def _party_rows(filings: Numbered, scope: Scope) -> Iterator[str]:
    heads = {source: copy_text(scope.tenant_id, scope.state, source) for source in SourceLabel}
    for filing_id, (_, record) in filings:
        head = f"{heads[record.source]}\t{filing_id}\t"
        # Of two spellings of one party the later one.
        yield from {name: head + told for name, told in map(_party, record.parties)}.values()


@lru_cache(maxsize=4096)
def _party(party: PartyRecord) -> tuple[tuple[str, str, str], str]:
    """What tells it from the others of a filing, and the rest of its row. Kept, as lenders come again and again."""
    key = name_key(party.name)
    return (party.role, party.kind, key), copy_text(key, *party) + "\n"


def _collateral_rows(filings: Numbered, scope: Scope) -> Iterator[str]:
    heads = {source: copy_text(scope.tenant_id, source) for source in SourceLabel}
    for filing_id, (_, record) in filings:
        for said in dict.fromkeys(record.collateral):
            yield f"{heads[record.source]}\t{filing_id}\t{copy_text(said)}\n"


def _day(day: date | None) -> str:
    return r"\N" if day is None else day.isoformat()
