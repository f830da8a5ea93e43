"""Seconds and memory that matching an organisation's prospects and companies takes, in steps of size.

python3 run.py benchmark matching [--sizes 2000x20000,10000x100000] [--output FILE]

A size is companies x prospects; each prospect has two filings with two parties. Rows are made by Postgres, as in
benchmarks.scoring. The job runs in this process, as a worker would run it; twice, the second time changing nothing.
"""

import argparse
import os
import resource
from typing import Any

from .report import publish
from .scoring import fill, job, timed
from .servers import durable_servers

_TABLES = "prospects_company, prospects_prospect, prospects_lien, prospects_match"


def measure(companies: int, prospects: int) -> dict[str, Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_TABLES} RESTART IDENTITY CASCADE")
    fill(companies, prospects)
    first, again = timed(job("match-companies")), timed(job("match-companies"))
    if again["result"]["added"] or again["result"]["changed"]:
        raise SystemExit(f"the second run changed something: {again['result']}")
    return {
        "companies": companies,
        "prospects": prospects,
        "parties": prospects * 4,
        "first": first,
        "again": again,
        "processor_microseconds_per_prospect": round(first["processor_seconds"] / prospects * 1e6),
        # Of the process so far: sizes rise, so each figure is that of its own size.
        "largest_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="2000x20000,10000x100000", help="in rising order")
    parser.add_argument("--output")
    given = parser.parse_args()
    sizes = [tuple(map(int, size.split("x"))) for size in given.sizes.split(",")]
    with durable_servers():
        report = {size: measure(*pair) for size, pair in zip(given.sizes.split(","), sizes, strict=True)}
    publish(report, given.output)


if __name__ == "__main__":
    main()
