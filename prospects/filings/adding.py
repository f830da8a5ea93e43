"""New filings, copied into the tables with the liens, parties and collateral that come with them.

Only under the lock of the state may this be called: nobody else adds to it meanwhile, so nothing can be there twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from providers.ucc import Action, FilingRecord, LienStatus

from ..names import name_key
from . import statements
from .digests import party_values
from .scope import FilingKey, Scope
from .sql import copy_rows, run

New = Mapping[FilingKey, FilingRecord]


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
        copy_rows(statements.COPY_LIENS, rows)
    copy_rows(
        statements.COPY_FILINGS,
        (_filing_row(new_id, all_liens[key[0]], record, digests[key], scope) for new_id, (key, record) in filings),
    )
    copy_rows(statements.COPY_PARTIES, _party_rows(filings, scope))
    if any(record.collateral for record in new.values()):
        copy_rows(statements.COPY_COLLATERAL, _collateral_rows(filings, scope))
    return [all_liens[number] for number, count in filings_of.items() if count > 1 or number not in added]


def _statements(new: New, liens: Mapping[str, int]) -> dict[str, FilingRecord]:
    """Of each lien that is new: its financing statement, else the filing that came first."""
    found: dict[str, FilingRecord] = {}
    for (number, _), record in new.items():
        if number not in liens and (number not in found or record.action is Action.INITIAL):
            found[number] = record
    return found


def _lien_row(lien_id: int, number: str, record: FilingRecord, scope: Scope) -> tuple[Any, ...]:
    """The lien as this filing alone tells it, as SETTLE_LIENS would say."""
    status = LienStatus.TERMINATED if record.action is Action.TERMINATION else record.status or LienStatus.ACTIVE
    filed_on = record.filed_on if record.action is Action.INITIAL else None
    return (
        lien_id, scope.tenant_id, str(record.source), scope.state, number, record.lien_type,
        str(status), _day(filed_on), _day(record.lapses_on),
    )  # fmt: skip


def _filing_row(filing_id: int, lien_id: int, record: FilingRecord, digest: int, scope: Scope) -> tuple[Any, ...]:
    return (
        filing_id, scope.tenant_id, str(record.source), lien_id, record.file_number, str(record.action),
        _day(record.filed_on), record.lien_type, str(record.status or ""), _day(record.lapses_on), digest,
    )  # fmt: skip


def _party_rows(filings: list[tuple[int, tuple[FilingKey, FilingRecord]]], scope: Scope) -> Iterator[tuple[Any, ...]]:
    for filing_id, (_, record) in filings:
        head = (scope.tenant_id, scope.state, str(record.source), filing_id)
        rows = {}
        for party in record.parties:
            role, kind, *rest = party_values(party)
            key = name_key(party.name)
            rows[role, kind, key] = (*head, key, str(role), str(kind), *rest)
        yield from rows.values()


def _collateral_rows(
    filings: list[tuple[int, tuple[FilingKey, FilingRecord]]], scope: Scope
) -> Iterator[tuple[Any, ...]]:
    for filing_id, (_, record) in filings:
        for text in dict.fromkeys(record.collateral):
            yield scope.tenant_id, str(record.source), filing_id, text


def _day(day: date | None) -> str | None:
    # Text, not a date: the driver writes text in C and dates in Python.
    return None if day is None else day.isoformat()
