"""Jobs as rows of a table: what the search page, a queue's tabs and the dead letters all show.

A view makes a table with `table_of` and its template includes `jobs/console/_job_table.html`, which
takes it as `table`. The table brings selection, bulk actions and paging along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from django.db import OperationalError, connection
from django.http import HttpRequest
from django.urls import reverse

from ..links import console_url
from ..models import Job
from ..search import engine, indexing
from ..search.language import Query, parse
from ..states import READY, TERMINAL, Status
from ..views_of_state import paused_queues
from .access import console_of

LONGEST_EXCERPT = 140
#: Search tells its delay once it is longer than this.
LAG_WORTH_TELLING = timedelta(seconds=3)
#: Without a worker to do it, a search page indexes for this long first.
CATCH_UP_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class JobRow:
    id: str
    url: str
    type: str
    queue: str
    status: Status
    related_id: str | None
    #: The search for jobs about the same entity.
    related_url: str
    created_at: datetime
    #: Seconds the last run took; None while it has not ended.
    seconds: float | None
    #: Since when it runs, where it does.
    running_since: datetime | None
    #: When it is due, where it waits for that.
    due_at: datetime | None
    attempts_made: int
    max_attempts: int
    progress: int
    error_type: str | None
    excerpt: str
    archived: bool


@dataclass(frozen=True, kw_only=True)
class JobTable:
    """A page of jobs. `query` selects all of them, wherever it is asked: bulk actions carry it along."""

    rows: Sequence[JobRow]
    query: Query
    total: int | None
    total_exact: bool
    older_url: str | None
    newer_url: str | None
    first_url: str | None
    searched_back_to: datetime | None = None
    lag: timedelta | None = None
    problems: tuple[str, ...] = ()
    #: Where an action returns to.
    here: str = ""

    @property
    def total_text(self) -> str:
        if self.total is None:
            return ""
        more = "" if self.total_exact else "+"
        return f"{self.total:,}{more}"


def rows_of(jobs: Sequence[Job]) -> list[JobRow]:
    paused = paused_queues()
    # Resolved once: resolving an address takes longer than all the rest of a row.
    pages, search = reverse("console:job", args=["0"]).removesuffix("0"), reverse("console:jobs")
    return [_row(job, paused, pages, search) for job in jobs]


def _row(job: Job, paused: frozenset[str], pages: str, search: str) -> JobRow:
    status = Status(job.status)
    message = " ".join((job.error_message or "").split())
    return JobRow(
        id=job.public_id,
        url=pages + quote(job.public_id, safe=":"),
        type=job.type,
        queue=job.queue,
        status=Status.PAUSED if status in READY and job.queue in paused else status,
        related_id=job.related_id,
        related_url=f"{search}?{urlencode({'relatedId': job.related_id})}" if job.related_id else "",
        created_at=job.created_at,
        seconds=job.duration_ms / 1000 if job.duration_ms is not None and status in TERMINAL else None,
        running_since=job.started_at if status is Status.ACTIVE else None,
        due_at=job.run_at if status in {Status.DELAYED, Status.RATE_LIMITED} else None,
        attempts_made=job.attempts_made,
        max_attempts=job.max_attempts,
        progress=job.progress,
        error_type=job.error_type,
        excerpt=message if len(message) <= LONGEST_EXCERPT else message[: LONGEST_EXCERPT - 1] + "…",
        archived=job.archived,
    )


def search_url(text: str) -> str:
    return console_url("jobs", q=text) if text else console_url("jobs")


def table_of(request: HttpRequest, text: str, *, limit: int = engine.PAGE) -> JobTable:
    """The page of jobs that the request's `before` or `after` asks for, of those that `text` finds."""
    query = parse(text)
    caller = console_of(request).caller
    lag = _lag()
    try:
        found = engine.find(
            caller, query, before=_cursor(request, "before"), after=_cursor(request, "after"), limit=limit
        )
    except OperationalError as error:
        if not _took_too_long(error):
            raise
        found = engine.Found(ids=[])
        query = Query(text=query.text, terms=query.terms, problems=(*query.problems, _NARROWER))
    return JobTable(
        rows=rows_of(found.jobs()),
        query=query,
        total=found.total,
        total_exact=found.total_exact,
        older_url=_with(request, before=found.older) if found.older else None,
        newer_url=_with(request, after=found.newer) if found.newer else None,
        first_url=_with(request) if found.newer else None,
        searched_back_to=found.searched_back_to,
        lag=lag if lag is not None and lag > LAG_WORTH_TELLING else None,
        problems=query.problems,
        here=request.get_full_path(),
    )


_NARROWER = "This search takes too long. Add a queue, a type or a time, such as created:>7d."


def _took_too_long(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == "57014"


def _lag() -> timedelta | None:
    """How far search is behind, after helping where no worker does."""
    lag = indexing.lag()
    if (lag is None or lag > LAG_WORTH_TELLING) and not connection.in_atomic_block:
        indexing.catch_up(seconds=CATCH_UP_SECONDS)
        lag = indexing.lag()
    return lag


def _cursor(request: HttpRequest, name: str) -> int | None:
    raw = request.GET.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


def _with(request: HttpRequest, **cursor: int | None) -> str:
    kept = [(key, value) for key, value in request.GET.items() if key not in {"before", "after"}]
    query = urlencode([*kept, *((key, str(value)) for key, value in cursor.items())])
    return f"{request.path}?{query}" if query else request.path
