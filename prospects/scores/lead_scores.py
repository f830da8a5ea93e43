"""Lead scores of companies, any number at once, and of one with its latest score taken again."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings

from ..models import BuyingSignal, Company, LeadScore, Signal
from ..scoring.fit import CompanyFacts
from ..scoring.lead import LeadResult, lead_score
from ..scoring.weights import LeadWeights
from . import statements
from .events import events_of_companies
from .weights import Versioned

#: Of scores that nobody explained.
NO_WORDS: Mapping[str, Any] = MappingProxyType({})


def score_companies(*, companies: Collection[int], weights: Versioned[LeadWeights]) -> dict[int, LeadResult]:
    """Score these companies (primary keys, all of one tenant) as of now and keep the scores.

    Call it inside a transaction. Unknown keys are left out of the result.
    """
    at = statements.database_now()
    results = lead_results(companies, weights.values, at=at)
    keep_results(results, version=weights.version, at=at)
    return results


def keep_results(
    results: Mapping[int, LeadResult], *, version: int, at: datetime, explanation: Mapping[str, Any] = NO_WORDS
) -> None:
    """Keep what `lead_results` gave at a time. explanation: of all of them, as `explaining.explain` gives it."""
    rows = [{**_row(company, result), "explanation": dict(explanation)} for company, result in results.items()]
    statements.run(statements.STORE_LEAD_SCORES, {"rows": json.dumps(rows), "version": version, "at": at})


def lead_results(companies: Collection[int], weights: LeadWeights, *, at: datetime) -> dict[int, LeadResult]:
    """What these companies score; keeps nothing."""
    events = events_of_companies(companies, weights, at=at)
    return {
        company.pk: lead_score(_facts(company), events.get(company.pk, ()), weights, at=at)
        for company in Company.objects.filter(pk__in=companies).only(*_FIELDS)
    }


def reusable_score(company: Company, weights: Versioned[LeadWeights]) -> LeadScore | None:
    """The latest score, if it is younger than LEAD_SCORE_REUSE_SECONDS and nothing has come since.

    New are other weights, a signal, a buying signal, and a change of the company itself.
    """
    at = statements.database_now() - timedelta(seconds=settings.LEAD_SCORE_REUSE_SECONDS)
    latest = LeadScore.objects.filter(company=company, computed_at__gt=at).first()
    if latest is None or latest.weights_version != weights.version or company.updated_at > latest.computed_at:
        return None
    since = {"company": company, "created_at__gt": latest.computed_at}
    if Signal.objects.filter(**since).exists() or BuyingSignal.objects.filter(**since).exists():
        return None
    return latest


_FIELDS = ("industry", "naics", "country", "region", "employees", "founded_on", "technologies")


def _facts(company: Company) -> CompanyFacts:
    return CompanyFacts(
        industry=company.industry,
        naics=company.naics,
        country=company.country,
        region=company.region,
        employees=company.employees,
        founded_on=company.founded_on,
        technologies=tuple(company.technologies),
    )


def _row(company: int, result: LeadResult) -> dict[str, object]:
    return {
        "id": company,
        "score": result.score,
        "tier": result.tier,
        "fit": result.fit,
        "intent": result.intent,
        "coverage": result.coverage,
        "factors": [factor.as_json() for factor in result.factors],
    }
