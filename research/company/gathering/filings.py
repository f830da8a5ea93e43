"""Liens of the prospects that are the company."""

from collections import Counter
from datetime import date

from django.utils import timezone

from prospects.models import Company, Kind, Lien, LienStatus, Match, MatchStatus, Party, Prospect, Role
from prospects.scoring.secured_parties import SecuredClass, class_of_party

from ..evidence import Dossier, Origin

_SOON_DAYS = 365


def gather(company: Company, dossier: Dossier) -> None:
    for prospect in _prospects(company):
        liens = list(_liens(prospect))
        if liens:
            _tell(prospect, liens, dossier)


def _prospects(company: Company) -> list[Prospect]:
    sure = Match.objects.filter(company=company, status__in=[MatchStatus.CERTAIN, MatchStatus.CONFIRMED])
    return [match.prospect for match in sure.select_related("prospect").order_by("prospect_id")[:20]]


def _liens(prospect: Prospect) -> list[Lien]:
    parties = Party.objects.filter(
        tenant_id=prospect.tenant_id,
        state=prospect.state,
        name_key=prospect.name_key,
        role=Role.DEBTOR,
        kind=Kind.ORGANISATION,
    )
    ids = parties.values_list("filing__lien_id", flat=True).distinct()[:500]
    return list(Lien.objects.filter(pk__in=list(ids)).order_by("-filed_on", "pk"))


def _tell(prospect: Prospect, liens: list[Lien], dossier: Dossier) -> None:
    origin = Origin(
        label=f"UCC filings of {prospect.state}",
        provider="ucc",
        source=prospect.source,
        reference=f"{prospect.name}, {prospect.state}",
        fetched_at=prospect.updated_at,
    )
    counts = Counter(lien.status for lien in liens)
    active = [lien for lien in liens if lien.status == LienStatus.ACTIVE]
    dossier.add(
        f"{prospect.state} knows {_liens_in_words(len(liens))} on {prospect.name}: {counts['active']} active, "
        f"{counts['lapsed']} lapsed, {counts['terminated']} terminated.",
        "financing",
        origin=origin,
    )
    if prospect.last_filed_on:
        dossier.add(f"The last filing is of {prospect.last_filed_on}.", "financing", origin=origin)
    _lenders(active, dossier, origin)
    _lapsing(active, dossier, origin)


def _lenders(active: list[Lien], dossier: Dossier, origin: Origin) -> None:
    names = Party.objects.filter(filing__lien__in=active, role=Role.SECURED).values_list("name", flat=True)
    lenders = sorted(set(names))
    if lenders:
        more = f" and {len(lenders) - 8} more" if len(lenders) > 8 else ""
        text = f"Secured parties of its active liens are {', '.join(lenders[:8])}{more}."
        dossier.add(text, "financing", origin=origin)
    classes = Counter(class_of_party(name) for name in lenders)
    if classes[SecuredClass.TAX]:
        text = f"Among them are {classes[SecuredClass.TAX]} tax authorities."
        dossier.add(text, "financing", "risks", "outlook", origin=origin, topic="tax-lien")
    if classes[SecuredClass.MCA] > 1:
        text = f"{classes[SecuredClass.MCA]} lenders of merchant cash advances have active liens on it at once."
        dossier.add(text, "financing", "risks", origin=origin)


def _lapsing(active: list[Lien], dossier: Dossier, origin: Origin) -> None:
    today = timezone.localdate()
    soon = sorted(lien.lapses_on for lien in active if lien.lapses_on and _days(today, lien.lapses_on) <= _SOON_DAYS)
    if soon:
        verb = "lapses" if len(soon) == 1 else "lapse"
        text = f"{len(soon)} of its active liens {verb} within {_SOON_DAYS} days, the first on {soon[0]}."
        dossier.add(text, "financing", "outlook", origin=origin, topic="lapsing")


def _liens_in_words(number: int) -> str:
    return "1 lien" if number == 1 else f"{number} liens"


def _days(today: date, day: date) -> int:
    return (day - today).days
