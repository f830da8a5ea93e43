"""Reading events in the order they became visible, missing none.

Ids are given out before a transaction commits, so a reader that asks for "ids above the last one I
saw" misses whatever commits late, and one that waits for the gaps stalls behind every long
transaction. Here a reader remembers the Postgres snapshot it has read up to. What is new is what
that snapshot did not see: transactions that were under way then, and those that began later. Each
row carries its transaction, so the next read finds exactly these, once each, whatever their ids.

All events of one job are written under the lock of its row: for one job, ids are the order.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ..models import Job

#: Rows that one read brings at most.
PAGE = 2000
_WRITTEN = re.compile(r"\d{1,20}:\d{1,20}:(?:\d{1,20}(?:,\d{1,20})*)?\Z")


@dataclass(frozen=True)
class Position:
    """A snapshot, in Postgres's own notation `xmin:xmax:xip,...`: which transactions a reader has seen."""

    xmax: int
    under_way: frozenset[int]
    text: str

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Raises ValueError for what is no snapshot."""
        if not _WRITTEN.match(text):
            raise ValueError("not a position")
        xmin, xmax, listed = text.split(":")
        under_way = frozenset(int(word) for word in listed.split(",") if word)
        if not int(xmin) <= int(xmax) < 2**63 or any(not int(xmin) <= one < int(xmax) for one in under_way):
            raise ValueError("not a position")
        return cls(xmax=int(xmax), under_way=under_way, text=text)

    def sees(self, transaction: int) -> bool:
        """Whether what the (committed) transaction wrote was visible here."""
        return transaction < self.xmax and transaction not in self.under_way


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it is stored. `txid`: the transaction that wrote it."""

    id: int
    txid: int
    job_id: int | None
    public_id: str | None
    queue: str
    type: str | None
    tenant_id: str | None
    user_id: str | None
    event: str
    payload: dict[str, Any] | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which events: those of some queues or jobs (by primary key), or all."""

    queues: frozenset[str] = frozenset()
    jobs: frozenset[int] = frozenset()
    everything: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """Rows by id, and the position at which they are all that is new; `more`: and there are further ones."""

    rows: list[Row]
    position: Position
    more: bool


_COLUMNS = "id, txid::text::bigint, job_id, public_id, queue, type, tenant_id, user_id, event, payload, at"
# Materialized: the few rows are found by their transaction, whatever the planner thinks of the limit.
# The upper bound leaves out rows restored from another server, whose transactions had higher numbers:
# they would be new for ever.
_NEW = f"""
WITH found AS MATERIALIZED (
    SELECT * FROM jobs_event
    WHERE ((txid >= %(xmax)s::text::xid8 AND txid < pg_snapshot_xmax(pg_current_snapshot()))
            OR txid = ANY(%(under_way)s::text[]::xid8[]))
      AND (%(everything)s OR queue = ANY(%(queues)s) OR job_id = ANY(%(jobs)s))
      AND (%(until)s::text IS NULL OR pg_visible_in_snapshot(txid, %(until)s::text::pg_snapshot))
      AND id > %(after)s
)
SELECT s.position, e.* FROM (SELECT pg_current_snapshot()::text AS position) s
LEFT JOIN LATERAL (SELECT {_COLUMNS} FROM found ORDER BY id LIMIT {PAGE} + 1) e ON true
"""  # noqa: S608


def position_now() -> Position:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return Position.parse(cursor.fetchone()[0])


def read_new(since: Position, wanted: Wanted, *, until: Position | None = None, after: int = 0) -> Page:
    """What became visible after `since`. until, after: go on with a page that had more."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NEW,
            {
                "xmax": str(since.xmax),
                "under_way": [str(one) for one in since.under_way],
                "everything": wanted.everything,
                "queues": list(wanted.queues),
                "jobs": list(wanted.jobs),
                "until": until.text if until else None,
                "after": after,
            },
        )
        found = cursor.fetchall()
    rows = [_row(values[1:]) for values in found if values[1] is not None]
    return Page(rows=rows[:PAGE], position=until or Position.parse(found[0][0]), more=len(rows) > PAGE)


_OF_JOB = f"SELECT {_COLUMNS} FROM jobs_event WHERE job_id = %s AND id > %s ORDER BY id LIMIT %s"  # noqa: S608
_LAST_OF_JOB = f"SELECT {_COLUMNS} FROM jobs_event WHERE job_id = %s ORDER BY id DESC LIMIT 1"  # noqa: S608


def of_job(job_id: int, *, after: int, limit: int) -> list[Row]:
    """A job's events above an id, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_JOB, [job_id, after, limit])
        return [_row(values) for values in cursor.fetchall()]


def last_of_job(job_id: int) -> Row | None:
    with connection.cursor() as cursor:
        cursor.execute(_LAST_OF_JOB, [job_id])
        values = cursor.fetchone()
    return _row(values) if values else None


def results_of(job_ids: Iterable[int]) -> dict[int, Any]:
    """The results that completed jobs still have, by primary key."""
    return dict(Job.objects.filter(pk__in=list(job_ids)).values_list("pk", "result"))


def _row(values: tuple[Any, ...]) -> Row:
    # Django hands jsonb of its raw queries over as text.
    return Row(*values[:-2], json.loads(values[-2]) if isinstance(values[-2], str) else values[-2], values[-1])  # type: ignore[call-arg]
