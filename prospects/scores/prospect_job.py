"""The job type `prospect-scores`: all prospects of an organisation, or of one state of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from jobs.payloads import Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.schedules.declarations import Occurrence, Submission, schedule

from ..models import Prospect
from ..scoring.weights import ProspectWeights
from .passes import begun_at, enqueue_for, for_tenant, go_over, tenants_of
from .prospect_scores import score_prospects
from .weights import current_weights


def _time(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class ProspectScores(Payload):
    """since: prospects scored after it are done; the job that goes on with another's work has it."""

    state: str | None = None
    since: Annotated[datetime, BeforeValidator(_time)] | None = None


@job_type("prospect-scores", queue="data-enrichment", payload=ProspectScores, related="state", internal=True)
def score_all_prospects(payload: ProspectScores, job: RunningJob) -> dict[str, Any]:
    """Chunk by chunk; stopped anywhere and run again, it does what is left. Returns {prospects, finished}."""
    tenant_id = job.tenant_id or ""
    weights = current_weights(ProspectWeights, tenant_id)
    since = payload.since or begun_at(job)
    prospects = Prospect.objects.filter(tenant_id=tenant_id)
    if payload.state:
        prospects = prospects.filter(state=payload.state)
    done, finished = go_over(
        job,
        prospects,
        scored_at="scored_at",
        since=since,
        score=lambda keys: score_prospects(prospects=keys, weights=weights),
        noun="prospects",
    )
    result = {"prospects": done, "finished": finished}
    with job.completes(result):
        if not finished:
            rest = {"state": payload.state, "since": since.isoformat()}
            enqueue_for(tenant_id, "prospect-scores", {key: value for key, value in rest.items() if value})
    return result


@schedule("prospect-scores-daily", cron="0 5 * * *", type="prospect-scores")
def score_prospects_of_every_tenant(occurrence: Occurrence) -> Iterator[Submission]:
    """Prospect scores, which fade a little every day."""
    for tenant in tenants_of(Prospect):
        yield occurrence.submission("prospect-scores", for_tenant({}, tenant), id=f"prospect-scores-{tenant or 'none'}")
