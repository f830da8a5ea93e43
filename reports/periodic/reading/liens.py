"""Liens and filings whose debtor is a prospect that is the company."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from prospects.models import Company, Filing, Kind, Lien, Match, MatchStatus, Party, Role
from prospects.models.filings import Action, LienStatus
from prospects.scoring.secured_parties import class_of_lien

from ..content import RowRef
from ..known import KnownFiling, KnownLien

#: A debtor with more liens is a lender's own subsidiary; a report of all of them would help nobody.
MOST_LIENS = 500


def liens_of(company: Company, *, until: date) -> tuple[list[KnownLien], list[KnownFiling], bool]:
    """Liens, their filings up to the day, and whether there are more than MOST_LIENS."""
    ids = _lien_ids(company)
    rows = list(Lien.objects.filter(pk__in=ids[:MOST_LIENS]).order_by("pk"))
    filings = list(Filing.objects.filter(lien__in=rows).order_by("filed_on", "pk"))
    secured = _secured_of(filings)
    by_lien: dict[int, list[Filing]] = defaultdict(list)
    for filing in filings:
        by_lien[filing.lien_id].append(filing)
    liens = [_lien(row, by_lien[row.pk], secured) for row in rows]
    states = {row.pk: row.state for row in rows}
    dated = [one for one in filings if one.filed_on is None or one.filed_on <= until]
    return liens, [_filing(one, states[one.lien_id], secured) for one in dated], len(ids) > MOST_LIENS


def _lien_ids(company: Company) -> list[int]:
    sure = [MatchStatus.CERTAIN, MatchStatus.CONFIRMED]
    matches = Match.objects.filter(company=company, status__in=sure).select_related("prospect")
    wanted = Q()
    for match in matches:
        wanted |= Q(tenant_id=company.tenant_id, state=match.prospect.state, name_key=match.prospect.name_key)
    if not wanted:
        return []
    debtors = Party.objects.filter(wanted, role=Role.DEBTOR, kind=Kind.ORGANISATION)
    ids = debtors.order_by("-filing__lien_id").values_list("filing__lien_id", flat=True).distinct()
    return list(ids[: MOST_LIENS + 1])


def _secured_of(filings: Sequence[Filing]) -> dict[int, tuple[str, ...]]:
    """Names of the secured parties by filing, as they are stated."""
    found: dict[int, list[str]] = defaultdict(list)
    parties = Party.objects.filter(filing__in=filings, role=Role.SECURED).order_by("pk")
    for filing_id, name in parties.values_list("filing_id", "name"):
        found[filing_id].append(name)
    return {key: tuple(names) for key, names in found.items()}


def _lien(row: Lien, filings: Sequence[Filing], secured: dict[int, tuple[str, ...]]) -> KnownLien:
    names = tuple(dict.fromkeys(name for one in filings for name in secured.get(one.pk, ())))
    ended = [one.filed_on for one in filings if one.action == Action.TERMINATION and one.filed_on]
    return KnownLien(
        ref=RowRef(
            kind="lien", id=f"{row.state}:{row.file_number}", label=f"{row.state} {row.file_number}", source=row.source
        ),
        id=row.pk,
        kind=str(class_of_lien(row.lien_type, names)),
        status=row.status,
        filed_on=row.filed_on or min((one.filed_on for one in filings if one.filed_on), default=None),
        lapses_on=row.lapses_on,
        # A termination by one of several secured parties leaves the lien active.
        ended_on=min(ended, default=None) if row.status != LienStatus.ACTIVE else None,
        secured=names,
    )


def _filing(row: Filing, state: str, secured: dict[int, tuple[str, ...]]) -> KnownFiling:
    day = f" of {row.filed_on}" if row.filed_on else ""
    return KnownFiling(
        ref=RowRef(
            kind="filing",
            id=f"{state}:{row.file_number}",
            label=f"{row.get_action_display()} {row.file_number} in {state}{day}",
            source=row.source,
        ),
        lien=row.lien_id,
        action=row.get_action_display(),
        filed_on=row.filed_on,
        secured=secured.get(row.pk, ()),
    )
