"""The shapes in which the API shows prospects and companies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jobs.timestamps import iso

from ..lists.prospects import SETTLED
from ..models import Company, Fact, HealthScore, LeadScore, Lookup, Match, Prospect, ProspectScore


def prospects(rows: Sequence[Prospect]) -> list[dict[str, Any]]:
    settled = Match.objects.filter(prospect__in=[one.pk for one in rows], status__in=SETTLED)
    companies = dict(settled.values_list("prospect_id", "company__key"))
    return [prospect(one, companies) for one in rows]


def prospect(one: Prospect, companies: Mapping[int, str]) -> dict[str, Any]:
    """companyId: of the company it is, null where that is not settled."""
    return {
        "id": str(one.public_id),
        "name": one.name,
        "state": one.state,
        "score": _number(one.score),
        "uccRisk": _number(one.ucc_risk),
        "securedClasses": one.secured_classes,
        "filingCount": one.filing_count,
        "firstFiledOn": _day(one.first_filed_on),
        "lastFiledOn": _day(one.last_filed_on),
        "companyId": companies.get(one.pk),
        "source": one.source,
        "scoredAt": _time(one.scored_at),
        "enrichedAt": _time(one.enriched_at),
        "createdAt": _time(one.created_at),
    }


def whole_prospect(one: Prospect) -> dict[str, Any]:
    """With the score's factors, what sources said and which were asked."""
    scored = ProspectScore.objects.filter(prospect=one).first()
    return {
        **prospects([one])[0],
        "scoring": scoring(scored) if scored else None,
        "facts": facts(Fact.objects.filter(prospect=one)),
        "lookups": lookups(Lookup.objects.filter(prospect=one)),
    }


def company(one: Company) -> dict[str, Any]:
    return {
        "id": one.key,
        "name": one.name or None,
        "domain": one.domain or None,
        "industry": one.industry or None,
        "naics": one.naics or None,
        "employees": one.employees,
        "foundedOn": _day(one.founded_on),
        "country": one.country or None,
        "region": one.region or None,
        "city": one.city or None,
        "postalCode": one.postal_code or None,
        "technologies": one.technologies,
        "isPortfolio": one.is_portfolio,
        "leadScore": _number(one.lead_score),
        "leadTier": one.lead_tier or None,
        "leadScoredAt": _time(one.lead_scored_at),
        "healthScore": _number(one.health_score),
        "healthGrade": one.health_grade or None,
        "healthScoredAt": _time(one.health_scored_at),
        "source": one.origin,
        "enrichedAt": _time(one.enriched_at),
        "createdAt": _time(one.created_at),
    }


def whole_company(one: Company) -> dict[str, Any]:
    lead: LeadScore | None = one.lead_scores.first()
    health: HealthScore | None = one.health_scores.first()
    settled = Match.objects.filter(company=one, status__in=SETTLED)
    return {
        **company(one),
        "leadScoring": {**scoring(lead), "fit": _number(lead.fit), "intent": _number(lead.intent)} if lead else None,
        "healthScoring": {**scoring(health), "sentiment": _number(health.sentiment)} if health else None,
        "prospectIds": [str(key) for key in settled.values_list("prospect__public_id", flat=True)],
        "buyingSignals": [
            {
                "kind": signal.kind,
                "title": signal.title,
                "confidence": _number(signal.confidence),
                "occurredAt": _time(signal.occurred_at),
                "evidence": signal.evidence,
            }
            for signal in one.buying_signals.all()[:50]
        ],
        "facts": facts(Fact.objects.filter(company=one)),
        "lookups": lookups(Lookup.objects.filter(company=one)),
    }


def scoring(row: ProspectScore | LeadScore | HealthScore) -> dict[str, Any]:
    return {
        "score": _number(row.score),
        "factors": row.factors,
        "coverage": _number(row.coverage),
        "weightsVersion": row.weights_version,
        "computedAt": _time(row.computed_at),
    }


def facts(rows: Iterable[Fact]) -> list[dict[str, Any]]:
    return [
        {
            "provider": one.provider,
            "name": one.name,
            "value": one.value,
            "reference": one.reference or None,
            "asOf": _day(one.as_of),
            "source": one.source,
            "fetchedAt": _time(one.fetched_at),
        }
        for one in rows
    ]


def lookups(rows: Iterable[Lookup]) -> list[dict[str, Any]]:
    return [
        {
            "provider": one.provider,
            "outcome": one.outcome,
            "message": one.message or None,
            "askedAt": _time(one.asked_at),
            "jobId": one.job_id or None,
        }
        for one in rows
    ]


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _time(value: datetime | None) -> str | None:
    return None if value is None else iso(value)
