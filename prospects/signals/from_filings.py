"""Buying signals in UCC filings: who has just borrowed against its assets is investing, or needs money."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from ..models import Action, Company, Filing, Kind, Match, MatchStatus, Role
from .evidence import Found, midnight
from .kinds import SignalKind


def new_filings(company: Company, since: datetime) -> Iterator[Found]:
    """One for each financing statement against a prospect that is this company."""
    matches = Match.objects.filter(company=company, status__in=[MatchStatus.CERTAIN, MatchStatus.CONFIRMED])
    for match in matches.select_related("prospect"):
        confidence = Decimal(1) if match.status == MatchStatus.CONFIRMED else match.similarity / 100
        prospect = match.prospect
        debtor = Q(parties__role=Role.DEBTOR, parties__kind=Kind.ORGANISATION) & Q(
            parties__tenant_id=prospect.tenant_id,
            parties__state=prospect.state,
            parties__name_key=prospect.name_key,
        )
        filings = Filing.objects.filter(debtor, action=Action.INITIAL, filed_on__gte=since.date())
        for filing in filings.select_related("lien").order_by("filed_on", "id").distinct():
            yield _found(filing, confidence)


def _found(filing: Filing, confidence: Decimal) -> Found:
    lenders = sorted({party.name for party in filing.parties.filter(role=Role.SECURED)})
    by = f" by {', '.join(lenders)}" if lenders else ""
    state = filing.lien.state
    assert filing.filed_on is not None  # noqa: S101  asked for above
    return Found(
        kind=SignalKind.NEW_UCC,
        title=f"UCC filing {filing.file_number} in {state}{by}",
        confidence=confidence,
        occurred_at=midnight(filing.filed_on),
        evidence_key=f"filing:{state}:{filing.file_number}",
        evidence={
            "provider": "ucc",
            "source": filing.source,
            "reference": f"{state} {filing.file_number}",
            "securedParties": lenders,
        },
    )
