"""The job type `health-scores`: portfolio companies whose health is unknown or old, or one of them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from pydantic import Field

from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.schedules.declarations import Occurrence, Submission, schedule

from ..models import Company
from .alerts import tell_team
from .health_scores import Outcome, score_one, score_stale, stale_companies
from .passes import for_tenant

BATCH = 50


class HealthScores(Payload):
    """portfolio_company_id: the company's key; without it, up to batch_size stale companies, oldest first."""

    portfolio_company_id: EntityId | None = None
    batch_size: int = Field(default=BATCH, ge=1, le=500)


@job_type("health-scores", payload=HealthScores, related="portfolio_company_id")
def score_health(payload: HealthScores, job: RunningJob) -> dict[str, Any]:
    """Returns {processed, updated, failed}. All scores and the completion are one transaction.

    failed: companies with a stored fact that cannot be read; the job's log says which.
    Raises InvalidInput for a company that does not exist or is not in the portfolio.
    """
    tenant_id = job.tenant_id or ""
    company = _company(payload.portfolio_company_id, tenant_id) if payload.portfolio_company_id else None
    job.progress(10, f"scoring {company}" if company else f"scoring up to {payload.batch_size} companies")
    with job.completes() as completion:
        if company:
            outcome = score_one(company=company, log=job.log)
        else:
            outcome = score_stale(tenant_id=tenant_id, most=payload.batch_size, log=job.log)
        tell_team(tenant_id=tenant_id, alerts=outcome.alerts)
        completion.result = _shown(outcome)
    return dict(completion.result)


@schedule("health-scores", cron="0 0,12 * * *", type="health-scores")
def score_stale_health(occurrence: Occurrence) -> Iterator[Submission]:
    """Health of portfolio companies without a score, or with one of the run before."""
    stale = stale_companies(occurrence.fire_time).order_by().values("tenant_id").annotate(number=Count("pk"))
    for row in stale.order_by("tenant_id"):
        tenant = row["tenant_id"]
        for batch in range(-(-row["number"] // BATCH)):
            data = for_tenant({"batchSize": BATCH}, tenant)
            yield occurrence.submission("health-scores", data, id=f"health-{tenant or 'none'}-{batch + 1}")


def _company(key: str, tenant_id: str) -> Company:
    company = Company.objects.filter(tenant_id=tenant_id, key=key).first()
    if company is None:
        raise InvalidInput(f"there is no company {key!r}; add it to the portfolio first, or check its id")
    if not company.is_portfolio:
        raise InvalidInput(f"company {key!r} is not in the portfolio; mark it as a portfolio company first")
    return company


def _shown(outcome: Outcome) -> dict[str, Any]:
    return {"processed": outcome.processed, "updated": outcome.updated, "failed": outcome.failed}
