"""What the demonstration set shows of research."""

from jobs.demonstration import Loaded, demo_part

from .market.universe import ensure_universe


@demo_part
def load(*, tenant_id: str) -> Loaded:
    added = ensure_universe(tenant_id)
    return Loaded(
        said=[f"sample shares to rank: {added} new"],
        examples={
            "research": {
                "tenantId": tenant_id,
                "companyId": "demo-gantry",
                "companyName": "Gantry Hill Freight Ltd.",
            },
        },
    )
