"""Finding and keeping the reasons to call a company now."""

from collections.abc import Collection, Iterable

from ..models import BuyingSignal, Company
from .evidence import TITLE_LENGTH, Found
from .from_facts import in_facts
from .from_filings import new_filings
from .from_reports import reported
from .kinds import SignalKind

#: What is looked through, with the words for a job's progress.
SOURCES = (("reported signals", reported), ("UCC filings", new_filings), ("facts of sources", in_facts))


def once_each(found: Iterable[Found], kinds: Collection[SignalKind]) -> list[Found]:
    """Those of the kinds, newest first; of several with the same evidence the surest."""
    best: dict[tuple[SignalKind, str], Found] = {}
    for one in found:
        key = (one.kind, one.evidence_key)
        if one.kind in kinds and (key not in best or best[key].confidence < one.confidence):
            best[key] = one
    return sorted(best.values(), key=lambda one: one.occurred_at, reverse=True)


def store_found(*, company: Company, found: Iterable[Found]) -> list[BuyingSignal]:
    """Keep what is not kept yet; returns those alone. Two jobs over one company take turns."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    known = set(BuyingSignal.objects.filter(company=company).values_list("kind", "evidence_key"))
    new = [_row(company, one) for one in found]
    return BuyingSignal.objects.bulk_create([row for row in new if (row.kind, row.evidence_key) not in known])


def _row(company: Company, found: Found) -> BuyingSignal:
    return BuyingSignal(
        tenant_id=company.tenant_id,
        company=company,
        kind=found.kind,
        title=found.title[:TITLE_LENGTH],
        confidence=found.confidence,
        occurred_at=found.occurred_at,
        evidence_key=found.evidence_key[:300],
        evidence=dict(found.evidence),
    )
