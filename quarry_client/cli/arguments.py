"""The command line's words and what they mean."""

import argparse
import json
from pathlib import Path
from typing import Any

from . import commands_of_documents as documents
from . import commands_of_jobs as jobs
from . import commands_of_queues as queues

_EPILOG = """\
The server and the token come from QUARRY_URL and QUARRY_TOKEN. `manage.py create_token` makes tokens.

exit status:
  0  done; with wait and --watch: the job completed
  1  the job did not complete, or the server is unhealthy
  2  the command line or what it sends is wrong
  3  the server cannot be reached, is down, or is no Quarry
  4  the token does not hold or does not allow this
  5  there is no such thing, or you may not see it
  6  the state of the thing forbids it
  7  too many requests, or the month's quota is used up
  8  the job has not ended within --timeout
"""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="quarry_client",
        description="Ask a Quarry server, from anywhere.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _common(top, default=None)
    top.set_defaults(retry_for=5.0)
    verbs = top.add_subparsers(dest="command", required=True, metavar="command")
    _jobs(verbs)
    _queues(verbs)
    _documents(verbs)
    return top


def _common(to: argparse.ArgumentParser, *, default: Any) -> None:
    """May stand before the command and after it."""
    to.add_argument("--url", default=default, help="the server's address (default: QUARRY_URL)")
    to.add_argument(
        "--token-file", default=default, metavar="FILE", help="a file that holds the token (default: QUARRY_TOKEN)"
    )
    to.add_argument(
        "--retry-for",
        type=_seconds,
        default=argparse.SUPPRESS,
        metavar="SECONDS",
        help="how long to try again where that is safe and the server is away (default: 5)",
    )
    to.add_argument(
        "--json", action="store_true", default=default, help="print what the server answers, and nothing else"
    )


def _verb(verbs: Any, name: str, run: Any, text: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
    _common(verb, default=argparse.SUPPRESS)
    verb.set_defaults(run=run)
    return verb


def _watching(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--watch", action="store_true", help="follow the job until it ends")
    verb.add_argument("--timeout", type=_seconds, help="seconds to watch at most")


def _jobs(verbs: Any) -> None:
    enqueue = _verb(verbs, "enqueue", jobs.enqueue, "Enqueue one job.")
    enqueue.add_argument("type", help="the job type, such as ucc-ingestion")
    enqueue.add_argument("--data", type=_object, default={}, help='a JSON object, such as \'{"state": "NY"}\'')
    enqueue.add_argument(
        "--options", type=_object, default={}, help="jobId, priority, delay, attempts, timeout as a JSON object"
    )
    _watching(enqueue)
    status = _verb(verbs, "status", jobs.status, "Show one job with its attempts and log.")
    wait = _verb(verbs, "wait", jobs.wait, "Follow a job until it ends.")
    wait.add_argument("--timeout", type=_seconds, help="seconds to wait at most")
    cancel = _verb(verbs, "cancel", jobs.cancel, "Cancel a job; a running one is stopped within seconds.")
    retry = _verb(verbs, "retry", jobs.retry, "Run a failed or cancelled job again.")
    retry.add_argument("--force", action="store_true", help="a dead job too")
    remove = _verb(verbs, "remove", jobs.remove, "Remove a job.")
    remove.add_argument("--force", action="store_true", help="a running job too")
    for verb in (status, wait, cancel, retry, remove):
        verb.add_argument("id", help="the job's id")
    search = _verb(verbs, "search", jobs.search, "Find jobs, the newest first.")
    search.add_argument("query", nargs="?", default="", help="in the console's query language, such as 'error:timeout'")
    for name in ("--type", "--queue", "--status"):
        search.add_argument(name)
    search.add_argument("--limit", type=_positive, default=20, help="jobs at most (default: 20)")


def _queues(verbs: Any) -> None:
    every = _verb(verbs, "queues", queues.queues, "Show counts, pauses and live workers of all queues.")
    every.add_argument("--internal", action="store_true", help="the housekeeping queue too, for administrators")
    pause = _verb(verbs, "pause", queues.pause, "Start no more jobs of a queue; running ones finish.")
    pause.add_argument("--reason", default="", help="shown beside the queue")
    resume = _verb(verbs, "resume", queues.resume, "Let a paused queue's jobs start again.")
    for verb in (pause, resume):
        verb.add_argument("queue")
    clean = _verb(verbs, "clean", queues.clean, "Remove the oldest jobs of a state.")
    clean.add_argument("--queue", help="one queue; without it every queue is cleaned")
    clean.add_argument("--status", default="completed", help="the state (default: completed)")
    clean.add_argument("--grace-ms", type=int, default=86_400_000, help="milliseconds in that state (default: a day)")
    clean.add_argument("--limit", type=_positive, default=100, help="jobs per queue at most (default: 100)")
    again = _verb(verbs, "retry-failed", queues.retry_failed, "Retry a queue's failed jobs, the oldest failure first.")
    again.add_argument("--queue", required=True)
    again.add_argument("--limit", type=_positive, default=1000, help="jobs at most (default: 1000)")
    workers = _verb(verbs, "workers", queues.workers, "Show who works on which queue.")
    workers.add_argument("--detail", action="store_true", help="the worker processes too, for administrators")
    _verb(verbs, "health", queues.health, "Show whether jobs can run; exit status 1 when unhealthy.")
    schedules = _verb(verbs, "schedules", queues.schedules, "List schedules, run, pause or resume one.")
    actions = schedules.add_subparsers(dest="verb", metavar="verb")
    schedules.set_defaults(verb="list")
    for name, text in (
        ("list", "all schedules"),
        ("run", "fire now, whatever its state"),
        ("pause", "fire no more until resumed"),
        ("resume", "fire again, from the next time on"),
    ):
        action = _verb(actions, name, queues.schedules, text)
        if name != "list":
            action.add_argument("name", help="the schedule's name")


def _documents(verbs: Any) -> None:
    research = _verb(verbs, "research", documents.research, "Ask for a research about a company.")
    research.add_argument("company", help="the company's id")
    research.add_argument("--force-refresh", action="store_true", help="look everything up again")
    research.add_argument("--show", action="store_true", help="show the newest complete one instead")
    _watching(research)
    upload = _verb(verbs, "upload", documents.upload, "Store a list from a CSV or XLSX file.")
    upload.add_argument("file", type=Path)
    upload.add_argument("--kind", required=True, help="prospects, companies, contacts or figures")
    upload.add_argument("--mapping", type=_object, help="field to header, or to the column's place from 0, as JSON")
    upload.add_argument("--dry-run", action="store_true", help="only look at it")
    _watching(upload)
    reports = _verb(verbs, "reports", documents.reports, "List reports, or download the file of one.")
    reports.add_argument("--company", help="only those about one company")
    reports.add_argument("--limit", type=_positive, default=50, help="reports at most (default: 50)")
    actions = reports.add_subparsers(dest="verb", metavar="verb")
    reports.set_defaults(verb="list")
    _verb(actions, "list", documents.reports, "the newest first")
    download = _verb(actions, "download", documents.reports, "Store a report's file.")
    download.add_argument("id", help="the report's id")
    download.add_argument("-o", "--output", type=Path, help="where (default: the report's id in this folder)")


# --- Values -----------------------------------------------------------------------------------------
def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError("must be a JSON object")
    return value


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return number
