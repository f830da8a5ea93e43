"""Time and memory of a price-math report as a job in a process slot, by format.

    python3 run.py benchmark price_math [--pages 50] [--lines 10000] [--output FILE]

First a PDF of about so many pages, twice: by a worker whose work processes are new, then by one of them again. Then
CSV and JSON of a batch of so many lines. The jobs are run by `rqworker --burst`; their time is that of the ledger, from
start to settlement, memory the greatest resident set of any process of the worker.
"""

import argparse
import os
import re
import subprocess
import sys
from datetime import date
from typing import Any

from .ingestion import _Memory
from .report import publish
from .servers import durable_servers

TENANT = "bench"
#: Lines that fill a page: two steps each, and a row in the list of results.
LINES_OF_PAGE = 6


def make_batch(code: str, lines: int) -> None:
    """Contracts of 100 lines over one series of twelve monthly values; calculated."""
    from accounts.callers import system_caller
    from jobs.payloads import parse
    from jobs.testing import run_job
    from pricing.contracts.actions import create_batch, create_contract
    from pricing.contracts.inputs import BatchInput, ContractInput

    contracts = []
    for number in range(-(-lines // 100)):
        name = f"{code}-{number:03d}"
        given = {
            "code": name,
            "effectiveFrom": "2025-01-01",
            "terms": _terms(),
            "lines": [
                {"code": f"L{line:03d}", "basePrice": f"{1000 + line}.25", "quantity": f"{line + 1}.5", "unit": "t"}
                for line in range(min(100, lines - number * 100))
            ],
        }
        create_contract(tenant_id=TENANT, given=parse(ContractInput, given), by=system_caller())  # type: ignore[arg-type]
        contracts.append(name)
    batch = {"batchId": code, "pricingDate": "2025-12-31", "contracts": contracts}
    create_batch(tenant_id=TENANT, given=parse(BatchInput, batch), by=system_caller())  # type: ignore[arg-type]
    job = run_job("calculation", tenantId=TENANT, batchId=code)
    if job.status != "completed":
        raise SystemExit(f"the calculation failed: {job.error_message}")


def _terms() -> dict[str, Any]:
    index = {"series": "IDX", "base": {"value": "72.50"}, "current": {"window": {"unit": "month", "count": 3}}}
    return {
        "family": "index",
        "currency": "USD",
        "fixed": "0.15",
        "components": [{"name": "Index", "weight": "0.85", "frequency": "monthly", **index}],
        "deadBand": {"percent": "1", "mode": "excess"},
        "collar": {"cumulative": {"cap": "25", "floor": "25"}},
    }


def load_values() -> None:
    import io

    from pricing.ingestion.importing import import_values

    rows = "".join(f"IDX,{date(2025, month, 1)},{70 + month}.{month:02d},final\n" for month in range(1, 13))
    file = io.BytesIO(f"series_code,as_of_date,value,version_tag\n{rows}".encode())
    import_values(file=file, file_name="values.csv", tenant_id=TENANT)


def measure(batches: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Run one job of each (batch, format) by one worker, one after the other."""
    from jobs import actions
    from jobs.models import Job

    before = os.times()
    handles = []
    for code, form in batches:
        data = {"tenantId": TENANT, "reportType": "price-math", "batchId": code, "format": form, "userId": "bench"}
        handles.append(actions.enqueue(type="batch-report", data=data))
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "rqworker", "reports", "--burst"],
        env={**os.environ, "REPORTS_WORKER_CONCURRENCY": "1"},
    )
    memory = _Memory(worker.pid)
    memory.start()
    if worker.wait():
        raise SystemExit("the worker failed")
    memory.end()
    after = os.times()
    found = [_told(Job.objects.get(public_id=handle.id)) for handle in handles]
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    print(found, flush=True)
    found[-1] |= {"peakMiB": round(memory.peak_kb / 1024), "processorSecondsOfTheWorker": round(processor, 1)}
    return found


def _told(job: Any) -> dict[str, Any]:
    from reports.models import Report

    if job.status != "completed":
        raise SystemExit(f"{job.status}: {job.error_message}")
    told = {"format": job.result["format"], "seconds": round(job.duration_ms / 1000, 1), "MB": 0.0}
    told["MB"] = round(job.result["sizeBytes"] / 1e6, 2)
    if told["format"] == "pdf":
        with Report.objects.get(job_id=job.public_id).file.open("rb") as file:
            told["pages"] = _pages(file.read())
    return told


def _pages(content: bytes) -> int:
    """The number of pages that the document says it has, wherever it packed that."""
    import zlib

    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            text = zlib.decompress(packed)
        except zlib.error:
            continue
        if found := re.search(rb"/Type /Pages.*?/Count (\d+)|/Count (\d+)[^>]*/Type /Pages", text, re.DOTALL):
            return int(found[1] or found[2])
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--output")
    given = parser.parse_args()
    with durable_servers():
        load = os.getloadavg()[0]
        load_values()
        make_batch("SMALL", given.pages * LINES_OF_PAGE)
        print(f"{given.pages * LINES_OF_PAGE} lines calculated", flush=True)
        figures: dict[str, Any] = {"pdf": measure([("SMALL", "pdf"), ("SMALL", "pdf")])}
        make_batch("LARGE", given.lines)
        figures["data"] = {"lines": given.lines, "jobs": [*measure([("LARGE", "csv")]), *measure([("LARGE", "json")])]}
        figures |= {"cores": os.cpu_count(), "loadBefore": round(load, 1), "loadAfter": round(os.getloadavg()[0], 1)}
    publish(figures, given.output)


if __name__ == "__main__":
    main()
