"""What the demonstration set consists of; prospects/management/commands/load_demo.py loads it."""

import os
import tempfile
from pathlib import Path
from typing import Any

from accounts.models import Organisation, User
from accounts.provisioning import ensure_admin, ensure_organisation, ensure_user, grant
from accounts.roles import Role

from .demo_rows import PROSPECTS, prospect_id

ORGANISATION = "demo"
ADMIN = "admin@example.com"
#: One user per role. They have no password: give them tokens with create_token, or a password in admin.
USERS = {
    "viewer@example.com": Role.VIEWER,
    "member@example.com": Role.MEMBER,
    "tenant-admin@example.com": Role.TENANT_ADMIN,
}
#: Data with which a job of each type can be enqueued right after loading, by type.
EXAMPLES: dict[str, dict[str, Any]] = {
    "ucc-ingestion": {"state": "NY"},
    "data-enrichment": {"tenantId": ORGANISATION, "prospectIds": [prospect_id(name) for name in PROSPECTS]},
    "contact-enrichment": {
        "tenantId": ORGANISATION,
        "contactId": "demo-contact-1",
        "companyId": "demo-orchard",
        "email": "mina.delvane@example.com",
    },
    "business-enrichment": {
        "tenantId": ORGANISATION,
        "businessId": "demo-gantry",
        "businessName": "Gantry Hill Freight Ltd.",
    },
    "signal": {
        "tenantId": ORGANISATION,
        "signalId": "demo-signal-6",
        "signalType": "Website Visit",
        "companyId": "demo-amber",
        "data": {"page": "/pricing"},
    },
    "buying-signals": {"tenantId": ORGANISATION, "companyId": "demo-gantry"},
    "scoring": {"tenantId": ORGANISATION, "companyId": "demo-gantry"},
    "health-scores": {"tenantId": ORGANISATION, "portfolioCompanyId": "demo-orchard"},
}

EXAMPLE_FILE = Path(__file__).resolve().parent.parent / "providers" / "ucc" / "sample" / "sample-texas-bulk.json"


def ensure_people() -> tuple[Organisation, User, str | None]:
    """The organisation, its users and an administrator; the password only if it was made now."""
    organisation, _ = ensure_organisation(ORGANISATION)
    for email, role in USERS.items():
        grant(user=ensure_user(email)[0], organisation=organisation, role=role)
    admin, password = ensure_admin(ADMIN, organisation=organisation)
    return organisation, admin, password


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
