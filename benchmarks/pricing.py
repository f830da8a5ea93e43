"""How fast index values are imported and a batch is calculated, on servers as durable as production's.

    python3 run.py benchmark pricing [--values 1000000] [--lines 10000] [--output FILE]

The file holds 100 daily series of invented values. The batch prices lines of 100 contracts over ten of
them, each with an average, a lag, a dead band and a collar, as a `calculation` job that stores every
step; then once more, whose digits must be the same.
"""

import argparse
import os
import random
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from .report import publish
from .servers import durable_servers

SERIES, CONTRACTS, OVER = 100, 100, 10
TENANT = "bench"
LAST_DAY = date(2026, 3, 31)


def write_file(path: Path, values: int) -> None:
    chance = random.Random(7)  # noqa: S311  invented numbers, the same on every machine
    days = values // SERIES
    with path.open("w") as file:
        file.write("series_code,as_of_date,value,unit,currency,version_tag,published_at,source\n")
        for number in range(SERIES):
            level = 80.0
            for back in range(days, 0, -1):
                level = max(5.0, level + chance.uniform(-1, 1))
                day = LAST_DAY - timedelta(days=back - 1)
                file.write(f"IDX{number:03d},{day},{level:.4f},$/BBL,USD,final,{day}T22:00:00Z,bench\n")


def measure_import(values: int) -> dict[str, Any]:
    from pricing.ingestion.importing import import_values

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "values.csv"
        write_file(path, values)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        taken = []
        for _ in range(2):
            began = time.monotonic()
            with path.open("rb") as file:
                done = import_values(file=file, file_name=path.name, tenant_id=TENANT)
            taken.append(round(time.monotonic() - began, 2))
        return {
            "values": values,
            "fileMiB": round(path.stat().st_size / 2**20, 1),
            "seconds": taken[0],
            "secondsOfTheSameFileAgain": taken[1],
            "inserted": done.record.inserted,
            "memoryGrowthMiB": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1),
        }


def make_contracts(lines: int) -> None:
    from accounts.callers import system_caller
    from jobs.payloads import parse
    from pricing.contracts.actions import create_batch, create_contract
    from pricing.contracts.inputs import BatchInput, ContractInput

    each = lines // CONTRACTS
    for number in range(CONTRACTS):
        given = parse(ContractInput, {"code": f"C{number:03d}", **_contract(number, each)})
        create_contract(tenant_id=TENANT, given=given, by=system_caller())  # type: ignore[arg-type]
    batch = {
        "batchId": "MARCH",
        "pricingDate": LAST_DAY.isoformat(),
        "contracts": [f"C{number:03d}" for number in range(CONTRACTS)],
    }
    create_batch(tenant_id=TENANT, given=parse(BatchInput, batch), by=system_caller())  # type: ignore[arg-type]


def _contract(number: int, lines: int) -> dict[str, Any]:
    components = [
        {
            "name": f"Index {part}",
            "series": f"IDX{(number + part * 3) % OVER:03d}",
            "weight": weight,
            "base": {"between": {"from": "2020-01-01", "to": "2020-01-28"}},
            "current": {"window": {"unit": "month", "lag": 1}},
            "frequency": "calendar-daily",
        }
        for part, weight in enumerate(("0.45", "0.25", "0.15"))
    ]
    return {
        "effectiveFrom": "2020-01-01",
        "terms": {
            "family": "index",
            "currency": "USD",
            "fixed": "0.15",
            "components": components,
            "deadBand": {"percent": "2", "mode": "excess"},
            "collar": {"period": {"cap": "4", "floor": "4"}, "cumulative": {"cap": "25", "floor": "25"}},
        },
        "lines": [
            {"code": f"L{line:05d}", "basePrice": f"{100 + line}.25", "quantity": f"{line + 1}"}
            for line in range(lines)
        ],
    }


def measure_calculation() -> dict[str, Any]:
    from jobs.testing import run_job
    from pricing.calculating.batches import repeat
    from pricing.models import Calculation, CalculationStep

    taken, digests = [], []
    for _ in range(2):
        began = time.monotonic()
        job = run_job("calculation", tenantId=TENANT, batchId="MARCH")
        taken.append(round(time.monotonic() - began, 2))
        if job.status != "completed":
            raise SystemExit(f"the calculation failed: {job.error_message}")
        done = Calculation.objects.get(job_id=job.public_id)
        digests.append(done.digest)
    began = time.monotonic()
    differing = repeat(Calculation.objects.get(number=1))
    return {
        "lines": done.item_count,
        "seconds": taken,
        "stepsStoredOfOneRun": CalculationStep.objects.filter(calculation=done).count(),
        "sameDigest": len(set(digests)) == 1,
        "secondsToRepeatTheFirst": round(time.monotonic() - began, 2),
        "differingItems": len(differing),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--output")
    options = parser.parse_args()
    with durable_servers():
        load = os.getloadavg()[0]
        imported = measure_import(options.values)
        make_contracts(options.lines)
        calculated = measure_calculation()
        publish(
            {
                "import": imported,
                "calculation": calculated,
                "cores": os.cpu_count(),
                "loadBefore": round(load, 1),
                "loadAfter": round(os.getloadavg()[0], 1),
            },
            options.output,
        )


if __name__ == "__main__":
    main()
