"""Companies of the same industry that the organisation knows."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from prospects.models import Company

from ..evidence import Dossier, Origin

_SHOWN = 5
_MOST = 500


def gather(company: Company, dossier: Dossier) -> None:
    peers = list(_peers(company)[:_MOST])
    if not peers:
        return
    origin = Origin(
        label="The organisation's known companies",
        provider="quarry",
        source="given",
        reference=company.naics or company.industry,
        fetched_at=timezone.now(),
    )
    named = ", ".join(peer.name for peer in peers[:_SHOWN])
    more = f" and {len(peers) - _SHOWN} more" if len(peers) > _SHOWN else ""
    dossier.add(f"{len(peers)} known companies are of its industry: {named}{more}.", "market", origin=origin)
    _size(company, peers, dossier, origin)
    _rank(company, peers, dossier, origin)


def _peers(company: Company) -> QuerySet[Company]:
    """Of the same four digits of NAICS, else of the same words for the industry."""
    same = Q(naics__startswith=company.naics[:4]) if company.naics else Q(industry__iexact=company.industry)
    if not (company.naics or company.industry):
        return Company.objects.none()
    others = Company.objects.filter(same, tenant_id=company.tenant_id).exclude(pk=company.pk).exclude(name="")
    return others.order_by("-employees", "pk")


def _size(company: Company, peers: list[Company], dossier: Dossier, origin: Origin) -> None:
    sizes = [peer.employees for peer in peers if peer.employees is not None]
    if company.employees is not None and sizes:
        larger = sum(1 for size in sizes if size > company.employees)
        text = f"By employees, {larger} of the {len(sizes)} whose size is known are larger than it."
        dossier.add(text, "market", origin=origin)


def _rank(company: Company, peers: list[Company], dossier: Dossier, origin: Origin) -> None:
    scores = [peer.lead_score for peer in peers if peer.lead_score is not None]
    if company.lead_score is not None and scores:
        better = sum(1 for score in scores if score > company.lead_score)
        text = f"By lead score, {better} of the {len(scores)} that are scored stand before it."
        dossier.add(text, "market", "outlook", origin=origin)
