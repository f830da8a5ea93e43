"""What the five handlers have in common: whose rows they may touch, and when they must stop."""

import math
import time
from collections.abc import Callable

from jobs.errors import InvalidInput
from jobs.running import RunningJob, StopReason
from providers.llm.choosing import backend_for, judge_backend_for
from providers.llm.protocol import Backend

from ..models import SectorAnalysis, Stock, StockAnalysis, SubSector
from .conclusion import lock_sector

#: Characters after which a stage is about two thirds over; answers have no known length.
_USUAL_CHARACTERS = 4_000
_SECONDS_BETWEEN = 1.0


def enter(job: RunningJob, sector_key: int) -> SectorAnalysis:
    """Lock the sector for the surrounding transaction. A job of a cancelled sector ends cancelled here."""
    sector = lock_sector(sector_key)
    if sector.status == SectorAnalysis.Status.CANCELLED:
        job.log("The sector was cancelled.")
        job.stop(StopReason.CANCELLED)
        job.check()
    return sector


def sub_sector_of(job: RunningJob, public_id: str) -> SubSector:
    """Raises InvalidInput for one that the job's organisation does not have."""
    mine = SubSector.objects.select_related("sector").filter(tenant_id=job.tenant_id or "")
    found = mine.filter(public_id=public_id).first()
    if found is None:
        raise InvalidInput(f"There is no sub-sector {public_id}.")
    return found


def stock_of(job: RunningJob, public_id: str, sub_sector_id: str) -> Stock:
    mine = Stock.objects.select_related("sub_sector__sector", "security").filter(tenant_id=job.tenant_id or "")
    found = mine.filter(public_id=public_id, sub_sector__public_id=sub_sector_id).first()
    if found is None:
        raise InvalidInput(f"There is no stock {public_id} in the sub-sector {sub_sector_id}.")
    return found


def analysis_of(job: RunningJob, public_id: str) -> StockAnalysis:
    mine = StockAnalysis.objects.select_related("stock__sub_sector__sector", "stock__security")
    found = mine.filter(tenant_id=job.tenant_id or "", public_id=public_id).first()
    if found is None:
        raise InvalidInput(f"There is no stock analysis {public_id}.")
    return found


def backend_of(job: RunningJob) -> Backend:
    return backend_for(tenant_id=job.tenant_id or "", job_id=job.id)


def judge_backend_of(job: RunningJob) -> Backend:
    """Where the settings name another model for the judge, that one."""
    return judge_backend_for(tenant_id=job.tenant_id or "", job_id=job.id)


def streaming(
    job: RunningJob,
    backend: Backend,
    *,
    begins: int,
    ends: int,
    stage: str,
    clock: Callable[[], float] = time.monotonic,
) -> Callable[[str], None]:
    """Takes a model's text as it arrives: stops with the job, and moves progress on between two stages.

    Rules write at once; their progress is that of the stages alone.
    """
    seen = 0
    told_at = clock()

    def on_text(piece: str) -> None:
        nonlocal seen, told_at
        job.check()
        seen += len(piece)
        if backend.is_rule_based or clock() - told_at < _SECONDS_BETWEEN:
            return
        told_at = clock()
        job.progress(begins + (ends - begins - 1) * (1 - math.exp(-seen / _USUAL_CHARACTERS)), stage)

    return on_text
