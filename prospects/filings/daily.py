"""The schedule `ucc-daily`: every state for every organisation that wants its filings."""

from collections.abc import Iterator

from django.conf import settings

from accounts.models import Organisation
from jobs.schedules.declarations import Occurrence, Submission, schedule


@schedule("ucc-daily", cron="0 2 * * *", type="ucc-ingestion")
def ingest_every_state(occurrence: Occurrence) -> Iterator[Submission]:
    """UCC filings of each state in UCC_STATES, for each organisation in UCC_TENANTS."""
    tenants = _tenants()
    for tenant in tenants:
        for state in settings.UCC_STATES:
            data = {"state": state, "tenantId": tenant} if tenant else {"state": state}
            # An id tells organisations apart only where there are several.
            name = f"ucc-{state}" if len(tenants) == 1 else f"ucc-{tenant}-{state}"
            yield occurrence.submission("ucc-ingestion", data, id=name)


def _tenants() -> list[str]:
    """Slugs; "" alone where nobody says whose the filings are."""
    if settings.UCC_TENANTS:
        return list(settings.UCC_TENANTS)
    known = list(Organisation.objects.values_list("slug", flat=True)[:2])
    return known if len(known) == 1 else [""]
