"""The `webhookUrl` of single jobs: stored with the job, in its transaction."""

from collections.abc import Sequence

from ..ledger.insert import Inserted, NewJob
from .models import JobCallback


def keep(stored: Sequence[Inserted], given: Sequence[NewJob]) -> None:
    """Remember where those of the stored jobs report to that were given a URL."""
    urls = {new.public_id: new.webhook_url for new in given if new.webhook_url}
    if not urls:
        return
    rows = [JobCallback(job_id=row.id, url=urls[row.public_id]) for row in stored if row.public_id in urls]
    JobCallback.objects.bulk_create(rows)
