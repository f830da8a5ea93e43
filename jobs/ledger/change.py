"""Changes that people make to jobs: cancel, retry, bury, remove, reprioritise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ..states import Status
from ..workflows import release
from ..workflows.words import FAILED_CODE
from .note import note, wake_after_commit


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A job that a verb changed. `worker` ran it at that moment, where one did."""

    id: int
    public_id: str
    type: str
    queue: str
    priority: int
    status: Status
    worker: str | None = None
    tenant_id: str | None = None
    #: Somebody waits for its end: what this change means to them is up to workflows.release.
    followed: bool = False


_COLUMNS = "j.id, j.public_id, j.type, j.queue, j.priority, j.status, j.worker, j.tenant_id, j.followed, j.user_id"
# In id order, as every statement that changes several jobs: of two that meet one waits, never each for the other.
_PICK = "SELECT id FROM jobs_job WHERE id = ANY(%s) AND {condition} ORDER BY id FOR UPDATE"


def _verb(*, condition: str, change: str, event: str, also: str = "") -> str:
    return (
        f"WITH picked AS ({_PICK.format(condition=condition)}), changed AS ("
        f"{change} FROM picked WHERE j.id = picked.id RETURNING {_COLUMNS})," + _noted(event, also)
    )


def _noted(event: str, also: str = "") -> str:
    return f" noted AS ({note('changed', event)}){also} SELECT * FROM changed ORDER BY id"  # noqa: S608


_CANCEL = _verb(
    condition="status IN ('waiting', 'rate-limited', 'delayed')",
    change="""UPDATE jobs_job j SET status = 'cancelled', finished_at = clock_timestamp(),
        updated_at = clock_timestamp(), run_at = NULL, delay_reason = NULL, permitted_at = NULL""",
    event="'cancelled'",
)
_REQUEST_CANCEL = f"""
WITH picked AS ({_PICK.format(condition="status = 'active'")})
UPDATE jobs_job j SET cancel_requested_at = COALESCE(cancel_requested_at, clock_timestamp())
FROM picked WHERE j.id = picked.id RETURNING {_COLUMNS}
"""  # noqa: S608
# An archived job has no data left to run with. One whose dependencies have not all completed waits for them
# again: they may be about to run once more. A failure that was theirs spends none of its manual retries.
_UNMET = "EXISTS (SELECT 1 FROM jobs_dependency d WHERE d.job_id = j.id AND d.outcome IS DISTINCT FROM 'completed')"
_RETRY = _verb(
    condition="NOT archived AND (status IN ('failed', 'cancelled') OR (%s AND status = 'dead'))",
    change=f"""UPDATE jobs_job j SET attempts_made = 0,
        status = CASE WHEN {_UNMET} THEN 'delayed' ELSE 'waiting' END,
        delay_reason = CASE WHEN {_UNMET} THEN 'dependency' END,
        redrives = CASE WHEN j.status = 'cancelled' OR j.error ->> 'code' = '{FAILED_CODE}' THEN j.redrives
                        WHEN j.status = 'dead' THEN 0 ELSE j.redrives + 1 END,
        result = NULL, error = NULL, error_type = NULL, error_message = NULL, progress = 0, stage = '',
        losses = CASE WHEN j.status = 'dead' THEN 0 ELSE j.losses END,
        started_at = NULL, finished_at = NULL, duration_ms = NULL, run_at = NULL, permitted_at = NULL,
        cancel_requested_at = NULL, updated_at = clock_timestamp()""",  # noqa: S608
    event="status",
    also=""", asked AS (
    INSERT INTO jobs_notice (job_id, check_job) SELECT id, true FROM changed WHERE status = 'delayed'
)""",
)
# The wait is skipped, a dependency is not.
_RUN_NOW = _verb(
    condition="status = 'delayed' AND delay_reason <> 'dependency'",
    change="""UPDATE jobs_job j SET status = 'waiting', delay_reason = NULL, run_at = NULL,
        updated_at = clock_timestamp()""",
    event="'waiting'",
)
_BURY = _verb(
    condition="status = 'failed'",
    change="UPDATE jobs_job j SET status = 'dead', updated_at = clock_timestamp()",
    event="'dead'",
)
_REPRIORITISE = f"""
WITH picked AS (
    SELECT id FROM jobs_job WHERE id = ANY(%s) AND finished_at IS NULL AND status <> 'active' ORDER BY id FOR UPDATE
)
UPDATE jobs_job j SET priority = %s, updated_at = clock_timestamp() FROM picked WHERE j.id = picked.id
RETURNING {_COLUMNS}
"""  # noqa: S608
_REMOVE = (
    f"WITH picked AS ({_PICK.format(condition='(%s OR status <> %s)')}), changed AS ("  # noqa: S608
    f"DELETE FROM jobs_job j USING picked WHERE j.id = picked.id RETURNING {_COLUMNS})," + _noted("'removed'")
)


def _run(sql: str, parameters: list[Any]) -> list[Changed]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    changed = [
        Changed(
            id=row[0],
            public_id=row[1],
            type=row[2],
            queue=row[3],
            priority=row[4],
            status=Status(row[5]),
            worker=row[6],
            tenant_id=row[7],
            followed=row[8],
        )
        for row in rows
    ]
    if changed:
        wake_after_commit()
    if any(item.followed or item.status is Status.DELAYED for item in changed):
        release.soon()
    return changed


def cancel_unstarted(ids: Sequence[int]) -> list[Changed]:
    return _run(_CANCEL, [list(ids)])


def request_cancel(ids: Sequence[int]) -> list[Changed]:
    """Mark active jobs; their workers stop them and settle them as cancelled."""
    return _run(_REQUEST_CANCEL, [list(ids)])


def retry(ids: Sequence[int], *, force: bool) -> list[Changed]:
    """Failed and cancelled jobs wait again with a fresh budget; dead ones with `force` only."""
    return _run(_RETRY, [list(ids), force])


def run_now(ids: Sequence[int]) -> list[Changed]:
    """Delayed jobs become due at once, whatever they were delayed for except another job."""
    return _run(_RUN_NOW, [list(ids)])


def bury(ids: Sequence[int]) -> list[Changed]:
    return _run(_BURY, [list(ids)])


def reprioritise(ids: Sequence[int], priority: int) -> list[Changed]:
    return _run(_REPRIORITISE, [list(ids), priority])


def remove(ids: Sequence[int], *, force: bool) -> list[Changed]:
    """Delete jobs with attempts and log; active ones with `force` only. Their runs are fenced off."""
    return _run(_REMOVE, [list(ids), force, "active"])
