"""Rows a second and memory of `ucc-ingestion` over a big file, and what its second run costs.

python3 run.py benchmark ingestion [--rows 1000000] [--formats csv,texas] [--output FILE]

A row is a line of the file: in the plain CSV one filing with debtor, secured party and perhaps collateral; in the
Texas layout one of the two or three records that make a filing. The job is enqueued and run by `rqworker --burst`;
its time is that of the ledger, from start to settlement. Processor seconds are those of the worker with its
children and of all PostgreSQL processes; memory is the greatest resident set of any one worker process.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .filing_files import write_csv, write_texas
from .report import publish
from .servers import durable_servers

FORMATS = {"csv": (write_csv, "filings.csv"), "texas": (write_texas, "bulk.json")}
_TICKS = os.sysconf("SC_CLK_TCK")


def ingest(batch_size: int) -> dict[str, Any]:
    """Run one job over the folder of Texas and say what it took."""
    from jobs import actions
    from jobs.models import Job

    handle = actions.enqueue(type="ucc-ingestion", data={"state": "TX", "batchSize": batch_size})
    before = _postgres_seconds()
    used = os.times()
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "rqworker", "ucc-ingestion", "--burst"],
        env={**os.environ, "UCC_INGESTION_TIMEOUT_MS": "3600000"},
    )
    memory = _Memory(worker.pid)
    memory.start()
    if worker.wait():
        raise SystemExit("the worker failed")
    memory.end()
    after = os.times()
    job = Job.objects.get(public_id=handle.id)
    if job.status != "completed" or job.result is None:
        raise SystemExit(f"{job.status}: {job.error_message}")
    return {
        "seconds": round((job.duration_ms or 0) / 1000, 1),
        "worker_processor_seconds": round(
            after.children_user + after.children_system - used.children_user - used.children_system, 1
        ),
        "postgres_processor_seconds": round(_postgres_seconds() - before, 1),
        "peak_mb": round(memory.peak_kb / 1024),
        "load": round(os.getloadavg()[0], 1),
        "result": job.result,
    }


class _Memory(threading.Thread):
    """Looks at the worker and the processes below it five times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_kb = 0
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.2):
            for pid in _with_children(self._pid):
                self.peak_kb = max(self.peak_kb, _peak_kb(pid))

    def end(self) -> None:
        self._over.set()
        self.join()


def _with_children(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _with_children(int(child))


def _peak_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _postgres_seconds() -> float:
    """Of the server and everything it has started, also what has ended."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('data_directory')")
        [directory] = cursor.fetchone()
    server = int((Path(directory) / "postmaster.pid").read_text().split()[0])
    total = 0
    for pid in _with_children(server):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # Of its ended children only the server itself knows; a backend has none.
        total += sum(map(int, fields[11:15]))
    return total / _TICKS


def measure(form: str, rows: int, batch_size: int, inbox: Path) -> dict[str, Any]:
    folder = inbox / "TX"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    write, name = FORMATS[form]
    filings = write(folder / name, lines=rows)
    report: dict[str, Any] = {"rows": rows, "filings": filings}
    report["file_mb"] = round((folder / name).stat().st_size / 1e6, 1)
    empty_tables()
    for run in ("first", "second"):
        report[run] = took = ingest(batch_size)
        took["rows_per_second"] = round(rows / took["seconds"])
        took["filings_per_second"] = round(filings / took["seconds"])
        print(form, run, took, flush=True)
    changed = {name: report["second"]["result"][name] for name in ("recordsCreated", "recordsUpdated")}
    if any(changed.values()):
        raise SystemExit(f"the second run changed something: {changed}")
    return report


def empty_tables() -> None:
    from django.apps import apps
    from django.db import connection

    tables = ", ".join(f'"{model._meta.db_table}"' for model in apps.get_app_config("prospects").get_models())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default="csv,texas")
    parser.add_argument("--batch-size", type=int, default=1000)
    parser.add_argument("--output")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quarry-inbox-") as inbox:
        os.environ.update(UCC_INBOX=inbox, QUARRY_UCC_SOURCE="files")
        with durable_servers():
            formats = given.formats.split(",")
            figures = {form: measure(form, given.rows, given.batch_size, Path(inbox)) for form in formats}
    figures["conditions"] = {
        "batch_size": given.batch_size,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    publish(figures, given.output)


if __name__ == "__main__":
    main()
