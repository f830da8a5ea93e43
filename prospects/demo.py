"""What the demonstration set shows of prospects: sample companies and what is known of them, and an example file."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs.demonstration import Loaded, demo_part

from .demo_rows import PROSPECTS, ensure_rows, prospect_id

EXAMPLE_FILE = Path(__file__).resolve().parent.parent / "providers" / "ucc" / "sample" / "sample-texas-bulk.json"


@demo_part
def load(*, tenant_id: str) -> Loaded:
    made = ensure_rows(tenant_id=tenant_id)
    said = [f"sample companies, contacts, prospects and signals: {made} new"]
    dropped = drop_example_file(settings.UCC_INBOX)
    if dropped:
        said.append(f"example file: {dropped}")
    return Loaded(said=said, examples=examples_of(tenant_id))


def examples_of(tenant_id: str) -> dict[str, dict[str, Any]]:
    """Data with which a job of each type can be enqueued right after loading, by type."""
    return {
        "ucc-ingestion": {"state": "NY"},
        "data-enrichment": {"tenantId": tenant_id, "prospectIds": [prospect_id(name) for name in PROSPECTS]},
        "contact-enrichment": {
            "tenantId": tenant_id,
            "contactId": "demo-contact-1",
            "companyId": "demo-orchard",
            "email": "mina.delvane@example.com",
        },
        "business-enrichment": {
            "tenantId": tenant_id,
            "businessId": "demo-gantry",
            "businessName": "Gantry Hill Freight Ltd.",
        },
        "signal": {
            "tenantId": tenant_id,
            "signalId": "demo-signal-6",
            "signalType": "Website Visit",
            "companyId": "demo-amber",
            "data": {"page": "/pricing"},
        },
        "buying-signals": {"tenantId": tenant_id, "companyId": "demo-gantry"},
        "scoring": {"tenantId": tenant_id, "companyId": "demo-gantry"},
        "health-scores": {"tenantId": tenant_id, "portfolioCompanyId": "demo-orchard"},
    }


def drop_example_file(inbox: Path) -> Path | None:
    """Put the example of a Texas bulk file into the inbox. None if a file of that name lies there."""
    folder = inbox / "TX"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / EXAMPLE_FILE.name
    if target.exists():
        return None
    # Complete before it has its name: a job may be reading the folder.
    handle, part = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(EXAMPLE_FILE.read_bytes())
    Path(part).chmod(0o644)
    Path(part).rename(target)
    return target
