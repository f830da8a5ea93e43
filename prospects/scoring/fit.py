"""How well a company fits the profile of the customer an organisation looks for."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .factors import Factor
from .weights import LeadWeights, Profile

#: Credit for what is near the profile without meeting it.
NEAR = 0.5


@dataclass(frozen=True, kw_only=True)
class CompanyFacts:
    """What is known of a company; empty or None where it is not."""

    industry: str = ""
    naics: str = ""
    country: str = ""
    region: str = ""
    employees: int | None = None
    founded_on: date | None = None
    technologies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fit:
    """value: 0 to 100 over the fields that are asked and known, None without any; coverage: their share of those asked.

    The factors' contributions add up to the value.
    """

    value: float | None
    coverage: float
    factors: tuple[Factor, ...]


def fit_of(company: CompanyFacts, weights: LeadWeights, *, as_of: date) -> Fit:
    found = {name: ask(company, weights.profile, as_of) for name, ask in _QUESTIONS.items()}
    asked = {name: weights.fit[name] for name, answer in found.items() if answer is not _NOT_ASKED}
    known = math.fsum(points for name, points in asked.items() if found[name].credit is not None)
    factors = tuple(
        Factor(
            name=f"fit.{name}",
            label=_LABELS[name],
            weight=points,
            value=found[name].credit,
            contribution=100 * points * (found[name].credit or 0.0) / known if known else 0.0,
            detail=found[name].detail,
        )
        for name, points in asked.items()
    )
    total = math.fsum(asked.values())
    return Fit(
        value=math.fsum(factor.contribution for factor in factors) if known else None,
        coverage=known / total if total else 0.0,
        factors=factors,
    )


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """credit: 0 to 1, None where the company's side is not known."""

    credit: float | None
    detail: str


_NOT_ASKED = _Answer(credit=None, detail="")
_UNKNOWN = _Answer(credit=None, detail="not known")


def _industry(company: CompanyFacts, profile: Profile, as_of: date) -> _Answer:
    if not profile.industries:
        return _NOT_ASKED
    if not company.naics and not company.industry:
        return _UNKNOWN
    said = company.industry or company.naics
    codes = [wanted for wanted in profile.industries if wanted.isdigit()]
    words = [wanted.casefold() for wanted in profile.industries if not wanted.isdigit()]
    if any(company.naics.startswith(code) for code in codes) or any(word in said.casefold() for word in words):
        return _Answer(credit=1.0, detail=f"{said} is sought")
    if company.naics and any(company.naics[:2] == code[:2] for code in codes):
        return _Answer(credit=NEAR, detail=f"{said} is in a sought sector")
    return _Answer(credit=0.0, detail=f"{said} is not sought")


def _size(company: CompanyFacts, profile: Profile, as_of: date) -> _Answer:
    least, most, employees = profile.employees_least, profile.employees_most, company.employees
    if least is None and most is None:
        return _NOT_ASKED
    if employees is None:
        return _UNKNOWN
    if (least is None or employees >= least) and (most is None or employees <= most):
        return _Answer(credit=1.0, detail=f"{employees} employees, within the range")
    if (least is None or 2 * employees >= least) and (most is None or employees <= 2 * most):
        return _Answer(credit=NEAR, detail=f"{employees} employees, near the range")
    return _Answer(credit=0.0, detail=f"{employees} employees, outside the range")


def _geography(company: CompanyFacts, profile: Profile, as_of: date) -> _Answer:
    if not profile.countries and not profile.regions:
        return _NOT_ASKED
    if not company.country and not company.region:
        return _UNKNOWN
    place = ", ".join(filter(None, (company.region, company.country)))
    if profile.regions and company.region:
        sought = company.region in profile.regions
        return _Answer(credit=1.0 if sought else 0.0, detail=f"{place} is {'' if sought else 'not '}sought")
    if not company.country or not profile.countries:
        return _UNKNOWN
    sought = company.country in profile.countries
    credit = (NEAR if profile.regions else 1.0) if sought else 0.0
    return _Answer(credit=credit, detail=f"{place} is {'' if sought else 'not '}sought")


def _technology(company: CompanyFacts, profile: Profile, as_of: date) -> _Answer:
    wanted = {name.casefold() for name in profile.technologies}
    if not wanted:
        return _NOT_ASKED
    if not company.technologies:
        return _UNKNOWN
    used = wanted & {name.casefold() for name in company.technologies}
    detail = f"uses {', '.join(sorted(used))}" if used else "uses none of those sought"
    return _Answer(credit=len(used) / len(wanted), detail=detail)


def _age(company: CompanyFacts, profile: Profile, as_of: date) -> _Answer:
    if profile.years_least is None:
        return _NOT_ASKED
    if company.founded_on is None:
        return _UNKNOWN
    years = max(0.0, (as_of - company.founded_on).days / 365.25)
    credit = 1.0 if years >= profile.years_least else NEAR if 2 * years >= profile.years_least else 0.0
    return _Answer(credit=credit, detail=f"founded {years:.1f} years ago")


_QUESTIONS: dict[str, Callable[[CompanyFacts, Profile, date], _Answer]] = {
    "industry": _industry,
    "size": _size,
    "geography": _geography,
    "technology": _technology,
    "age": _age,
}
_LABELS = {
    "industry": "Industry",
    "size": "Size",
    "geography": "Place",
    "technology": "Technology",
    "age": "Age of the company",
}
