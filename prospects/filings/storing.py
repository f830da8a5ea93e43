"""Storing a batch of filings so that it makes no difference how often or in which order that happens."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from providers.ucc import Action, FilingRecord, LienStatus, PartyKind, PartyRecord, PartyRole
from providers.ucc.records import merged

from ..names import name_key
from . import statements as sql

FilingKey = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What a batch did. `created` and `updated` count filings; the rest of them was known already."""

    fetched: int = 0
    created: int = 0
    updated: int = 0
    prospects_created: int = 0

    def __add__(self, other: "Stored") -> "Stored":
        return Stored(
            fetched=self.fetched + other.fetched,
            created=self.created + other.created,
            updated=self.updated + other.updated,
            prospects_created=self.prospects_created + other.prospects_created,
        )


def store_filings(*, records: Sequence[FilingRecord], tenant_id: str, state: str) -> Stored:
    """Write filings with their liens, parties, collateral and prospects. Call it inside a transaction.

    records: all of `state`. A filing counts as updated when the batch changed it or added to it.
    What a record does not say never replaces what is known.
    """
    return _Batch(records, tenant_id=tenant_id, state=state).write()


class _Batch:
    def __init__(self, records: Sequence[FilingRecord], *, tenant_id: str, state: str) -> None:
        self._fetched = len(records)
        self._of_state = {"tenant": tenant_id, "state": state}
        # One statement cannot touch a row twice, so two accounts of a filing become one first.
        self._records: dict[FilingKey, FilingRecord] = {}
        for record in records:
            known = self._records.get(record.key)
            self._records[record.key] = merged(known, record) if known else record

    def write(self) -> Stored:
        # One batch of a state at a time: two jobs over it can neither deadlock nor count with half of
        # each other's filings. Batches are short, and other states and tenants have locks of their own.
        _run(sql.BEGIN, ["ucc:{state}:{tenant}".format_map(self._of_state)])
        liens = self._write_liens()
        ids, created, changed = self._write_filings(liens)
        updated = (changed | self._write_parties(ids) | self._write_collateral(ids)) - created
        prospects_created = 0
        if created or updated:
            _run(sql.SETTLE_LIENS, {"liens": sorted(liens.values())})
            prospects_created = self._settle_prospects(ids, created, updated)
        return Stored(
            fetched=self._fetched, created=len(created), updated=len(updated), prospects_created=prospects_created
        )

    def _settle_prospects(self, ids: Mapping[FilingKey, int], created: set[int], updated: set[int]) -> int:
        """Returns how many are new."""
        names = {
            name_key(party.name)
            for key, record in self._records.items()
            if ids[key] in created
            for party in record.parties
            if party.role is PartyRole.DEBTOR and party.kind is PartyKind.ORGANISATION
        }
        if updated:
            # A changed filing may have debtors that this batch does not mention.
            names.update(name for (name,) in _run(sql.NAMES_IN_FILINGS, {"filings": sorted(updated)}))
        return sum(is_new for (is_new,) in _run(sql.SETTLE_PROSPECTS, {**self._of_state, "names": sorted(names)}))

    def _write_liens(self) -> dict[str, int]:
        """Add the liens that are missing; returns the ids of all by original file number."""
        first: dict[str, FilingRecord] = {}
        for (number, _), record in self._records.items():
            if number not in first or record.action is Action.INITIAL:
                first[number] = record
        # A new lien begins as its statement tells it, so that settling seldom writes it a second time.
        rows = [
            {
                "source": record.source,
                "file_number": number,
                "lien_type": record.lien_type,
                "status": record.status or LienStatus.ACTIVE,
                "filed_on": record.filed_on if record.action is Action.INITIAL else None,
                "lapses_on": record.lapses_on,
            }
            for number, record in first.items()
        ]
        ids: dict[str, int] = dict(_run(sql.INSERT_LIENS, {**self._of_state, "rows": _as_json(rows)}))
        if known := [number for number in first if number not in ids]:
            ids.update(_run(sql.FIND_LIENS, {**self._of_state, "numbers": known}))
        return ids

    def _write_filings(self, liens: Mapping[str, int]) -> tuple[dict[FilingKey, int], set[int], set[int]]:
        """Returns the ids of all filings, of those created and of those changed."""
        rows = [
            {
                "source": record.source,
                "lien_id": liens[record.original_file_number],
                "file_number": record.file_number,
                "action": record.action,
                "filed_on": record.filed_on,
                "lien_type": record.lien_type,
                "lien_status": record.status or "",
                "lien_lapses_on": record.lapses_on,
            }
            for record in self._records.values()
        ]
        written = _run(sql.UPSERT_FILINGS, {**self._of_state, "rows": _as_json(rows)})
        ids = {(lien, number): filing for lien, number, filing, _ in written}
        if len(ids) < len(rows):
            known = [row for row in rows if (row["lien_id"], row["file_number"]) not in ids]
            wanted = {"liens": [row["lien_id"] for row in known], "numbers": [row["file_number"] for row in known]}
            ids.update({(lien, number): filing for lien, number, filing in _run(sql.FIND_FILINGS, wanted)})
        by_key = {key: ids[liens[key[0]], key[1]] for key in self._records}
        created = {filing for _, _, filing, is_new in written if is_new}
        return by_key, created, {filing for _, _, filing, is_new in written if not is_new}

    def _write_parties(self, ids: Mapping[FilingKey, int]) -> set[int]:
        """Returns the ids of the filings that gained a party or an address."""
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for key, record in self._records.items():
            for party in record.parties:
                row = _party_row(party, filing_id=ids[key], source=record.source)
                rows[row["filing_id"], row["role"], row["kind"], row["name_key"]] = row
        return self._filings_of(sql.UPSERT_PARTIES, list(rows.values()))

    def _write_collateral(self, ids: Mapping[FilingKey, int]) -> set[int]:
        rows = [
            {"source": record.source, "filing_id": ids[key], "text": text}
            for key, record in self._records.items()
            for text in record.collateral
        ]
        return self._filings_of(sql.INSERT_COLLATERAL, rows)

    def _filings_of(self, statement: str, rows: list[dict[str, Any]]) -> set[int]:
        if not rows:
            return set()
        return {filing for (filing,) in _run(statement, {**self._of_state, "rows": _as_json(rows)})}


def _party_row(party: PartyRecord, *, filing_id: int, source: str) -> dict[str, Any]:
    return {
        "filing_id": filing_id,
        "source": source,
        "role": party.role,
        "kind": party.kind,
        "name": party.name,
        "name_key": name_key(party.name),
        "first_name": party.first_name,
        "middle_name": party.middle_name,
        "last_name": party.last_name,
        "suffix": party.suffix,
        "street": party.street,
        "city": party.city,
        "region": party.region,
        "postal_code": party.postal_code,
        "country": party.country,
    }


def _as_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str)


def _run(statement: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
