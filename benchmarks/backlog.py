"""Cost per job with 1,000 and with 500,000 jobs waiting behind it, and the memory of all 74 slots.

python3 run.py benchmark backlog [--large 500000] [--output FILE]
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .latency import until
from .report import publish
from .servers import durable_servers


def rate(waiting: int, run: int) -> float:
    """Jobs per second over the first `run` jobs of a backlog of `waiting`."""
    from django.db import connection

    from jobs.actions import Submission, enqueue_many
    from jobs.models import Job
    from jobs.submission import Options

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_job, jobs_event, jobs_countdelta, jobs_count CASCADE")
    options = Options(queue="scoring")
    for start in range(0, waiting, 5000):
        enqueue_many(Submission(type="diag-noop", data={}, options=options) for _ in range(min(5000, waiting - start)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs_job")
    environment = {**os.environ, "SCORING_WORKER_CONCURRENCY": "100"}
    worker = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "rqworker", "scoring", "--max-jobs", str(run)],
        env=environment,
        timeout=900,
        check=False,
    )
    if worker.returncode:
        raise SystemExit("the worker failed")
    finished = Job.objects.filter(status="completed")
    first, last = finished.order_by("started_at").first(), finished.order_by("finished_at").last()
    if not (first and last and first.started_at and last.finished_at):
        raise SystemExit("no job completed")
    return finished.count() / (last.finished_at - first.started_at).total_seconds()


def memory() -> dict[str, Any]:
    """Resident memory of the manager and everything below it, with every slot of every queue busy."""
    from django.db import connection

    from jobs.actions import Submission, enqueue_many
    from jobs.models import Job
    from jobs.policy import business_queues
    from jobs.submission import Options

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_job, jobs_event, jobs_countdelta, jobs_count CASCADE")
    slots = {rules.name: rules.concurrency for rules in business_queues()}
    for queue, number in slots.items():
        options = Options(queue=queue)
        enqueue_many(Submission(type="diag-sleep", data={"ms": 60_000}, options=options) for _ in range(number))
    # Limits would hold some of them back; memory is what is measured here.
    environment = {**os.environ, **{f"{q.upper().replace('-', '_')}_RATE_LIMIT": "none" for q in slots}}
    manager = subprocess.Popen([sys.executable, "manage.py", "workers"], env=environment)
    until(lambda: Job.objects.filter(status="active").count() == sum(slots.values()), 60)
    resident, proportional, processes = _settled_memory(manager.pid)
    manager.kill()
    manager.wait()
    return {
        "slots": sum(slots.values()),
        "processes": processes,
        "resident_mb": resident // 1024,
        "proportional_mb": proportional // 1024,
    }


def _settled_memory(pid: int) -> tuple[int, int, int]:
    """As `_memory`, once two readings a second apart agree within a hundredth: processes fill up as they start."""
    deadline = time.monotonic() + 60
    before = _memory(pid)
    while True:
        time.sleep(1)
        now = _memory(pid)
        if now[2] == before[2] and abs(now[0] - before[0]) * 100 <= before[0]:
            return now
        if time.monotonic() > deadline:
            raise SystemExit(f"the memory does not settle: {before} and then {now}")
        before = now


def _memory(pid: int) -> tuple[int, int, int]:
    """Resident and proportional KiB of a process and all below it, and their number."""
    rollups = [Path(f"/proc/{one}/smaps_rollup").read_text() for one in _tree(pid)]
    fields = [{line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]} for text in rollups]
    return sum(each["Rss"] for each in fields), sum(each["Pss"] for each in fields), len(fields)


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in _tree(int(child)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=500_000)
    parser.add_argument("--output")
    given = parser.parse_args()
    with durable_servers():
        report: dict[str, Any] = {"memory": memory()}
        print(report, flush=True)
        small = rate(5000, 4000)
        large = rate(given.large, 4000)
        report["backlog"] = {
            "jobs_per_second_small": round(small),
            "jobs_per_second_large": round(large),
            "large": given.large,
            "cost_ratio": round(small / large, 2),
        }
    publish(report, given.output)


if __name__ == "__main__":
    main()
