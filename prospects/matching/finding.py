"""Finding the matches of a tenant: its companies in memory, its prospects in passing."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from ..models import Company, Prospect
from ..models.matches import MatchStatus
from ..scores.statements import run
from . import statements
from .candidates import Companies
from .company_names import company_name
from .comparing import Judgement, Place, judge

CHUNK = 5000
#: Doubtful companies suggested for one prospect, the most alike first.
MOST_DOUBTFUL = 5


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """form: the prospect's legal form."""

    prospect: int
    company: int
    form: str
    judgement: Judgement


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What storing changed: rows added and rows that say something else now. Rows that stayed count in neither."""

    certain: int
    doubtful: int
    added: int
    changed: int


def find_matches(tenant_id: str, *, tell: Callable[[int], None] = lambda seen: None) -> list[Suggestion]:
    """All that may be said of the tenant's prospects and companies. Reads only.

    tell: is called now and then with how many prospects have been looked at; it may raise to stop.
    """
    known = {row.pk: row for row in Company.objects.filter(tenant_id=tenant_id).exclude(name="").only(*_FIELDS)}
    companies = Companies((key, row.name) for key, row in known.items())
    places = {key: _place_of_company(row) for key, row in known.items()}
    found: list[Suggestion] = []
    last, seen = 0, 0
    prospects = Prospect.objects.filter(tenant_id=tenant_id).order_by("pk")
    while chunk := list(prospects.filter(pk__gt=last).values_list("pk", "name")[:CHUNK]) if known else []:
        found += _judged(chunk, companies, places)
        last, seen = chunk[-1][0], seen + len(chunk)
        tell(seen)
    return _settled(found)


def store_matches(*, tenant_id: str, suggestions: Collection[Suggestion]) -> Stored:
    """Make the rows say what was found: add, correct, and drop. Call it inside a transaction.

    What a person confirmed or rejected is never touched. Done again, it changes nothing.
    """
    rows = json.dumps([_row(suggestion) for suggestion in suggestions])
    run(statements.TAKE_TURNS, {"name": turns_of(tenant_id)})
    run(statements.DROP_MATCHES, {"tenant": tenant_id, "rows": rows})
    written = run(statements.STORE_MATCHES, {"tenant": tenant_id, "rows": rows})
    counts = Counter(suggestion.judgement.status for suggestion in suggestions)
    return Stored(
        certain=counts[MatchStatus.CERTAIN],
        doubtful=counts[MatchStatus.DOUBTFUL],
        added=sum(is_new for _, is_new in written),
        changed=sum(not is_new for _, is_new in written),
    )


def turns_of(tenant_id: str) -> str:
    return f"matches:{tenant_id}"


_FIELDS = ("name", "country", "region", "city", "postal_code")


def _judged(chunk: list[tuple[int, str]], companies: Companies, places: Mapping[int, Place]) -> list[Suggestion]:
    names = {key: company_name(name) for key, name in chunk}
    alike = {key: found for key, name in names.items() if (found := companies.like(name))}
    there = _places_of_prospects(alike)
    suggestions = []
    for prospect, keys in alike.items():
        for company in keys:
            judgement = judge(companies.names[company], places[company], names[prospect], there[prospect])
            if judgement is not None:
                suggestions.append(
                    Suggestion(prospect=prospect, company=company, form=names[prospect].form, judgement=judgement)
                )
    return suggestions


def _settled(found: list[Suggestion]) -> list[Suggestion]:
    """A prospect is one company, and a name without a place is one prospect; where there are more, ask a person."""
    certain = [one for one in found if one.judgement.status is MatchStatus.CERTAIN]
    of_prospect = Counter(one.prospect for one in certain)
    of_company = Counter(one.company for one in found if one.judgement.similarity == 100)
    forms: dict[int, set[str]] = defaultdict(set)
    for one in certain:
        forms[one.company].add(one.form)
    kept: dict[int, list[Suggestion]] = defaultdict(list)
    for one in found:
        if one.judgement.status is MatchStatus.CERTAIN:
            if of_prospect[one.prospect] > 1:
                one = _doubted(one, "several companies agree as well")  # noqa: PLW2901
            elif len(forms[one.company] - {""}) > 1:
                one = _doubted(one, "prospects of several legal forms have this name")  # noqa: PLW2901
            elif not one.judgement.has_place and of_company[one.company] > 1:
                one = _doubted(one, "several prospects have this name")  # noqa: PLW2901
        kept[one.prospect].append(one)
    return [one for of_one in kept.values() for one in _best(of_one)]


def _best(of_one: list[Suggestion]) -> list[Suggestion]:
    """The certain one alone, else the most alike of the doubtful ones."""
    certain = [one for one in of_one if one.judgement.status is MatchStatus.CERTAIN]
    return certain or sorted(of_one, key=lambda one: (-one.judgement.similarity, one.company))[:MOST_DOUBTFUL]


def _doubted(one: Suggestion, reason: str) -> Suggestion:
    reasons = (*one.judgement.reasons, reason)
    return replace(one, judgement=replace(one.judgement, status=MatchStatus.DOUBTFUL, reasons=reasons))


def _row(one: Suggestion) -> dict[str, object]:
    return {
        "prospect": one.prospect,
        "company": one.company,
        "similarity": one.judgement.similarity,
        "status": one.judgement.status,
        "reasons": one.judgement.reasons,
    }


def _place_of_company(company: Company) -> Place:
    return Place(
        states=_set([company.region]),
        cities=_set([company.city]),
        postal_codes=_set([company.postal_code[:5]]),
        countries=_set([company.country]),
    )


def _places_of_prospects(prospects: Collection[int]) -> dict[int, Place]:
    rows = run(statements.PLACES_OF_PROSPECTS, {"prospects": list(prospects)}) if prospects else []
    return {
        key: Place(
            # Registers abbreviate; a region that is written out says nothing to compare with.
            states=frozenset(region for region in _set(regions) if len(region) == 2),
            cities=_set(cities),
            postal_codes=_set(postal_codes),
            registered=state,
        )
        for key, state, regions, cities, postal_codes in rows
    }


def _set(values: Collection[str | None]) -> frozenset[str]:
    return frozenset(value.strip().upper() for value in values if value and value.strip())
