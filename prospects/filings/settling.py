"""What liens and prospects say, after filings were added or changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from providers.ucc import FilingRecord, PartyKind, PartyRole, SourceLabel

from ..names import name_key
from . import statements
from .scope import Scope
from .sql import as_json, run

_DEBTOR, _ORGANISATION = PartyRole.DEBTOR, PartyKind.ORGANISATION
_RANK = {SourceLabel.SAMPLE: 0, SourceLabel.FILE: 1, SourceLabel.LIVE: 2}


def settle_liens(liens: Collection[int]) -> None:
    if liens:
        run(statements.SETTLE_LIENS, {"liens": sorted(liens)})


def settle_prospects(*, new: Iterable[FilingRecord], updated: Collection[int], scope: Scope) -> int:
    """Returns how many prospects are new.

    new: filings stored just now. updated: ids of filings that changed, whose debtors are counted afresh.
    """
    afresh: set[str] = set()
    if updated:
        # A changed filing may have debtors that this batch does not mention.
        afresh.update(name for (name,) in run(statements.NAMES_IN_FILINGS, {"filings": sorted(updated)}))
    told = _told(new)
    afresh.update(key for key, prospect in told.items() if prospect.is_ambiguous)
    added = {key: told[key] for key in sorted(told) if key not in afresh}
    created = 0
    if added:
        rows = as_json([prospect.row(key) for key, prospect in added.items()])
        stored = dict(run(statements.ADD_TO_PROSPECTS, {**scope.parameters, "rows": rows}))
        created = sum(stored.values())
        afresh.update(added.keys() - stored.keys())
    if afresh:
        counted = run(statements.SETTLE_PROSPECTS, {**scope.parameters, "names": sorted(afresh)})
        created += sum(is_new for (is_new,) in counted)
    return created


@dataclass(slots=True)
class _Told:
    """One debtor organisation, as the new filings of a batch tell of it."""

    name: str
    source: SourceLabel
    first: date | None
    last: date | None
    count: int = 1
    #: Two spellings on its last day: PostgreSQL decides by the file number, in its own order of text.
    is_ambiguous: bool = False

    def add(self, name: str, source: SourceLabel, filed_on: date | None) -> None:
        self.count += 1
        if _RANK[source] > _RANK[self.source]:
            self.source = source
        if filed_on == self.last:
            self.is_ambiguous |= name != self.name
        elif filed_on is not None and (self.last is None or filed_on > self.last):
            self.name, self.last, self.is_ambiguous = name, filed_on, False
        if filed_on is not None and (self.first is None or filed_on < self.first):
            self.first = filed_on

    def row(self, key: str) -> dict[str, object]:
        return {
            "source": self.source,
            "name": self.name,
            "name_key": key,
            "first_filed_on": self.first,
            "last_filed_on": self.last,
            "filing_count": self.count,
        }


def _told(records: Iterable[FilingRecord]) -> dict[str, _Told]:
    told: dict[str, _Told] = {}
    for record in records:
        # Two spellings in one filing are one party: the later one, as in the table of parties.
        names = {
            name_key(party.name): party.name
            for party in record.parties
            if party.role is _DEBTOR and party.kind is _ORGANISATION
        }
        for key, name in names.items():
            known = told.get(key)
            if known:
                known.add(name, record.source, record.filed_on)
            else:
                told[key] = _Told(name, record.source, record.filed_on, record.filed_on)
    return told
