"""The batch of the golden example, calculated, and its report."""

import io
from typing import Any

from jobs.models import Job
from jobs.testing import run_job
from pricing.calculating.batches import calculate_batch
from pricing.ingestion.importing import import_values
from pricing.knowledge import present_moment
from pricing.models import Batch, Calculation
from reports.models import Report

#: Every number of data-sources.md §9 on the way to the price, and the amount.
GOLDEN = ("78.266667", "1.0795", "1.0500", "1.0300", "1.052775", "1052.78", "526390.00")


def load(values: str) -> None:
    done = import_values(file=io.BytesIO(values.encode()), file_name="values.csv", tenant_id="acme")
    assert done.record.rejected == 0, done.record.problems


def calculated(code: str = "B1") -> Calculation:
    found = Batch.objects.get(tenant_id="acme", code=code)
    return calculate_batch(batch=found, moment=present_moment("acme"))


def ask(format: str = "json", **more: Any) -> Job:  # noqa: A002  the API's word
    data = {"reportType": "price-math", "batchId": "B1", "format": format, "userId": "user_1", "tenantId": "acme"}
    return run_job("batch-report", data | more)


def content_of(report: Report) -> bytes:
    with report.file.open("rb") as file:
        content: bytes = file.read()
    return content


def trued_up() -> Calculation:
    calculated()
    load("series_code,as_of_date,value,version_tag\nPPI,2026-03-01,261.0,final\n")
    return calculated()
