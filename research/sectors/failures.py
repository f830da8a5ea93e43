"""What becomes of a sector, sub-sector or stock whose job ended otherwise than completed, whatever ended it.

The job layer stores one `sector-step-ended` for each such end, see jobs/workflows/afterwards.py.
"""

from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from jobs.models import Job
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.states import Status

from ..models import SectorAnalysis, StockAnalysis, SubSector
from .conclusion import LONGEST_PROBLEM, end_sub_sector, give_up, lock_sector
from .payloads import StepEnded

STEP_ENDED = "sector-step-ended"
_UNWANTED = ("cancelled", "removed")
_ANALYSIS = StockAnalysis.Status


def is_open(job_id: str) -> bool:
    """Whether something of a sector that is not cancelled still waits for this job."""
    return any(rows.exists() for rows in (_sectors(job_id), _sub_sectors(job_id), _analyses(job_id)))


@job_type(STEP_ENDED, queue="default", payload=StepEnded, related="job_id", internal=True, estimate_seconds=1)
def settle_ended_step(payload: StepEnded, job: RunningJob) -> dict[str, Any]:
    """Fail what waited for a job that will not do it any more, and look whether what it belongs to is over."""
    with job.completes() as completion:
        completion.result = {"jobId": payload.job_id, "settled": _settle(payload)}
    return dict(completion.result)


def _settle(ended: StepEnded) -> str | None:
    """What failed with the job: `sector`, `sub-sector`, `stock`, or None where nothing waits for it by now."""
    sector_key = _sector_key(ended.job_id)
    if sector_key is None:
        return None
    lock_sector(sector_key)
    job = Job.objects.filter(public_id=ended.job_id).first()
    if job is not None and job.status not in (Status.FAILED, Status.DEAD, Status.CANCELLED):
        # Somebody has retried it meanwhile.
        return None
    problem = _problem(ended, job)
    cancelled = ended.outcome in _UNWANTED
    # Not cancelled, which is what a person does to the whole: this one goes on when its job is retried.
    if _sectors(ended.job_id).update(
        status=SectorAnalysis.Status.FAILED, problem=problem[:LONGEST_PROBLEM], finished_at=Now()
    ):
        return "sector"
    return _settle_below(ended.job_id, problem, cancelled=cancelled)


def _settle_below(job_id: str, problem: str, *, cancelled: bool) -> str | None:
    sub_sector = _sub_sectors(job_id).first()
    if sub_sector is not None:
        status = SubSector.Status.CANCELLED if cancelled else SubSector.Status.FAILED
        end_sub_sector(sub_sector, status, of=(SubSector.Status.APPROVED,), problem=problem)
        return "sub-sector"
    analysis = _analyses(job_id).select_related("stock__sub_sector").first()
    if analysis is None:
        return None
    ended = _ANALYSIS.CANCELLED if cancelled else _ANALYSIS.FAILED
    rows = StockAnalysis.objects.filter(pk=analysis.pk)
    rows.update(status=ended, problem=problem[:LONGEST_PROBLEM], finished_at=Now())
    give_up(analysis.stock, problem, cancelled=cancelled)
    return "stock"


def _problem(ended: StepEnded, job: Job | None) -> str:
    if job is None:
        return f"Its job {ended.job_id} was removed before it had ended."
    if ended.outcome == Status.CANCELLED:
        return f"Its job {ended.job_id} was cancelled."
    return f"{job.error_type or 'UNKNOWN'}: {job.error_message or 'no error was recorded'}"[:LONGEST_PROBLEM]


def _sector_key(job_id: str) -> int | None:
    sector: int | None = _sectors(job_id).values_list("pk", flat=True).first()
    sub_sector: int | None = _sub_sectors(job_id).values_list("sector_id", flat=True).first()
    analysis: int | None = _analyses(job_id).values_list("stock__sub_sector__sector_id", flat=True).first()
    return sector or sub_sector or analysis


def _sectors(job_id: str) -> Any:
    return SectorAnalysis.objects.filter(job_id=job_id, status=SectorAnalysis.Status.RESEARCHING)


def _sub_sectors(job_id: str) -> Any:
    return SubSector.objects.filter(ranking_job_id=job_id, status=SubSector.Status.APPROVED)


def _analyses(job_id: str) -> Any:
    """Attempts that are at the step which this job was to do. A cancelled sector has none left."""
    return StockAnalysis.objects.filter(
        Q(job_id=job_id, status=_ANALYSIS.RUNNING)
        | Q(judge_job_id=job_id, status=_ANALYSIS.WRITTEN)
        | Q(format_job_id=job_id, status=_ANALYSIS.APPROVED)
    )
