"""Contracts, batches and values for tests that calculate."""

import io
from typing import Any

from accounts.callers import system_caller
from jobs.models import Job
from jobs.payloads import parse
from jobs.testing import run_job
from pricing.contracts.actions import create_batch, create_contract
from pricing.contracts.inputs import BatchInput, ContractInput
from pricing.ingestion.importing import import_values
from pricing.models import Batch, Calculation, ContractVersion

from .market import golden_json

#: Series, date, value, version: the golden numbers as they were first published.
GOLDEN_VALUES = (
    ("WTI", "2026-03-02", "76.10", "final"),
    ("WTI", "2026-03-03", "78.45", "final"),
    ("WTI", "2026-03-04", "80.25", "final"),
    ("PPI", "2025-01-01", "250.0", "final"),
    ("ECI", "2025-01-01", "160.0", "final"),
    ("PPI", "2026-03-01", "262.5", "preliminary"),
    ("ECI", "2026-03-01", "164.8", "final"),
)


def publish(series: str, day: str, value: str, version: str = "final", *, tenant_id: str = "acme") -> None:
    job = run_job(
        "index-ingestion",
        {
            "tenantId": tenant_id,
            "seriesCode": series,
            "asOfDate": day,
            "versionTag": version,
            "source": "json",
            "data": [{"value": value}],
        },
    )
    assert job.status == "completed", job.error


def publish_golden(tenant_id: str = "acme") -> None:
    """As one file: many tests begin with it."""
    rows = [f"{series},{day},{value},{version}" for series, day, value, version in GOLDEN_VALUES]
    content = "\n".join(["series_code,as_of_date,value,version_tag", *rows]).encode()
    done = import_values(file=io.BytesIO(content), file_name="golden.csv", tenant_id=tenant_id)
    assert done.record.rejected == 0, done.record.problems


def contract(code: str = "C1", *, tenant_id: str = "acme", lines: int = 1, **terms: Any) -> ContractVersion:
    given = {
        "code": code,
        "effectiveFrom": "2025-01-01",
        "terms": golden_json(**terms),
        "lines": [{"code": f"L{number}", "basePrice": "1000.00", "quantity": "500"} for number in range(1, lines + 1)],
    }
    parsed = parse(ContractInput, given)
    assert isinstance(parsed, ContractInput)
    return create_contract(tenant_id=tenant_id, given=parsed, by=system_caller())


def batch(code: str = "B1", *, tenant_id: str = "acme", **more: Any) -> Batch:
    given = {"batchId": code, "pricingDate": "2026-03-04", **({"contracts": ["C1"]} if "items" not in more else {})}
    parsed = parse(BatchInput, given | more)
    assert isinstance(parsed, BatchInput)
    return create_batch(tenant_id=tenant_id, given=parsed, by=system_caller())


def run(code: str = "B1", *, tenant_id: str = "acme") -> Job:
    return run_job("calculation", tenantId=tenant_id, batchId=code)


def calculated(code: str = "B1", *, tenant_id: str = "acme") -> Calculation:
    job = run(code, tenant_id=tenant_id)
    assert job.status == "completed", job.error
    return Calculation.objects.get(job_id=job.public_id)
