"""Storing a batch of filings so that it makes no difference how often or in which order that happens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from providers.ucc import FilingRecord
from providers.ucc.records import merged

from . import statements
from .adding import add_filings
from .changing import change_filings
from .digests import content_digest
from .scope import FilingKey, Scope
from .settling import settle_liens, settle_prospects
from .sql import run


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


def store_filings(
    *, records: Sequence[FilingRecord], tenant_id: str, state: str, files: Collection[str] = ()
) -> Stored:
    """Write filings with their liens, parties, collateral and prospects. Call it inside a transaction.

    records: all of `state`. files: those of the inbox, as `told_in` names them. Of two that tell one filing differently
    the one whose name comes later counts, for as long as it is there: in each run, wherever that run has come to.
    Of two accounts in one file the later one counts.
    A filing counts as updated when the batch changed it or added to it.
    What a record does not say never replaces what is known. A filing told word for word as the last
    time is compared and left alone.
    """
    scope = Scope(tenant_id=tenant_id, state=state)
    # One batch of a state at a time: two jobs over it can neither deadlock nor count with half of
    # each other's filings. Batches are short, and other states and tenants have locks of their own.
    run(statements.BEGIN, [f"ucc:{state}:{tenant_id}"])
    told = _one_account_each(records)
    digests = {key: content_digest(record) for key, record in told.items()}
    known = _find(told, scope)
    new = {key: record for key, record in told.items() if key not in known.filings}
    changed = {
        key: record for key, record in told.items() if key in known.filings and known.digests[key] != digests[key]
    }
    unsettled = add_filings(new, digests, known.liens, scope)
    earlier = {key for key, record in changed.items() if _is_earlier(record, *known.told[key], files)}
    updated = change_filings(changed, earlier, digests, known.filings, scope)
    prospects_created = 0
    if new or updated:
        moved = {known.liens[key[0]] for key in changed if known.filings[key] in updated}
        settle_liens(moved.union(unsettled))
        prospects_created = settle_prospects(new=new.values(), updated=updated, scope=scope)
    return Stored(fetched=len(records), created=len(new), updated=len(updated), prospects_created=prospects_created)


def _is_earlier(record: FilingRecord, told_in: str, told_at: int, files: Collection[str]) -> bool:
    """Whether what is stored comes from an account that counts more. told_in, told_at: its file and place."""
    if not record.told_in:
        return False
    if record.told_in == told_in:
        # Places compare within the same bytes alone: what was stored from the file as it was before is out of date.
        return record.told_at < told_at and record.told_at >> 32 == told_at >> 32
    return record.told_in < told_in and told_in in files


def _one_account_each(records: Sequence[FilingRecord]) -> dict[FilingKey, FilingRecord]:
    # One statement cannot touch a row twice, so two accounts of a filing become one first.
    told: dict[FilingKey, FilingRecord] = {}
    for record in records:
        key = record.key
        earlier = told.get(key)
        told[key] = merged(earlier, record) if earlier else record
    return told


@dataclass(frozen=True, kw_only=True)
class _Known:
    liens: dict[str, int]
    filings: dict[FilingKey, int]
    digests: dict[FilingKey, int | None]
    told: dict[FilingKey, tuple[str, int]]


def _find(told: dict[FilingKey, FilingRecord], scope: Scope) -> _Known:
    numbers = list({number for number, _ in told})
    known = _Known(liens={}, filings={}, digests={}, told={})
    rows = run(statements.FIND_KNOWN, {**scope.parameters, "numbers": numbers})
    for original, lien, number, filing, digest, told_in, told_at in rows:
        known.liens[original] = lien
        if filing is not None:
            known.filings[original, number] = filing
            known.digests[original, number] = digest
            known.told[original, number] = told_in, told_at
    return known
