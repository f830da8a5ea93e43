"""Latency at low load, cost of enqueueing, acceptance of many jobs, and POST at 50 requests a second.

python3 run.py benchmark latency [--parts low_load,…] [--output FILE]
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from . import posting
from .posting import percentiles
from .report import publish
from .servers import durable_servers


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("waited in vain")
        time.sleep(0.05)


def low_load(jobs: int = 500) -> dict[str, Any]:
    """One job every 20 ms: what `enqueue` costs its caller, and how long until the job starts."""
    from jobs import health
    from jobs.actions import enqueue
    from jobs.models import Job
    from jobs.submission import Options

    worker = subprocess.Popen([sys.executable, "manage.py", "rqworker", "scoring"])
    until(lambda: bool(health.live_workers().get("scoring")))
    costs = []
    for _ in range(jobs):
        at = time.perf_counter()
        enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
        costs.append((time.perf_counter() - at) * 1000)
        time.sleep(0.02)
    until(lambda: not Job.objects.exclude(status="completed").exists())
    waits = [
        (job.started_at - job.created_at).total_seconds() * 1000
        for job in Job.objects.all()
        if job.started_at is not None
    ]
    worker.terminate()
    worker.wait()
    # The first calls open connections; a program that runs has them open.
    return {"enqueue": percentiles(costs[20:]), "enqueue_to_start": percentiles(waits[20:])}


def job_posts() -> dict[str, Any]:
    """POST /api/jobs; no worker is at work."""
    return posting.measure("/api/jobs", {"type": "diag-noop", "data": {}, "options": {"queue": "scoring"}})


def research_posts() -> dict[str, Any]:
    """POST /api/research/{companyId} while a worker serves the queue, whose every research takes 60 s.

    Nothing bounds the submissions or the quota; the queue's own limit of 10 starts a minute holds.
    """
    from jobs import health
    from prospects.models import Company

    from .slow_research import SECONDS

    Company.objects.create(tenant_id=posting.ORGANISATION, key="comp_1", name="Acme Foods", name_key="ACME FOODS")
    # Its researches are not waited for at the end.
    worker = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.slow_research"], env={**os.environ, "WORKER_SHUTDOWN_TIMEOUT": "1"}
    )
    try:
        until(lambda: bool(health.live_workers().get("research")), seconds=posting.START_SECONDS)
        found = posting.measure("/api/research/comp_1", {"forceRefresh": True})
    finally:
        worker.terminate()
        worker.wait()
    return {**found, "research_takes_seconds": SECONDS, "jobs": _by_status()}


def _by_status() -> dict[str, int]:
    from django.db.models import Count

    from jobs.models import Job

    research = Job.objects.filter(type="research").order_by()
    return dict(research.values_list("status").annotate(number=Count("id")))


def acceptance(jobs: int = 100_000) -> dict[str, Any]:
    from jobs.actions import Submission, enqueue_many
    from jobs.connections import client
    from jobs.models import Job
    from jobs.submission import Options
    from jobs.views_of_state import all_counts

    Job.objects.all().delete()
    options = Options(queue="scoring")
    at = time.perf_counter()
    for _ in range(0, jobs, 5000):
        enqueue_many(Submission(type="diag-noop", data={}, options=options) for _ in range(5000))
    took = time.perf_counter() - at
    memory: Any = client().info("memory")
    return {
        "jobs": jobs,
        "seconds": round(took, 1),
        "per_second": round(jobs / took),
        "redis_mb": round(memory["used_memory"] / 2**20, 1),
        "counted": all_counts()["scoring"]["waiting"],
    }


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "low_load": low_load,
    "post_50_per_second": job_posts,
    "research_50_per_second": research_posts,
    "acceptance": acceptance,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help="which of them, comma-separated")
    parser.add_argument("--output")
    given = parser.parse_args()
    # A month of research in half a minute.
    os.environ["RESEARCH_QUOTA_LIMIT"] = "1000000"
    with durable_servers():
        report = {name: PARTS[name]() for name in given.parts.split(",")}
    publish(report, given.output)


if __name__ == "__main__":
    main()
