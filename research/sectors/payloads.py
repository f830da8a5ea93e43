"""What the jobs of the pipeline are told."""

from typing import Annotated

from pydantic import Field

from jobs.payloads import EntityId, Payload
from jobs.submission import Unmet

from ..models import SubSector

#: The id of a sector analysis; one that is not known yet begins a new one.
SectorId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{1,40}$")]
SectorName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
LONGEST_FEEDBACK = 20_000


class SectorResearch(Payload):
    sector_analysis_id: SectorId
    sector_name: SectorName
    user_id: EntityId


class StockRanking(Payload):
    sub_sector_id: EntityId
    user_id: EntityId
    sector_analysis_id: EntityId | None = None
    #: The caller's own, for the look at the sub-sector before the job is stored.
    tenant_id: EntityId | None = None


class StockAnalysisWork(Payload):
    stock_id: EntityId
    sub_sector_id: EntityId
    user_id: EntityId
    variation: Annotated[int, Field(ge=0, le=1000)] = 0
    judge_feedback: Annotated[str, Field(max_length=LONGEST_FEEDBACK)] = ""


class AnalysisStep(Payload):
    """Of judge-review and format-insights."""

    stock_analysis_id: EntityId
    user_id: EntityId


class StepEnded(Payload):
    job_id: EntityId | Annotated[str, Field(min_length=1, max_length=200)]
    outcome: str


def refuse_unapproved(payload: StockRanking) -> None:
    """Raises Unmet where nobody has approved the sub-sector; one that does not exist is the job's own failure."""
    mine = SubSector.objects.filter(public_id=payload.sub_sector_id, tenant_id=payload.tenant_id or "")
    status = mine.values_list("status", flat=True).first()
    if status in (SubSector.Status.PENDING_APPROVAL, SubSector.Status.REJECTED):
        label = SubSector.Status(status).label.lower()
        raise Unmet(
            f"Sub-sector {payload.sub_sector_id} is not approved ({label}). "
            f"Approve it with POST /api/sub-sectors/{payload.sub_sector_id}/approve."
        )
