"""Keeping the index: jobs whose events were not seen yet are indexed again, within about a second.

Events get their numbers before they commit, so a later number can become visible first. Hence two
marks: everything above `low` is looked at in every pass, and a job is indexed again only where its
row does not hold the event yet; `low` moves up when no transaction is left that could still write
below the new mark.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from ..masking import secret_pattern

#: Jobs in one transaction. Larger ones spare the index little and hold its lock for longer.
BATCH = 500
#: A pass ends after this long, however much is left: the rest is for the next one.
PASS_SECONDS = 0.5
_LOCK = (0x52, 0x5EA7C4)
#: Jobs with neighbouring ids share a block word: it lets a search of a common word read newest first.
BLOCK_BITS = 14

_STATE = """
SELECT low, candidate, candidate_xid,
    pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text,
    (SELECT max(id) FROM jobs_event), clock_timestamp()
FROM jobs_searchcursor FOR UPDATE
"""
# Starts and progress change nothing that is searched for.
_CHANGED = """
SELECT e.id, e.job_id, e.event = 'removed'
FROM jobs_event e LEFT JOIN jobs_searchdocument d ON d.job_id = e.job_id
WHERE e.id > %s AND e.job_id IS NOT NULL AND e.event NOT IN ('active', 'progress')
  AND (d.event_id IS NULL OR d.event_id < e.id)
ORDER BY e.id LIMIT %s
"""
_PENDING = """
DELETE FROM jobs_searchpending WHERE job_id IN (
    SELECT job_id FROM jobs_searchpending ORDER BY job_id DESC LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING job_id
"""
_LEAVES = """
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT '{mark}:' || l.path || '=' || lower(left(l.value, 80))) AS pairs,
        left(string_agg(l.value, ' '), 20000) AS text
    FROM (SELECT path, left(value, 2000) AS value FROM jobs_search_leaves(j.{column}, %(secret)s) LIMIT 300) l
) {alias} ON j.{column} IS NOT NULL AND j.{column} <> '{{}}'::jsonb
"""
_INDEX = f"""
INSERT INTO jobs_searchdocument (job_id, words, event_id)
SELECT j.id,
    array_to_tsvector(array_remove(ARRAY[
        'b:' || (j.id >> {BLOCK_BITS}), 'q:' || j.queue, 't:' || j.type, 's:' || j.status, 'x:' || j.error_type,
        'u:' || j.user_id, 'o:' || j.tenant_id, 'r:' || j.related_id, 'c:' || j.correlation_id
    ], NULL) || COALESCE(runs.facets, '{{}}') || COALESCE(given.pairs, '{{}}') || COALESCE(made.pairs, '{{}}'))
    || jobs_search_words(concat_ws(' ', j.public_id, j.type, j.related_id, j.user_id, j.correlation_id), 'A')
    || jobs_search_words(concat_ws(' ', j.error_message, runs.errors), 'B')
    || jobs_search_words(given.text, 'C') || jobs_search_words(made.text, 'D'),
    g.event_id
FROM unnest(%(ids)s::bigint[], %(events)s::bigint[]) AS g (id, event_id)
JOIN jobs_job j ON j.id = g.id
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT 'w:' || a.worker) || array_remove(array_agg(DISTINCT 'x:' || a.error_type), NULL)
            || array_remove(array_agg(DISTINCT 'e:' || lower(substring(a.error ->> 'exception' FROM '[^.]*$'))), NULL)
            AS facets,
        left(string_agg(DISTINCT a.error ->> 'message', ' '), 4000) AS errors
    FROM jobs_attempt a WHERE a.job_id = j.id
) runs ON j.run > 0
{_LEAVES.format(column="data", alias="given", mark="k")}
{_LEAVES.format(column="result", alias="made", mark="y")}
ORDER BY j.id
ON CONFLICT (job_id) DO UPDATE
SET words = excluded.words, event_id = GREATEST(jobs_searchdocument.event_id, excluded.event_id)
"""  # noqa: S608  constants of this file
_MOVE = """
UPDATE jobs_searchcursor SET low = %s, candidate = %s, candidate_xid = %s,
    current_at = CASE WHEN %s THEN %s ELSE current_at END
"""


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One look at everything above `low`. promote: where `low` may move once the look has passed it."""

    after: int
    promote: int | None
    done: bool = False


def catch_up(*, seconds: float = PASS_SECONDS) -> bool:
    """Index what has changed, batch by batch; True when nothing is left, False when time ran out.

    One caller at a time does so; the others return at once.
    """
    end = time.monotonic() + seconds
    sweep: Sweep | None = None
    while True:
        sweep = _batch(sweep)
        if sweep is None or sweep.done:
            return True
        if time.monotonic() >= end:
            return False


def _batch(sweep: Sweep | None) -> Sweep | None:
    """One transaction of work; None where somebody else is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", _LOCK)
        if not cursor.fetchone()[0]:
            return None
        low, candidate, candidate_xid, oldest, newest, last_event, now = _state(cursor)
        if int(candidate_xid) > int(newest):
            # The database came from another server, whose transactions had other numbers.
            candidate_xid = newest
        if sweep is None:
            sweep = Sweep(after=low, promote=candidate if int(candidate_xid) <= int(oldest) else None)
        cursor.execute(_CHANGED, [sweep.after, BATCH])
        changes = cursor.fetchall()
        full = len(changes) == BATCH
        pending = [] if full else _take_pending(BATCH)
        _index(changes, pending)
        after = changes[-1][0] if full else max(last_event or 0, sweep.after)
        if sweep.promote is not None and sweep.promote <= after:
            low = max(low, sweep.promote)
        if candidate <= low:
            candidate, candidate_xid = after, newest
        done = not full and len(pending) < BATCH
        cursor.execute(_MOVE, [low, candidate, candidate_xid, done, now])
        return replace(sweep, after=after, done=done)


def _state(cursor: Any) -> tuple[Any, ...]:
    cursor.execute(_STATE)
    row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        # Somebody emptied the table: every event that is kept is looked at again.
        cursor.execute("INSERT INTO jobs_searchcursor DEFAULT VALUES")
        cursor.execute(_STATE)
        row = cursor.fetchone()
        assert row is not None  # noqa: S101  it was inserted above
    return row


def _take_pending(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, [limit])
        return [row[0] for row in cursor.fetchall()]


def _index(changes: list[tuple[int, int, bool]], pending: list[int]) -> None:
    latest = dict.fromkeys(pending, 0)
    latest.update({job_id: event_id for event_id, job_id, _ in changes})
    removed = [job_id for _, job_id, gone in changes if gone]
    if not latest:
        return
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, {"ids": list(latest), "events": list(latest.values()), "secret": secret_pattern()})
        if removed:
            cursor.execute("DELETE FROM jobs_searchdocument WHERE job_id = ANY(%s)", [removed])


def lag() -> timedelta | None:
    """How old the changes are that search does not show yet; None before the first pass."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - current_at FROM jobs_searchcursor")
        row = cursor.fetchone()
    return row[0] if row else None


def knows_all_until(moment: datetime) -> bool:
    """Whether every change committed before `moment` can be found."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_at >= %s FROM jobs_searchcursor", [moment])
        row = cursor.fetchone()
    return bool(row and row[0])
