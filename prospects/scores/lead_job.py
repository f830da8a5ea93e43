"""The job types `scoring`, one company's lead score, and `lead-scores`, those of all of an organisation."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.schedules.declarations import Occurrence, Submission, schedule

from ..models import Company, LeadScore
from ..scoring.weights import LeadWeights
from .lead_scores import reusable_score, score_companies
from .passes import begun_at, enqueue_for, for_tenant, go_over, tenants_of
from .weights import current_weights


class Scoring(Payload):
    """force_refresh: compute anew, also where the latest score could be taken again."""

    company_id: EntityId
    force_refresh: bool = False


def _time(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class LeadScores(Payload):
    """since: companies scored after it are done; the job that goes on with another's work has it."""

    since: Annotated[datetime, BeforeValidator(_time)] | None = None


@job_type("scoring", payload=Scoring, related="company_id")
def score_company(payload: Scoring, job: RunningJob) -> dict[str, Any]:
    """Returns {companyId, score, tier, fit, intent, coverage, factors, weightsVersion, scoredAt, cached}.

    The factors' contributions add up to the score. Raises InvalidInput for a company that does not exist.
    """
    tenant_id = job.tenant_id or ""
    company = Company.objects.filter(tenant_id=tenant_id, key=payload.company_id).first()
    if company is None:
        raise InvalidInput(f"there is no company {payload.company_id!r}; add it first, or check its id")
    weights = current_weights(LeadWeights, tenant_id)
    job.progress(10, f"scoring {company}")
    known = None if payload.force_refresh else reusable_score(company, weights)
    with job.completes() as completion:
        if known is None:
            score_companies(companies=[company.pk], weights=weights)
        latest = known or LeadScore.objects.filter(company=company).latest("computed_at", "id")
        completion.result = {"companyId": payload.company_id, **_shown(latest), "cached": known is not None}
    return dict(completion.result)


@job_type("lead-scores", queue="data-enrichment", payload=LeadScores, internal=True)
def score_all_companies(payload: LeadScores, job: RunningJob) -> dict[str, Any]:
    """Chunk by chunk; stopped anywhere and run again, it does what is left. Returns {companies, finished}."""
    tenant_id = job.tenant_id or ""
    weights = current_weights(LeadWeights, tenant_id)
    since = payload.since or begun_at(job)
    done, finished = go_over(
        job,
        Company.objects.filter(tenant_id=tenant_id),
        scored_at="lead_scored_at",
        since=since,
        score=lambda keys: score_companies(companies=keys, weights=weights),
        noun="companies",
    )
    result = {"companies": done, "finished": finished}
    with job.completes(result):
        if not finished:
            enqueue_for(tenant_id, "lead-scores", {"since": since.isoformat()})
    return result


@schedule("lead-scores-daily", cron="30 5 * * *", type="lead-scores")
def score_companies_of_every_tenant(occurrence: Occurrence) -> Iterator[Submission]:
    """Lead scores, which fade a little every day."""
    for tenant in tenants_of(Company):
        yield occurrence.submission("lead-scores", for_tenant({}, tenant), id=f"lead-scores-{tenant or 'none'}")


def _shown(score: LeadScore) -> dict[str, Any]:
    return {
        "score": float(score.score),
        "tier": score.tier,
        "fit": None if score.fit is None else float(score.fit),
        "intent": float(score.intent),
        "coverage": float(score.coverage),
        "factors": score.factors,
        "weightsVersion": score.weights_version,
        "scoredAt": score.computed_at.isoformat(),
    }
