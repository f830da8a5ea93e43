"""What the demonstration set shows of reports."""

from accounts.models import User
from jobs.demonstration import Loaded, demo_part


@demo_part
def load(*, tenant_id: str) -> Loaded:
    member = User.objects.filter(memberships__organisation__slug=tenant_id).order_by("pk").first()
    asked_by = {"userId": member.public_id} if member else {}
    return Loaded(
        examples={
            "report": {"tenantId": tenant_id, "companyId": "demo-gantry", "reportType": "weekly", **asked_by},
        }
    )
