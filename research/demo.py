"""What the demonstration set shows of research."""

from accounts.models import User
from jobs.demonstration import Loaded, demo_part

from .demo_sector import ensure_sector
from .market.universe import ensure_universe


@demo_part
def load(*, tenant_id: str) -> Loaded:
    added = ensure_universe(tenant_id)
    member = User.objects.filter(memberships__organisation__slug=tenant_id).order_by("pk").first()
    of_sectors = ensure_sector(tenant_id=tenant_id, user_id=member.public_id if member else "system")
    said = [f"sample shares to rank: {added} new"]
    if not of_sectors:
        said.append("no sector to research: set QUARRY_SAMPLE_SOURCES=true for sample shares, or import your own")
    return Loaded(
        said=said,
        examples={
            "research": {
                "tenantId": tenant_id,
                "companyId": "demo-gantry",
                "companyName": "Gantry Hill Freight Ltd.",
            },
            **of_sectors,
        },
    )
