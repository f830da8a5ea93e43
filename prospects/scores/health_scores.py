"""Health scores of portfolio companies: claimed, computed and stored in the caller's one transaction.

A claim is a row lock. Companies that another job holds are passed over, and those it has scored are no
longer stale once its transaction ends, so none is scored twice; a crash stores nothing and repeats nothing.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from ..models import Company, HealthAlert, HealthScore
from ..scoring.health import HealthResult, Scored, alert_of, health_score
from ..scoring.weights import HealthWeights, LeadWeights, ProspectWeights
from . import statements
from .evidence import BadFact
from .health_inputs import AllWeights, components_of, load
from .weights import Versioned, current_weights

#: A score is stored some minutes after the run that asked for it. Held against the full hours it would still be fresh
#: at the next run, and twice a day would become once.
AWAITED = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """processed = updated + failed + those that another job has just scored."""

    processed: int
    updated: int
    failed: int
    #: Raised by these scores.
    alerts: Sequence[HealthAlert] = ()


def stale_companies(at: datetime) -> QuerySet[Company]:
    """Portfolio companies whose health is unknown or HEALTH_SCORE_HOURS old, give or take AWAITED; oldest first."""
    limit = at - timedelta(hours=settings.HEALTH_SCORE_HOURS) + AWAITED
    stale = Q(health_scored_at__isnull=True) | Q(health_scored_at__lt=limit)
    return Company.objects.filter(stale, is_portfolio=True).order_by(F("health_scored_at").asc(nulls_first=True), "id")


def score_stale(*, tenant_id: str, most: int, log: Callable[[str], None]) -> Outcome:
    """Score up to `most` stale companies of a tenant that no other job is scoring. Call it inside a transaction."""
    stale = stale_companies(statements.database_now()).filter(tenant_id=tenant_id)
    claimed = list(stale.select_for_update(skip_locked=True, of=("self",), no_key=True)[:most])
    return _score(claimed, tenant_id=tenant_id, log=log)


def score_one(*, company: Company, log: Callable[[str], None]) -> Outcome:
    """Score one company, fresh or not. Call it inside a transaction.

    Where another job scores it meanwhile, this waits for it and takes its score.
    """
    locked = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if locked.health_scored_at != company.health_scored_at:
        return Outcome(processed=1, updated=0, failed=0)
    return _score([locked], tenant_id=locked.tenant_id, log=log)


def _score(companies: Sequence[Company], *, tenant_id: str, log: Callable[[str], None]) -> Outcome:
    at = statements.database_now()
    health = current_weights(HealthWeights, tenant_id)
    weights = AllWeights(
        health=health.values,
        lead=current_weights(LeadWeights, tenant_id).values,
        prospect=current_weights(ProspectWeights, tenant_id).values,
    )
    known = load(companies, weights, at=at)
    results: dict[int, HealthResult] = {}
    for company in companies:
        try:
            results[company.pk] = health_score(components_of(known[company.pk], weights, at=at), health.values)
        except BadFact as problem:
            log(f"{company.key}: not scored, {problem}")
    alerts = _alerts(results, health.values, at)
    _store(results, health, at)
    raised = _store_alerts(alerts, companies, at, log)
    failed = len(companies) - len(results)
    return Outcome(processed=len(companies), updated=len(results), failed=failed, alerts=raised)


def _alerts(results: dict[int, HealthResult], weights: HealthWeights, at: datetime) -> dict[int, str]:
    """Reasons by company, from the scores that are stored so far."""
    history = _history(list(results), weights, at)
    found = {key: alert_of(result, history.get(key, []), weights, at=at) for key, result in results.items()}
    return {key: reason for key, reason in found.items() if reason}


def _history(companies: list[int], weights: HealthWeights, at: datetime) -> dict[int, list[Scored]]:
    """Of each company its latest score and its best within the days that alerts look back."""
    known = HealthScore.objects.filter(company__in=companies, score__isnull=False)
    since = at - timedelta(days=weights.alert_days)
    latest = known.order_by("company_id", "-computed_at", "-id").distinct("company_id")
    best = known.filter(computed_at__gte=since).order_by("company_id", "-score", "-computed_at").distinct("company_id")
    history: dict[int, list[Scored]] = {}
    for row in [*best, *latest]:
        score = None if row.score is None else float(row.score)
        history.setdefault(row.company_id, []).append(Scored(score=score, grade=row.grade, at=row.computed_at))
    return history


def _store(results: dict[int, HealthResult], weights: Versioned[HealthWeights], at: datetime) -> None:
    rows = [
        {
            "id": key,
            "score": result.score,
            "grade": result.grade,
            "sentiment": result.sentiment,
            "coverage": result.coverage,
            "factors": [factor.as_json() for factor in result.factors],
        }
        for key, result in results.items()
    ]
    statements.run(statements.STORE_HEALTH_SCORES, {"rows": json.dumps(rows), "version": weights.version, "at": at})


def _store_alerts(
    alerts: dict[int, str], companies: Sequence[Company], at: datetime, log: Callable[[str], None]
) -> list[HealthAlert]:
    scores = dict(HealthScore.objects.filter(company__in=alerts, computed_at=at).values_list("company", "id"))
    rows = []
    for company in companies:
        if company.pk in alerts:
            reason = alerts[company.pk]
            log(f"{company.key}: health {reason}")
            rows.append(
                HealthAlert(
                    tenant_id=company.tenant_id, company=company, health_score_id=scores[company.pk], reason=reason
                )
            )
    return HealthAlert.objects.bulk_create(rows)
