"""Milliseconds that the console's views take over a million jobs, measured inside the server.

python3 run.py benchmark console_search [--jobs 1000000] [--rounds 40] [--when-idle] [--output FILE]

The rows are made by Postgres, indexed by the same passes that a worker makes, and asked for through
Django's handlers as a signed-in admin: routing, middleware, view, template.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from .report import publish
from .servers import durable_servers

#: Of each thousand jobs: completed but for some that failed, were cancelled, died or wait.
_JOBS = """
INSERT INTO jobs_job (public_id, type, queue, status, data, result, error, error_type, error_message, run,
    attempts_made, max_attempts, timeout_ms, related_id, user_id, tenant_id, created_at, updated_at, started_at,
    finished_at, duration_ms, priority)
SELECT 'job_' || substr(md5(n::text), 1, 24), kind.type, kind.queue, state.status,
    jsonb_build_object('companyId', 'comp_' || n %% 40000, 'companyName', 'Company ' || n %% 40000 || ' ' ||
        (ARRAY['Holdings', 'Partners', 'Logistics', 'Foods', 'Energy'])[1 + n %% 5], 'state',
        (ARRAY['NY', 'CA', 'TX', 'FL', 'IL'])[1 + (n / 7) %% 5], 'filingNumber', 'UCC-' || n, 'batch',
        jsonb_build_object('id', 'batch_' || n / 500, 'size', 500)),
    CASE WHEN state.status = 'completed' THEN jsonb_build_object('records', n %% 97) END,
    CASE WHEN state.message IS NOT NULL THEN jsonb_build_object('type', state.class, 'message', state.message) END,
    state.class, state.message, CASE WHEN state.status IN ('waiting', 'delayed') THEN 0 ELSE state.runs END,
    CASE WHEN state.status IN ('waiting', 'delayed') THEN 0 ELSE state.runs END, 3, 300000,
    'comp_' || n %% 40000, 'user_' || n %% 300, 'tenant-' || n %% 20, at, at + interval '5 seconds',
    CASE WHEN state.status NOT IN ('waiting', 'delayed') THEN at + interval '1 second' END,
    CASE WHEN state.status IN ('completed', 'failed', 'dead', 'cancelled') THEN at + interval '5 seconds' END,
    CASE WHEN state.status IN ('completed', 'failed', 'dead', 'cancelled') THEN 200 + n %% 4000 END, 0
FROM generate_series(%(first)s::int, %(last)s::int) AS n,
LATERAL (SELECT now() - (%(total)s - n) * interval '2.5 seconds' AS at) t,
LATERAL (SELECT * FROM (VALUES
    (0, 'ucc-ingestion', 'ucc-ingestion'), (1, 'data-enrichment', 'data-enrichment'), (2, 'scoring', 'scoring'),
    (3, 'scoring', 'scoring'), (4, 'signal', 'signals'), (5, 'contact-enrichment', 'enrichment'),
    (6, 'health-scores', 'health-scores'), (7, 'index-ingestion', 'ingestion'), (8, 'scoring', 'scoring'),
    (9, 'research', 'research')) AS k (place, type, queue) WHERE place = n %% 10) kind,
LATERAL (SELECT CASE
    WHEN n > %(total)s - 3000 AND n %% 3 > 0 THEN 'waiting'
    WHEN n %% 50 = 3 THEN 'failed' WHEN n %% 1000 = 17 THEN 'dead' WHEN n %% 200 = 19 THEN 'cancelled'
    ELSE 'completed' END AS status,
    CASE WHEN n %% 50 = 3 OR n %% 1000 = 17 THEN CASE WHEN n %% 40000 = 53 THEN
        'certificate of registry ' || n || ' has expired' ELSE 'connection to source timed out after 30 s' END END
        AS message,
    CASE WHEN n %% 50 = 3 OR n %% 1000 = 17 THEN 'NETWORK_ERROR' END AS class,
    CASE WHEN n %% 50 = 3 THEN 3 ELSE 1 END AS runs) state
"""
_ATTEMPTS = """
INSERT INTO jobs_attempt (job_id, run, attempt, worker, started_at, finished_at, duration_ms, outcome, error,
    error_type)
SELECT j.id, r, r, 'host-' || j.id %% 4 || '-' || j.id %% 16, j.started_at, j.finished_at, j.duration_ms,
    CASE WHEN j.error IS NULL THEN 'completed' ELSE 'failed' END, j.error, j.error_type
FROM jobs_job j, generate_series(1, j.run) r
WHERE j.id BETWEEN %(first)s AND %(last)s AND j.finished_at IS NOT NULL
"""


def load(total: int) -> dict[str, Any]:
    """Fill the ledger and index it; returns what that took."""
    from django.db import connection

    from jobs.maintenance import fold_counts
    from jobs.search import indexing

    step = 50_000
    started = time.monotonic()
    with connection.cursor() as cursor:
        for first in range(1, total + 1, step):
            numbers = {"first": first, "last": min(total, first + step - 1), "total": total}
            cursor.execute(_JOBS, numbers)
            cursor.execute(_ATTEMPTS, numbers)
        cursor.execute("INSERT INTO jobs_searchpending (job_id) SELECT id FROM jobs_job")
        cursor.execute("VACUUM ANALYZE jobs_job")
        filled = time.monotonic()
        indexing.catch_up(seconds=36_000)
        indexed = time.monotonic()
        for _ in range(50):
            fold_counts()
        cursor.execute("VACUUM ANALYZE jobs_searchdocument")
        cursor.execute("VACUUM ANALYZE jobs_attempt")
        # Filling wrote gigabytes in minutes, as no ledger does by itself: first all of it is to reach the disk.
        cursor.execute("CHECKPOINT")
        while _vacuuming(cursor):
            time.sleep(1)
        cursor.execute(
            "SELECT pg_relation_size('jobs_searchdocument') / 1048576, "
            "pg_relation_size('jobs_search_words') / 1048576, pg_total_relation_size('jobs_job') / 1048576"
        )
        heap, index, ledger = cursor.fetchone()
    return {
        "fill_seconds": round(filled - started),
        "index_seconds": round(indexed - filled),
        "indexed_per_second": round(total / (indexed - filled)),
        "documents_mb": heap,
        "words_index_mb": index,
        "ledger_mb": ledger,
    }


def _vacuuming(cursor: Any) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum)")
    return bool(cursor.fetchone()[0])


SEARCHES = {
    "plain list": "",
    "status and queue": "status:failed queue:scoring",
    "completed of a queue": "status:completed queue:research",
    "rare state": "status:dead",
    "open state": "status:waiting",
    "id": "id:job_c4ca4238a0b923820dcc509a",
    "related id": "related:comp_17",
    "data value, rare": "data.filingNumber:UCC-123456",
    "data value, common": "data.state:NY",
    "data words": 'data:"company 17 foods"',
    "free text, rare": "batch_77",
    "free text, common": "holdings",
    "error text, rare": 'error:"registry 320053 has expired"',
    "error text, common": "error:timed",
    "error text and state": "error:expired status:failed",
    "nothing to find": "data.state:NY data.companyName:zzz*",
    "user": "user:user_42",
    "user and rare state": "user:user_42 status:dead",
    "user, type and time": "user:user_42 type:scoring created:>3d",
    "attempts": "attempts:>2",
    "attempts nobody has": "attempts:>7",
    "long ago": "created:<20d status:failed",
    "worker": "worker:host-1-5",
    "negated": "-status:completed -queue:scoring",
}


def timed(work: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Wall-clock percentiles, and the median of this process's own processor time: the server's share without waits."""
    work()
    figures, own = [], []
    for _ in range(rounds):
        started, used = time.perf_counter(), time.process_time()
        work()
        figures.append((time.perf_counter() - started) * 1000)
        own.append((time.process_time() - used) * 1000)
    figures.sort()
    return {
        "p50": round(statistics.median(figures), 1),
        "p95": round(figures[max(0, int(len(figures) * 0.95) - 1)], 1),
        "processor": round(statistics.median(own), 1),
    }


def measure(rounds: int) -> dict[str, dict[str, float]]:
    from django.db.models import Max, Min
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User
    from jobs.models import Job

    client = Client()
    client.force_login(User.objects.create_user("bench@example.com", role="admin"))
    ends = Job.objects.aggregate(oldest=Min("id"), newest=Max("id"))
    middle = (ends["oldest"] + ends["newest"]) // 2

    def page(path: str, **query: str) -> Callable[[], None]:
        def get() -> None:
            answer = client.get(path, query)
            if answer.status_code != 200:
                raise SystemExit(f"{path} {query} answered {answer.status_code}")

        return get

    jobs = reverse("console:jobs")
    found: dict[str, dict[str, float]] = {}
    for name, text in SEARCHES.items():
        found[name] = timed(page(jobs, q=text), rounds)
        print(name, found[name], flush=True)
    others = {
        "deep page": page(jobs, q="", before=str(middle)),
        "deep page of common words": page(jobs, q="holdings", before=str(middle)),
        "job page": page(reverse("console:job", args=["job_" + "c4ca4238a0b923820dcc509a"])),
        "dead letters": page(reverse("console:dead-letters")),
        "REST search": page("/api/jobs/search", q="data.state:NY status:failed"),
    }
    for name, work in others.items():
        found[name] = timed(work, rounds)
        print(name, found[name], flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--when-idle", action="store_true", help="after filling, wait until the load is below 1")
    parser.add_argument("--output")
    given = parser.parse_args()
    with durable_servers():
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        report: dict[str, Any] = {"jobs": given.jobs, "load": load(given.jobs)}
        print(report["load"], flush=True)
        while given.when_idle and os.getloadavg()[0] >= 1:
            time.sleep(1)
        report["load_average"] = os.getloadavg()[0]
        report["milliseconds"] = measure(given.rounds)
    publish(report, given.output)


if __name__ == "__main__":
    main()
