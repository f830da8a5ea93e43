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
from providers.llm.choosing import backend_for

from ..models import Company, LeadScore
from ..scoring.lead import LeadResult
from ..scoring.weights import LeadWeights
from . import explaining
from .lead_scores import keep_results, lead_results, reusable_score, score_companies
from .passes import begun_at, enqueue_for, for_tenant, go_over, tenants_of
from .statements import database_now
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
    """Returns {companyId, score, tier, fit, intent, coverage, factors, explanation, weightsVersion, scoredAt, cached}.

    The factors' contributions add up to the score, which rules compute; a model only explains it.
    Raises InvalidInput for a company that does not exist.
    """
    tenant_id = job.tenant_id or ""
    company = Company.objects.filter(tenant_id=tenant_id, key=payload.company_id).first()
    if company is None:
        raise InvalidInput(f"there is no company {payload.company_id!r}; add it first, or check its id")
    weights = current_weights(LeadWeights, tenant_id)
    job.progress(10, f"scoring {company}")
    known = None if payload.force_refresh else reusable_score(company, weights)
    if known and known.explanation:
        return _result(payload, known, cached=True)
    at = database_now()
    results = lead_results([company.pk], weights.values, at=at)
    words = _explained(results[company.pk], company, job)
    with job.completes() as completion:
        keep_results(results, version=weights.version, at=at, explanation=words)
        latest = LeadScore.objects.filter(company=company).latest("computed_at", "id")
        completion.result = _result(payload, latest, cached=False)
    return dict(completion.result)


def _explained(result: LeadResult, company: Company, job: RunningJob) -> dict[str, Any]:
    job.progress(40, "putting it into words")
    backend = backend_for(tenant_id=job.tenant_id or "", job_id=job.id, most_seconds=explaining.MOST_SECONDS)
    words = explaining.explain(result, company=str(company), backend=backend, on_text=lambda _: job.check())
    if words["problem"]:
        job.log(f"Explained by rules: {words['problem']}")
    return words


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


def _result(payload: Scoring, score: LeadScore, *, cached: bool) -> dict[str, Any]:
    return {
        "companyId": payload.company_id,
        "score": float(score.score),
        "tier": score.tier,
        "fit": None if score.fit is None else float(score.fit),
        "intent": float(score.intent),
        "coverage": float(score.coverage),
        "factors": score.factors,
        "explanation": {name: score.explanation[name] for name in ("text", "backend", "model", "isRuleBased")},
        "weightsVersion": score.weights_version,
        "scoredAt": score.computed_at.isoformat(),
        "cached": cached,
    }
