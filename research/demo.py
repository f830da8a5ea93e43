"""What the demonstration set shows of research."""

from jobs.demonstration import Loaded, demo_part


@demo_part
def load(*, tenant_id: str) -> Loaded:
    return Loaded(
        examples={
            "research": {
                "tenantId": tenant_id,
                "companyId": "demo-gantry",
                "companyName": "Gantry Hill Freight Ltd.",
            },
        }
    )
