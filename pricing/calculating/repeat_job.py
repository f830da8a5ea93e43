"""The job type `repeat-calculation`: whether a stored calculation still gives the same digits."""

from typing import Any

from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob

from ..models import Calculation
from .batches import repeat

#: Items that a result names.
MOST_NAMED = 50


class RepeatCalculation(Payload):
    tenant_id: EntityId
    calculation_id: EntityId


@job_type(
    "repeat-calculation",
    queue="calculation",
    payload=RepeatCalculation,
    requires_tenant=True,
    related="calculation_id",
    internal=True,
    attempts=2,
    estimate_seconds=10,
)
def repeat_calculation(payload: RepeatCalculation, job: RunningJob) -> dict[str, Any]:
    """Computes it from what was known then and changes nothing. Returns {items, differing, named}."""
    mine = Calculation.objects.filter(tenant_id=job.tenant_id or "")
    calculation = mine.filter(public_id=payload.calculation_id).first()
    if calculation is None:
        raise InvalidInput(f"There is no calculation {payload.calculation_id}.")
    job.progress(5, f"computing {calculation.item_count:,} items once more")
    differing = repeat(calculation)
    return {"items": calculation.item_count, "differing": len(differing), "named": differing[:MOST_NAMED]}
