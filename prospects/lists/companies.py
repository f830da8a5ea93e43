"""Which companies: what pages, exports and the API may ask for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields

from django.db.models import Q, QuerySet

from ..models import Company
from ..names import name_key
from .query import AddressedQuery

LONGEST_NAME = 200
TIERS = ("A", "B", "C", "D")
GRADES = ("A", "B", "C", "D", "F")


@dataclass(frozen=True, kw_only=True)
class Query(AddressedQuery):
    """q: how the name begins, or the whole key or domain. portfolio: `yes` or empty."""

    q: str = ""
    portfolio: str = ""
    tier: str = ""
    grade: str = ""


def parse(given: Mapping[str, str]) -> tuple[Query, dict[str, str]]:
    """The query, and what of the given words was left out because it could not be understood, by name."""
    problems: dict[str, str] = {}
    words = {one.name: str(given.get(one.name, "")).strip() for one in fields(Query)}
    query = Query(
        q=words["q"][:LONGEST_NAME],
        portfolio=_known("portfolio", words["portfolio"].lower(), ("yes",), problems),
        tier=_known("tier", words["tier"].upper(), TIERS, problems),
        grade=_known("grade", words["grade"].upper(), GRADES, problems),
    )
    return query, problems


def find(query: Query, *, tenant_id: str) -> QuerySet[Company]:
    """The organisation's companies that fit, in no order."""
    found = Company.objects.filter(tenant_id=tenant_id)
    if query.q:
        begins = name_key(query.q)
        domain = query.q.lower().removeprefix("www.")
        found = found.filter(Q(name_key__startswith=begins) | Q(key=query.q) | Q(domain=domain))
    if query.portfolio:
        found = found.filter(is_portfolio=True)
    if query.tier:
        found = found.filter(lead_tier=query.tier)
    if query.grade:
        found = found.filter(health_grade=query.grade)
    return found


def _known(name: str, word: str, allowed: Collection[str], problems: dict[str, str]) -> str:
    if not word or word in allowed:
        return word
    problems[name] = f"must be one of {', '.join(allowed)}"
    return ""
