"""Release: what happens to a job when the jobs it depends on end, come back or are removed.

A trigger writes a notice in the transaction in which a followed job ends, whatever ended it. This
module takes notices, locks the jobs concerned, and then derives their state from that of the jobs they
depend on, as a statement begun after the lock sees it. So the last of several jobs that end at the same
instant finds all the others ended, and what is derived twice changes nothing. A notice is dropped in the
transaction that acts on it: a process that dies in between leaves it to the next tick. See docs/adr/0010.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from .. import dispatch
from ..ledger.note import note, wake_after_commit
from ..ready import Ready
from . import afterwards, progress
from .afterwards import Ended
from .models import Notice
from .words import CANCELLED_CODE, FAILED_CODE

logger = logging.getLogger("quarry.workflows")

#: Notices acted on in one transaction.
MOST_PER_PASS = 500


def soon() -> None:
    """Act on notices as soon as the surrounding transaction has committed."""
    transaction.on_commit(_now)


def run() -> int:
    """Act on all notices there are; returns their number. Safe to run from several processes at once.

    Where one of them cannot be acted on, all others still are; it stays, is tried again, and is logged each time.
    """
    total = 0
    try:
        while number := _one_pass():
            total += number
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Some notices could not be acted on together; each is tried alone")
        total += sum(map(_alone, Notice.objects.order_by("id").values_list("id", flat=True)[:MOST_PER_PASS]))
    return total


def _alone(notice: int) -> int:
    try:
        return _one_pass(only=notice)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Notice %d could not be acted on", notice)
        return 0


def _now() -> None:
    """The committed change stands whatever happens here: the next tick takes what is left."""
    try:
        run()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Dependent jobs could not be released now (%s); the next tick does it.", error)
    except Exception:
        logger.exception("Dependent jobs could not be released now; the next tick tries again")


@dataclass(frozen=True, kw_only=True)
class Notices:
    """crossed: jobs that ended or came back, with their last end where one was noted. check: jobs to look at.
    failures: those that ended otherwise than completed, each end once.
    """

    number: int
    crossed: dict[int, str | None]
    check: list[int]
    failures: list[Ended]


def _one_pass(*, only: int | None = None) -> int:
    with transaction.atomic():
        notices = _take(only)
        if not notices.number:
            return 0
        released = _settle_dependents(notices)
        progress.follow(notices.crossed)
        afterwards.follow(notices.failures)
    dispatch.offer_unpaused(released)
    return notices.number


_TAKE = """
DELETE FROM jobs_notice WHERE id IN (
    SELECT id FROM jobs_notice WHERE %(only)s::bigint IS NULL OR id = %(only)s
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id, job_id, outcome, check_job, public_id, type, tenant_id, ended
"""


def _take(only: int | None) -> Notices:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"only": only, "most": MOST_PER_PASS})
        rows = sorted(cursor.fetchall(), key=lambda row: row[0])
    crossed: dict[int, str | None] = {}
    for _, job_id, outcome, check, *_rest in rows:
        if not check and crossed.get(job_id) != "completed":
            crossed[job_id] = outcome
    return Notices(
        number=len(rows),
        crossed=crossed,
        check=sorted({row[1] for row in rows if row[3]}),
        failures=[
            Ended(public_id=row[4], type=row[5], tenant_id=row[6], outcome=row[7])
            for row in rows
            if row[7] not in (None, "completed")
        ],
    )


def _settle_dependents(notices: Notices) -> dict[str, list[Ready]]:
    jobs = _lock(notices)
    if not jobs:
        return {}
    _derive(notices, jobs)
    verdicts = _verdicts(jobs)
    _end_or_hold(_FAIL, [job for job, verdict in verdicts if verdict == "broken"])
    _end_or_hold(_HOLD, [job for job, verdict in verdicts if verdict == "unmet"])
    return _release([job for job, verdict in verdicts if verdict == "free"])


# One statement, in one order, for all that will change: the dependents, and the jobs that newly
# checked ones wait for. Of the latter a settlement under way is waited for; one that comes later
# finds them followed.
_LOCK = """
WITH touched AS (
    SELECT job_id AS id FROM jobs_dependency
    WHERE depends_on_id = ANY(%(crossed)s) AND outcome IS DISTINCT FROM 'completed'
    UNION SELECT unnest(%(check)s::bigint[])
    UNION SELECT depends_on_id FROM jobs_dependency WHERE job_id = ANY(%(check)s) AND satisfied_at IS NULL
)
SELECT j.id FROM jobs_job j WHERE j.id IN (SELECT id FROM touched) ORDER BY j.id FOR NO KEY UPDATE
"""
_FOLLOW = """
UPDATE jobs_job SET followed = true
WHERE NOT followed AND id IN (
    SELECT depends_on_id FROM jobs_dependency WHERE job_id = ANY(%(check)s) AND satisfied_at IS NULL
)
"""
#: Whether job w can still be held back, failed or released: it waits, or ended for no reason of its own.
_OPEN = f"""
(w.delay_reason = 'dependency' OR (w.status IN ('failed', 'cancelled') AND NOT w.archived
    AND w.error ->> 'code' IN ('{FAILED_CODE}', '{CANCELLED_CODE}')))
"""
# A job that is gone ended as its last notice says; where none does, it was removed unfinished.
_DERIVE = f"""
WITH noted AS (SELECT * FROM unnest(%(ids)s::bigint[], %(outcomes)s::text[]) AS n (id, outcome)),
now_so AS (
    SELECT e.id, CASE
        WHEN p.id IS NULL THEN CASE WHEN n.outcome = 'completed' THEN 'completed' ELSE 'removed' END
        WHEN p.finished_at IS NOT NULL THEN p.status END AS outcome
    FROM jobs_dependency e JOIN jobs_job w ON w.id = e.job_id
    LEFT JOIN jobs_job p ON p.id = e.depends_on_id LEFT JOIN noted n ON n.id = e.depends_on_id
    WHERE e.outcome IS DISTINCT FROM 'completed' AND w.id = ANY(%(jobs)s) AND {_OPEN}
      AND (e.depends_on_id = ANY(%(ids)s) OR w.id = ANY(%(check)s))
)
UPDATE jobs_dependency d SET outcome = s.outcome, satisfied_at = CASE
    WHEN s.outcome = 'completed' OR (s.outcome IS NOT NULL AND d.on_failure = 'continue') THEN clock_timestamp() END
FROM now_so s WHERE d.id = s.id AND d.outcome IS DISTINCT FROM s.outcome
"""  # noqa: S608  constants
_VERDICTS = f"""
SELECT w.id, CASE
    WHEN bool_or(d.outcome IS NOT NULL) THEN 'broken' WHEN bool_or(d.id IS NOT NULL) THEN 'unmet' ELSE 'free' END
FROM jobs_job w LEFT JOIN jobs_dependency d ON d.job_id = w.id AND d.satisfied_at IS NULL
WHERE w.id = ANY(%s) AND {_OPEN} GROUP BY w.id
"""  # noqa: S608  constants


def _lock(notices: Notices) -> list[int]:
    given: dict[str, Any] = {"crossed": list(notices.crossed), "check": notices.check}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, given)
        jobs = [row[0] for row in cursor.fetchall()]
        if notices.check:
            cursor.execute(_FOLLOW, given)
    return jobs


def _derive(notices: Notices, jobs: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _DERIVE,
            {
                "jobs": list(jobs),
                "ids": list(notices.crossed),
                "outcomes": list(notices.crossed.values()),
                "check": notices.check,
            },
        )


def _verdicts(jobs: Sequence[int]) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_VERDICTS, [list(jobs)])
        return list(cursor.fetchall())


# The error names the dependency and its class. A job whose dependency was cancelled ends cancelled.
_FAIL = f"""
WITH reason AS (
    SELECT DISTINCT ON (d.job_id) d.job_id, d.depends_on, d.name, d.outcome, p.type, p.error_type
    FROM jobs_dependency d LEFT JOIN jobs_job p ON p.id = d.depends_on_id
    WHERE d.job_id = ANY(%s) AND d.satisfied_at IS NULL AND d.outcome IS NOT NULL
    ORDER BY d.job_id, d.outcome = 'cancelled', d.id
), worded AS (
    SELECT job_id, CASE WHEN outcome = 'cancelled' THEN 'cancelled' ELSE 'failed' END AS status,
        CASE WHEN outcome = 'cancelled' THEN '{CANCELLED_CODE}' ELSE '{FAILED_CODE}' END AS code,
        COALESCE(error_type, 'UNKNOWN') AS error_type,
        'It depends on ' || depends_on
        || CASE WHEN name NOT IN ('', depends_on) THEN ' (' || name || ')' ELSE '' END
        || CASE outcome
            WHEN 'cancelled' THEN ', which was cancelled.'
            WHEN 'removed' THEN ', which was removed before it had completed.'
            ELSE ', which failed' || CASE outcome WHEN 'dead' THEN ' for good' ELSE '' END
                || COALESCE(' with ' || error_type, '') || '.' END AS message
    FROM reason
), changed AS (
    UPDATE jobs_job j SET status = r.status, delay_reason = NULL, run_at = NULL,
        error_type = r.error_type, error_message = r.message,
        error = jsonb_build_object('type', r.error_type, 'code', r.code, 'message', r.message, 'retryable', false,
            'retryAfterSeconds', NULL, 'exception', 'jobs.errors.DependencyFailed',
            'at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
        first_failed_at = CASE WHEN r.status = 'failed' THEN COALESCE(j.first_failed_at, clock_timestamp())
            ELSE j.first_failed_at END,
        finished_at = clock_timestamp(), updated_at = clock_timestamp()
    FROM worded r WHERE j.id = r.job_id AND j.delay_reason = 'dependency'
    RETURNING j.id, j.public_id, j.queue, j.type, j.tenant_id, j.user_id, j.status, j.error
)
{note("changed", "status", payload="jsonb_build_object('error', error)")}
"""  # noqa: S608  constants
_RESET = """result = NULL, error = NULL, error_type = NULL, error_message = NULL, finished_at = NULL,
        duration_ms = NULL, updated_at = clock_timestamp()"""
# Jobs that ended because of a dependency which runs again: they wait for it once more.
_HOLD = f"""
WITH changed AS (
    UPDATE jobs_job w SET status = 'delayed', delay_reason = 'dependency', run_at = NULL, {_RESET}
    WHERE w.id = ANY(%s) AND w.status <> 'delayed' AND {_OPEN}
    RETURNING w.id, w.public_id, w.queue, w.type, w.tenant_id, w.user_id
)
{note("changed", "'delayed'", payload="jsonb_build_object('reason', 'dependency')")}
"""  # noqa: S608  constants
# A delay counts from here. A batch's callback learns how the others ended.
_RELEASE = f"""
WITH tally AS (
    SELECT b.callback_id AS id, jsonb_build_object('batch', jsonb_build_object(
        'id', b.public_id, 'total', count(*), 'completed', count(*) FILTER (WHERE d.outcome = 'completed'),
        'failed', count(*) FILTER (WHERE d.outcome IN ('failed', 'dead')),
        'cancelled', count(*) FILTER (WHERE d.outcome = 'cancelled'),
        'removed', count(*) FILTER (WHERE d.outcome = 'removed'))) AS counts
    FROM jobs_workflow b JOIN jobs_dependency d ON d.job_id = b.callback_id
    WHERE b.callback_id = ANY(%(ids)s) GROUP BY b.callback_id, b.public_id
), changed AS (
    UPDATE jobs_job w SET
        status = CASE WHEN w.delay_ms > 0 THEN 'delayed' ELSE 'waiting' END,
        delay_reason = CASE WHEN w.delay_ms > 0 THEN 'scheduled' END,
        run_at = CASE WHEN w.delay_ms > 0 THEN clock_timestamp() + w.delay_ms * interval '1 millisecond' END,
        data = w.data || COALESCE((SELECT counts FROM tally t WHERE t.id = w.id), '{{}}'::jsonb), {_RESET}
    WHERE w.id = ANY(%(ids)s) AND {_OPEN}
    RETURNING w.id, w.public_id, w.queue, w.type, w.tenant_id, w.user_id, w.priority, w.timeout_ms, w.status
), noted AS (
    {note("changed", "status")}
)
SELECT queue, id, priority, type || ' ' || public_id, timeout_ms FROM changed WHERE status = 'waiting'
"""  # noqa: S608  constants


def _end_or_hold(statement: str, jobs: Sequence[int]) -> None:
    if jobs:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(jobs)])
        wake_after_commit()


def _release(jobs: Sequence[int]) -> dict[str, list[Ready]]:
    found: dict[str, list[Ready]] = {}
    if not jobs:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"ids": list(jobs)})
        for queue, job_id, priority, label, timeout_ms in cursor.fetchall():
            found.setdefault(queue, []).append(Ready(id=job_id, priority=priority, label=label, timeout_ms=timeout_ms))
    wake_after_commit()
    return found
