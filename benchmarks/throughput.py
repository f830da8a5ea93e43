"""No-op jobs per second, counted until settled in Postgres, beside stock RQ in the same run.

python3 run.py benchmark throughput [--jobs 4000] [--rounds 3] [--slots 100] [--output FILE]
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from .report import publish
from .servers import durable_servers


def quarry(jobs: int, *, slots: int, processes: int = 1, isolation: str = "thread") -> float:
    """Jobs per second from the first start to the last settlement, by Postgres's clock."""
    from django.db import connection

    from jobs.actions import Submission, enqueue_many
    from jobs.models import Attempt, Job
    from jobs.submission import Options

    Attempt.objects.all().delete()
    Job.objects.all().delete()
    options = Options(queue="scoring")
    enqueue_many(Submission(type="diag-noop", data={}, options=options) for _ in range(jobs))
    environment = {**os.environ, "SCORING_WORKER_CONCURRENCY": str(slots), "SCORING_ISOLATION": isolation}
    workers = [
        subprocess.Popen([sys.executable, "manage.py", "rqworker", "scoring", "--burst"], env=environment)
        for _ in range(processes)
    ]
    for worker in workers:
        if worker.wait(timeout=600):
            raise SystemExit("a worker failed")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), extract(epoch FROM max(finished_at) - min(started_at)) FROM jobs_job "
            "WHERE status = 'completed'"
        )
        done, seconds = cursor.fetchone()
    if done != jobs:
        raise SystemExit(f"{jobs - done} of {jobs} jobs did not complete")
    return jobs / float(seconds)


def stock_rq(jobs: int) -> float:
    """Stock RQ's forking worker on the same Redis, jobs counted until it is done."""
    from redis import Redis
    from rq import Queue

    connection = Redis.from_url(os.environ["REDIS_URL"].rpartition("/")[0] + "/9")
    connection.flushdb()
    queue = Queue("stock", connection=connection)
    queue.enqueue_many([Queue.prepare_data("benchmarks.noop.noop") for _ in range(jobs)])
    url = os.environ["REDIS_URL"].rpartition("/")[0] + "/9"
    started = time.monotonic()
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "benchmarks.stock_worker", url], check=True, timeout=600, capture_output=True
    )
    seconds = time.monotonic() - started
    done = queue.finished_job_registry.count
    if done != jobs:
        raise SystemExit(f"stock RQ finished {done} of {jobs}")
    return jobs / seconds


def measure(name: str, rounds: int, work: Callable[[], float], into: dict[str, list[float]]) -> None:
    into.setdefault(name, []).append(work())
    print(f"{name}: {into[name][-1]:.0f} jobs/s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slots", type=int, default=100)
    parser.add_argument("--only", help="comma-separated names of measurements")
    parser.add_argument("--output")
    given = parser.parse_args()
    figures: dict[str, list[float]] = {}
    with durable_servers():
        all_of: dict[str, Callable[[], float]] = {
            "stock-rq-fork": lambda: stock_rq(max(100, given.jobs // 20)),
            "thread-1": lambda: quarry(given.jobs, slots=given.slots),
            "thread-2": lambda: quarry(given.jobs, slots=given.slots, processes=2),
            "process": lambda: quarry(max(200, given.jobs // 5), slots=4, isolation="process"),
        }
        names = given.only.split(",") if given.only else list(all_of)
        for _ in range(given.rounds):
            for name in names:
                measure(name, given.rounds, all_of[name], figures)
    report: dict[str, Any] = {
        "figures": {name: {"median": statistics.median(v), "all": v} for name, v in figures.items()},
        "conditions": {
            "jobs": given.jobs,
            "slots": given.slots,
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
    }
    if "stock-rq-fork" in figures:
        base = statistics.median(figures["stock-rq-fork"])
        report["ratios"] = {name: statistics.median(v) / base for name, v in figures.items()}
    publish(report, given.output)


if __name__ == "__main__":
    main()
