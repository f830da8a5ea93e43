"""Insert: new jobs with their first event, in the caller's own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ..states import Status
from .edges import Edge
from .jsontext import json_text
from .note import note, wake_after_commit


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A validated job that is not stored yet. `delay_ms` None or 0 means ready at once."""

    public_id: str
    type: str
    queue: str
    data: dict[str, Any]
    priority: int
    max_attempts: int
    timeout_ms: int
    delay_ms: int | None = None
    related_id: str | None = None
    user_id: str | None = None
    tenant_id: str | None = None
    correlation_id: str | None = None
    #: W3C trace context of the submission, where tracing is on.
    trace_parent: str | None = None
    #: Jobs it waits for; stored as edges beside it.
    depends_on: tuple[Edge, ...] = ()
    #: It waits for jobs of the same workflow, whose edges are stored once they have ids.
    blocked: bool = False
    #: Somebody wants to know of its end.
    followed: bool = False
    #: Where the job's end is reported to; kept by jobs/webhooks/callbacks.py.
    webhook_url: str | None = None

    @property
    def waits_for_jobs(self) -> bool:
        return self.blocked or any(not edge.completed for edge in self.depends_on)


@dataclass(frozen=True, kw_only=True)
class Inserted:
    id: int
    public_id: str
    type: str
    queue: str
    status: Status
    priority: int


_INSERT = f"""
WITH given AS (
    SELECT * FROM unnest(
        %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::int[], %s::int[], %s::bigint[],
        %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::bool[], %s::text[]
    ) WITH ORDINALITY AS g (
        public_id, type, queue, data, priority, max_attempts, timeout_ms, delay_ms,
        related_id, user_id, tenant_id, correlation_id, blocked, followed, trace_parent, place
    )
), stored AS (
    INSERT INTO jobs_job (
        public_id, type, queue, status, delay_reason, data, priority, max_attempts, timeout_ms, delay_ms, run_at,
        related_id, user_id, tenant_id, correlation_id, followed, trace_parent
    )
    SELECT public_id, type, queue,
        CASE WHEN blocked OR delay_ms > 0 THEN 'delayed' ELSE 'waiting' END,
        CASE WHEN blocked THEN 'dependency' WHEN delay_ms > 0 THEN 'scheduled' END,
        data::jsonb, priority, max_attempts, timeout_ms, delay_ms,
        CASE WHEN delay_ms > 0 AND NOT blocked THEN now() + delay_ms * interval '1 millisecond' END,
        related_id, user_id, tenant_id, correlation_id, followed, trace_parent
    FROM given ORDER BY place
    ON CONFLICT (public_id) DO NOTHING
    RETURNING id, public_id, type, queue, status, priority, tenant_id, user_id
), noted AS (
    {note("stored", "status")}
)
SELECT id, public_id, type, queue, status, priority FROM stored ORDER BY id
"""  # noqa: S608


def insert_jobs(jobs: Sequence[NewJob]) -> list[Inserted]:
    """Store jobs in the given order. Those whose public id exists already are left out of the answer.

    Waits for another transaction that is storing the same public id; either it commits and this one
    finds the id taken, or it rolls back and this one stores.
    """
    if not jobs:
        return []
    columns: list[list[Any]] = [
        [job.public_id for job in jobs],
        [job.type for job in jobs],
        [job.queue for job in jobs],
        [json_text(job.data) for job in jobs],
        [job.priority for job in jobs],
        [job.max_attempts for job in jobs],
        [job.timeout_ms for job in jobs],
        [job.delay_ms for job in jobs],
        [job.related_id for job in jobs],
        [job.user_id for job in jobs],
        [job.tenant_id for job in jobs],
        [job.correlation_id for job in jobs],
        [job.waits_for_jobs for job in jobs],
        [job.followed for job in jobs],
        [job.trace_parent for job in jobs],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, columns)
        rows = cursor.fetchall()
    if rows:
        wake_after_commit()
    return [
        Inserted(id=row[0], public_id=row[1], type=row[2], queue=row[3], status=Status(row[4]), priority=row[5])
        for row in rows
    ]
