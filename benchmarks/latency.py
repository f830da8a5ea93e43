"""Latency at low load, cost of enqueueing, acceptance of many jobs, and POST of jobs and of research
under 50 requests/s.

python3 -m benchmarks.latency [--parts low_load,…] [--output FILE]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from .report import publish
from .servers import durable_servers

#: Whose everything is.
ORGANISATION = "bench"


def percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "p50_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)], 2),
    }


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


def posts(path: str, body: dict[str, Any], *, seconds: int = 20, per_second: int = 50) -> dict[str, Any]:
    """POST at a fixed rate, each on its own connection, no worker at work."""
    from io import StringIO

    from django.core.management import call_command

    out = StringIO()
    call_command(
        "create_token", "bench@example.com", organisation=ORGANISATION, role="admin", stdout=out, stderr=StringIO()
    )
    port = "3999"
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.asgi:application", "--config", "deploy/gunicorn.conf.py"],
        env={**os.environ, "PORT": port},
    )
    url = f"http://127.0.0.1:{port}"

    def up() -> bool:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1)  # noqa: S310
        except OSError:
            return False
        return True

    until(up)
    headers = {"Authorization": f"Bearer {out.getvalue().strip()}", "Content-Type": "application/json"}
    times: list[float] = []
    statuses: list[int] = []

    def post() -> None:
        request = urllib.request.Request(url + path, data=json.dumps(body).encode(), headers=headers)  # noqa: S310
        at = time.perf_counter()
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            answer.read()
            statuses.append(answer.status)
        times.append((time.perf_counter() - at) * 1000)

    start = time.monotonic()
    threads = []
    for number in range(seconds * per_second):
        time.sleep(max(0.0, start + number / per_second - time.monotonic()))
        thread = threading.Thread(target=post)
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    web.terminate()
    web.wait()
    return {"accepted": statuses.count(202), "sent": seconds * per_second, **percentiles(times[per_second:])}


def research_posts() -> dict[str, Any]:
    """POST /api/research/{companyId}: a job, a unit of the quota and the company's name."""
    from prospects.models import Company

    Company.objects.create(tenant_id=ORGANISATION, key="comp_1", name="Acme Foods", name_key="ACME FOODS")
    return posts("/api/research/comp_1", {"forceRefresh": True})


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
    "post_50_per_second": lambda: posts(
        "/api/jobs", {"type": "diag-noop", "data": {}, "options": {"queue": "scoring"}}
    ),
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
