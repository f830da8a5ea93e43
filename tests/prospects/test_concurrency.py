"""Two jobs over the same state at the same time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from prospects.filings.job_type import UccIngestion
from prospects.models import Filing, Party, Prospect
from tests.prospects.fake_job import FakeJob, handle


@pytest.mark.django_db(transaction=True)
def test_concurrent_jobs_over_one_state_neither_deadlock_nor_double(sample_source: None) -> None:
    def run(batch_size: int) -> dict[str, Any]:
        try:
            payload = UccIngestion(state="NY", batch_size=batch_size)
            return handle(payload, FakeJob())
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(run, [110, 70, 300]))

    assert Filing.objects.count() == 2500
    assert sum(result["recordsCreated"] for result in results) == 2500
    assert sum(result["prospectsCreated"] for result in results) == Prospect.objects.count()
    debtors = Party.objects.filter(role="debtor", kind="organisation")
    assert sum(Prospect.objects.values_list("filing_count", flat=True)) == debtors.count()
