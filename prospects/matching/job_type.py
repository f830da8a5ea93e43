"""The job type `match-companies`: which prospects of an organisation are which of its companies."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from jobs.models import Job
from jobs.payloads import Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.states import READY, Status

from ..models import Prospect
from .finding import find_matches, store_matches

#: States and lists that keep coming in put a pass off from job to job, but never for longer than this.
MOST_PUT_OFF = timedelta(minutes=5)


class MatchCompanies(Payload):
    """Nothing: the job's organisation says all."""


@job_type("match-companies", queue="data-enrichment", payload=MatchCompanies, internal=True)
def match_companies(payload: MatchCompanies, job: RunningJob) -> dict[str, Any]:
    """Returns {certain, doubtful, added, changed}. Run again it changes nothing that has not changed.

    Where a later job of the organisation waits, that one sees all that this one would: then {leftTo: its id}. That
    goes on for MOST_PUT_OFF at most after the first job that was left to another.
    """
    tenant_id = job.tenant_id or ""
    if (later := _later(job)) and not _is_overdue(job):
        job.log(f"{later} comes after this and goes over the same names")
        return {"leftTo": later}
    total = max(1, Prospect.objects.filter(tenant_id=tenant_id).count())
    suggestions = find_matches(
        tenant_id, tell=lambda seen: job.progress(95 * seen / total, f"{seen} of {total} prospects")
    )
    with job.completes() as completion:
        stored = store_matches(tenant_id=tenant_id, suggestions=suggestions)
        completion.result = {
            "certain": stored.certain,
            "doubtful": stored.doubtful,
            "added": stored.added,
            "changed": stored.changed,
        }
    return dict(completion.result)


def _later(job: RunningJob) -> str | None:
    """The last job that was enqueued after this one and has not begun; the last one finds none and does the work."""
    waiting = _siblings(job).filter(pk__gt=job.key, status__in=[*READY, Status.DELAYED])
    return waiting.order_by("-pk").values_list("public_id", flat=True).first()


def _is_overdue(job: RunningJob) -> bool:
    """Whether a job has waited too long already for a pass that began after it: the oldest that was left to others."""
    earlier = _siblings(job).filter(pk__lte=job.key)
    passes = earlier.filter(Q(status=Status.ACTIVE) | Q(status=Status.COMPLETED, result__has_key="certain"))
    last = passes.exclude(pk=job.key).order_by("-pk").values_list("pk", flat=True).first()
    return earlier.filter(pk__gt=last or 0, created_at__lt=Now() - MOST_PUT_OFF).exists()


def _siblings(job: RunningJob) -> QuerySet[Job]:
    return Job.objects.filter(type=job.type, tenant_id=job.tenant_id)
