"""The job type `calculation`: one batch, all items or none."""

from typing import Any

from accounts.callers import system_caller
from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.timestamps import iso
from jobs.webhooks import messages

from ..knowledge import present_moment
from ..models import Batch, Calculation
from .batches import calculate_batch

EVENT = "calc.batch.completed"


class CalculationPayload(Payload):
    tenant_id: EntityId
    batch_id: EntityId


@job_type("calculation", payload=CalculationPayload, requires_tenant=True, related="batch_id")
def calculate(payload: CalculationPayload, job: RunningJob) -> dict[str, Any]:
    """Prices, steps, event and completion are one transaction. A further job of the batch trues up the one before.

    Raises NotPriced, which names the items that have no price and why: waiting cannot help.
    """
    tenant_id = job.tenant_id or ""
    batch = Batch.objects.filter(tenant_id=tenant_id, code=payload.batch_id).first()
    if batch is None:
        raise InvalidInput(f"There is no batch {payload.batch_id}; make it with POST /api/pricing/batches.")
    job.progress(0, f"batch {batch.code}")
    moment = present_moment(tenant_id)
    with job.completes() as completion:
        calculation = calculate_batch(
            batch=batch,
            moment=moment,
            job_id=job.id,
            on_items=lambda done, total: job.progress(5 + 90 * done / total, f"{done} of {total} items"),
        )
        job.progress(97, "telling webhooks")
        completion.result = {
            "status": "SUCCESS",
            "batchId": batch.code,
            "timestamp": iso(calculation.computed_at),
            "itemsCalculated": calculation.item_count,
        }
        messages.publish(
            tenant_id=tenant_id, event_type=EVENT, data=_told(calculation, completion.result), by=system_caller()
        )
    return dict(completion.result)


def _told(calculation: Calculation, result: dict[str, Any]) -> dict[str, Any]:
    return result | {
        "calculationId": str(calculation.public_id),
        "number": calculation.number,
        "pricingDate": calculation.pricing_date.isoformat(),
        "provisional": calculation.provisional,
        "totals": calculation.totals,
        "digest": calculation.digest,
    }
