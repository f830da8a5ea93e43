"""Finding a page of jobs, newest first, without ever reading more than it takes.

Three ways, chosen by the query. Anchored: an index of the ledger leads to the few jobs there can be.
Words: the index of words, first over the newest jobs, then over all if that is few enough to sort,
then block by block towards the past. Walk: the ledger itself, block by block. Steps grow twofold while time
allows, so a common find ends in the first of them and a rare one takes a dozen statements. A walk that takes
longer than BUDGET_SECONDS ends where it is and says so; the next page goes on from there.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from accounts.callers import Caller

from ..models import Job
from ..reads import visible
from ..views_of_state import all_counts
from .conditions import Plan, lexeme, plan
from .indexing import BLOCK_BITS
from .language import Query

PAGE = 50
#: Matches are counted up to here; beyond it the number is "1,000+".
MOST_COUNTED = 1000
#: So many matches of words are sorted at once; with more, blocks are read from the newest.
MOST_SORTED = 5000
BUDGET_SECONDS = 0.08
#: No single statement of a search may take longer.
STATEMENT_MS = 5000
_FIRST_BLOCKS = 2


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of matches, newest first.

    older, newer: cursors of the pages beside this one, None where there is none. total: matches in
    all, counted on the first page; at least so many where `total_exact` is false. searched_back_to:
    the creation time that an unfinished search has come to.
    """

    ids: list[int]
    older: int | None = None
    newer: int | None = None
    total: int | None = None
    total_exact: bool = True
    searched_back_to: datetime | None = None

    def jobs(self, *, complete: bool = False) -> list[Job]:
        """The rows; payloads and results, which may be megabytes each, only where they are asked for."""
        rows = Job.objects.filter(id__in=self.ids)
        return sorted(rows if complete else rows.defer("data", "result"), key=lambda job: -job.id)


def find(
    caller: Caller, query: Query, *, before: int | None = None, after: int | None = None, limit: int = PAGE
) -> Found:
    """The page older than `before`, or newer than `after`, or the first one."""
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner takes a common word for a reason to read the whole table; blocks are better.
        cursor.execute(
            "SELECT set_config('enable_seqscan', 'off', true), set_config('statement_timeout', %s, true)",
            [str(STATEMENT_MS)],
        )
        if after is not None:
            return _newer(caller, query, after, limit)
        return _older(caller, query, before, limit)


def matches(caller: Caller, query: Query, *, before: int, limit: int) -> list[int]:
    """The next matches older than `before`, newest first, however long that takes: for work in the background."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'off', true)")
        search = Search(caller=caller, plan=plan(query), wanted=limit, page=limit, budget=float("inf"))
        return search.down(before)


def _older(caller: Caller, query: Query, before: int | None, limit: int) -> Found:
    first = before is None
    known = _known_total(caller, query) if first else None
    counting = first and known is None
    search = Search(caller=caller, plan=plan(query), wanted=MOST_COUNTED + 1 if counting else limit + 1, page=limit + 1)
    ids = search.down(before)
    more = len(ids) > limit
    page = ids[:limit]
    stopped = search.stopped_at is not None and not more
    total, exact = known or (min(len(ids), MOST_COUNTED), search.complete and len(ids) <= MOST_COUNTED)
    return Found(
        ids=page,
        older=page[-1] if more else search.stopped_at if stopped else None,
        newer=page[0] if page and not first else None,
        total=total if first else None,
        total_exact=exact,
        searched_back_to=_created(search.stopped_at) if stopped else None,
    )


def _newer(caller: Caller, query: Query, after: int, limit: int) -> Found:
    search = Search(caller=caller, plan=plan(query), wanted=limit + 1, page=limit + 1)
    ids = search.up(after)
    page = ids[:limit][::-1]
    if len(ids) <= limit:
        # The newest page, whole.
        return _older(caller, query, None, limit)
    return Found(ids=page, older=page[-1], newer=page[0])


def _known_total(caller: Caller, query: Query) -> tuple[int, bool] | None:
    """The number without counting, where the kept counts have it."""
    if not caller.is_admin or any(
        term.name not in {"queue", "status"} or term.negated or term.prefix for term in query.terms
    ):
        return None
    if len(query.named("queue")) > 1 or len(query.named("status")) > 1:
        return None
    counts = all_counts()
    queues = query.named("queue")[0].values if query.named("queue") else tuple(counts)
    states = query.named("status")[0].values if query.named("status") else None
    total = 0
    for queue in queues:
        numbers = counts.get(str(queue), {})
        keys = [_count_key(state) for state in states] if states else list(numbers)
        total += sum(numbers.get(key, 0) for key in keys)
    # Archived records are searched and not counted: below the bound they are counted after all.
    return (total, False) if total > MOST_COUNTED else None


def _count_key(state: str) -> str:
    return "rateLimited" if state == "rate-limited" else state


def _created(job_id: int | None) -> datetime | None:
    if job_id is None:
        return None
    found: datetime | None = (
        Job.objects.filter(id__gte=job_id).order_by("id").values_list("created_at", flat=True).first()
    )
    return found


class Search:
    """One search under way. `wanted`: matches to collect; `page`: as many as must be had, budget or not."""

    def __init__(self, *, caller: Caller, plan: Plan, wanted: int, page: int, budget: float | None = None) -> None:
        self._plan = plan
        self._jobs: QuerySet[Job] = visible(caller).filter(plan.ledger)
        self._wanted, self._page = wanted, page
        self._deadline = time.monotonic() + (BUDGET_SECONDS if budget is None else budget)
        self.stopped_at: int | None = None
        self.complete = False

    def down(self, before: int | None) -> list[int]:
        newest = Job.objects.aggregate(newest=Max("id"))["newest"] or 0
        top = newest if before is None else min(before - 1, newest)
        jobs = self._jobs.filter(id__lte=top).order_by("-id")
        return self._collect(jobs, Downwards(top >> BLOCK_BITS), newest_first=True)

    def up(self, after: int) -> list[int]:
        newest = Job.objects.aggregate(newest=Max("id"))["newest"] or 0
        jobs = self._jobs.filter(id__gt=after).order_by("id")
        return self._collect(jobs, Upwards((after + 1) >> BLOCK_BITS, newest >> BLOCK_BITS), newest_first=False)

    def _collect(self, jobs: QuerySet[Job], blocks: "Blocks", *, newest_first: bool) -> list[int]:
        if self._plan.anchored and not self._plan.needs_words:
            return self._all(jobs)
        found: list[int] = []
        width, stop, first = _FIRST_BLOCKS, 0, True
        while (block := blocks.take(width)) is not None:
            lowest, highest = block
            begun = time.monotonic()
            if not first and begun > self._deadline and (len(found) >= self._page or newest_first):
                self.stopped_at = stop if len(found) < self._page else None
                return found
            candidates, part = self._in_blocks(jobs, lowest, highest, self._wanted - len(found))
            found += part
            if len(found) >= self._wanted:
                return found
            # Where the first blocks hold many, all of them are too many to sort: not worth asking.
            many = candidates * blocks.count > MOST_SORTED * (highest - lowest + 1)
            if first and self._plan.words and not many and (rest := self._few(jobs)) is not None:
                self.complete = len(rest) < self._wanted
                return rest
            stop, first = lowest << BLOCK_BITS, False
            width = self._next_width(width, time.monotonic() - begun)
        self.complete = True
        return found

    def _next_width(self, width: int, seconds: float) -> int:
        """Twice as many blocks, or as many as the time that is left will do for, going by the last ones."""
        left = self._deadline - time.monotonic()
        return max(1, int(min(2 * width, width * left / max(seconds, 0.001)))) if left > 0 else 2 * width

    def _all(self, jobs: QuerySet[Job]) -> list[int]:
        ids = list(jobs.values_list("id", flat=True)[: self._wanted])
        self.complete = len(ids) < self._wanted
        return ids

    def _few(self, jobs: QuerySet[Job]) -> list[int] | None:
        """All matches, if the words leave few enough to sort; None where blocks are the better way."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT job_id FROM jobs_searchdocument WHERE words @@ %s::tsquery LIMIT %s",
                [self._plan.words, MOST_SORTED + 1],
            )
            ids = [row[0] for row in cursor.fetchall()]
        if len(ids) > MOST_SORTED:
            return None
        return list(_among(jobs, ids).values_list("id", flat=True)[: self._wanted])

    def _in_blocks(self, jobs: QuerySet[Job], lowest: int, highest: int, limit: int) -> tuple[int, list[int]]:
        """How many candidates the words leave in these blocks, and the matches among them."""
        if not self._plan.words:
            part = jobs.filter(id__gte=lowest << BLOCK_BITS, id__lt=(highest + 1) << BLOCK_BITS)
            return 0, list(part.values_list("id", flat=True)[:limit])
        blocks = " | ".join(lexeme(f"b:{block}") for block in range(lowest, highest + 1))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT job_id FROM jobs_searchdocument WHERE words @@ %s::tsquery",
                [f"({blocks}) & {self._plan.words}"],
            )
            ids = [row[0] for row in cursor.fetchall()]
        return len(ids), list(_among(jobs, ids).values_list("id", flat=True)[:limit]) if ids else []


def _among(jobs: QuerySet[Job], ids: list[int]) -> QuerySet[Job]:
    # As one array: by primary key, however many they are.
    return jobs.extra(where=["jobs_job.id = ANY(%s)"], params=[ids])


class Blocks(Protocol):
    """The blocks of a direction, taken a few at a time. count: all there are."""

    count: int

    def take(self, width: int) -> tuple[int, int] | None:
        """(lowest, highest) of the next so many block numbers; None when none is left."""
        ...


class Downwards:
    def __init__(self, highest: int) -> None:
        self.count = highest + 1
        self._highest = highest

    def take(self, width: int) -> tuple[int, int] | None:
        if self._highest < 0:
            return None
        highest, lowest = self._highest, max(0, self._highest - width + 1)
        self._highest = lowest - 1
        return lowest, highest


class Upwards:
    def __init__(self, lowest: int, highest: int) -> None:
        self.count = highest - lowest + 1
        self._lowest, self._last = lowest, highest

    def take(self, width: int) -> tuple[int, int] | None:
        if self._lowest > self._last:
            return None
        lowest, highest = self._lowest, min(self._last, self._lowest + width - 1)
        self._lowest = highest + 1
        return lowest, highest
