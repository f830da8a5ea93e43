"""Known filings that are told differently than before: what is new in them is added, the rest stays."""

from collections.abc import Collection, Mapping
from typing import Any

from providers.ucc import FilingRecord, PartyRecord

from ..names import name_key
from . import statements
from .scope import FilingKey, Scope
from .sql import as_json, run

Known = Mapping[FilingKey, FilingRecord]


def change_filings(
    known: Known,
    earlier: Collection[FilingKey],
    digests: Mapping[FilingKey, int],
    ids: Mapping[FilingKey, int],
    scope: Scope,
) -> set[int]:
    """Returns the ids of those that changed or gained something.

    earlier: those of `known` that may add to what is stored and not change it.
    """
    if not known:
        return set()
    told = [{**_filing_row(ids[key], record), "earlier": key in earlier} for key, record in known.items()]
    updated = _changed(statements.UPDATE_FILINGS, told, scope)
    parties = _party_rows(known, ids)
    updated |= _changed(statements.UPSERT_PARTIES, parties, scope, earlier=[ids[key] for key in earlier])
    updated |= _changed(statements.INSERT_COLLATERAL, _collateral_rows(known, ids), scope)
    rows = [
        {
            "id": ids[key],
            "digest": digests[key],
            "told_in": record.told_in,
            "told_at": record.told_at,
            "earlier": key in earlier,
        }
        for key, record in known.items()
    ]
    run(statements.REMEMBER_DIGESTS, {"rows": as_json(rows), "updated": list(updated)})
    return updated


def _changed(statement: str, rows: list[dict[str, Any]], scope: Scope, **more: Any) -> set[int]:
    if not rows:
        return set()
    return {filing for (filing,) in run(statement, {**scope.parameters, **more, "rows": as_json(rows)})}


def _filing_row(filing_id: int, record: FilingRecord) -> dict[str, Any]:
    return {
        "id": filing_id,
        "source": record.source,
        "action": record.action,
        "filed_on": record.filed_on,
        "lien_type": record.lien_type,
        "lien_status": record.status or "",
        "lien_lapses_on": record.lapses_on,
    }


def _party_rows(known: Known, ids: Mapping[FilingKey, int]) -> list[dict[str, Any]]:
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for key, record in known.items():
        for party in record.parties:
            row = _party_row(party, filing_id=ids[key], source=record.source)
            rows[row["filing_id"], row["role"], row["kind"], row["name_key"]] = row
    return list(rows.values())


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


def _collateral_rows(known: Known, ids: Mapping[FilingKey, int]) -> list[dict[str, Any]]:
    return [
        {"source": record.source, "filing_id": ids[key], "text": text}
        for key, record in known.items()
        for text in record.collateral
    ]
