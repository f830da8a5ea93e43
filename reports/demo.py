"""What the demonstration set shows of reports."""

from accounts.models import User
from jobs.demonstration import Loaded, demo_part
from pricing.demo import BATCH


@demo_part
def load(*, tenant_id: str) -> Loaded:
    member = User.objects.filter(memberships__organisation__slug=tenant_id).order_by("pk").first()
    own = {"tenantId": tenant_id, "userId": member.public_id if member else "system"}
    return Loaded(
        examples={
            "report": {**own, "companyId": "demo-gantry", "reportType": "weekly"},
            "batch-report": {**own, "reportType": "price-math", "batchId": BATCH, "format": "pdf"},
        }
    )
