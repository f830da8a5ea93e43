"""RQ's registries of finished, failed, scheduled and deferred jobs, filled from the ledger to be looked at.

Nothing of ours reads them. They are written when somebody opens the dashboard, hold the newest jobs
of each state only, and vanish from Redis a few minutes later, so jobs at rest cost Redis nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from ..connections import client
from ..ready import message_data

#: Jobs of one queue and registry that are shown, the newest ones.
MOST_SHOWN = 200
#: A queue is written anew at most this often, however many people look.
FRESH_SECONDS = 3
KEPT_SECONDS = 300

#: RQ's registry, which is also its word for the state, and the jobs of the ledger it stands for, in order.
_REGISTRIES = {
    "failed": ("j.status IN ('failed', 'dead')", "j.finished_at DESC"),
    "finished": ("j.status = 'completed'", "j.finished_at DESC"),
    "scheduled": ("j.status = 'delayed' AND j.run_at IS NOT NULL", "j.run_at"),
    "deferred": ("j.status = 'delayed' AND j.run_at IS NULL", "j.id"),
}
_NEWEST = " UNION ALL ".join(
    f"""
    SELECT * FROM (
        SELECT q.name, '{registry}', j.id, j.type || ' ' || j.public_id, j.public_id, j.timeout_ms,
            j.created_at, j.started_at, j.finished_at, j.run_at
        FROM unnest(%(queues)s::text[]) AS q (name), LATERAL (
            SELECT * FROM jobs_job j WHERE j.queue = q.name AND {condition} AND NOT j.archived
            ORDER BY {order} LIMIT {MOST_SHOWN}
        ) j
    ) AS {registry}
    """  # noqa: S608  constants of this file
    for registry, (condition, order) in _REGISTRIES.items()
)


@dataclass(frozen=True, kw_only=True)
class _Row:
    queue: str
    registry: str
    key: int
    label: str
    public_id: str
    timeout_ms: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    run_at: datetime | None


def show(queues: Iterable[str]) -> None:
    """Bring the registries of these queues up to date, unless that was just done."""
    stale = [name for name in queues if client().set(_fresh_key(name), "1", nx=True, ex=FRESH_SECONDS)]
    if stale:
        _write(stale, _newest(stale))


def forget(queue: str) -> None:
    """Let the next look write this queue anew: something of it has changed."""
    client().delete(_fresh_key(queue))


def _fresh_key(queue: str) -> str:
    return f"quarry:rq-mirror:{queue}"


def _newest(queues: list[str]) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"queues": queues})
        names = list(_Row.__dataclass_fields__)
        return [_Row(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _write(queues: list[str], rows: list[_Row]) -> None:
    now = datetime.now(UTC).timestamp()
    pipeline = client().pipeline(transaction=True)
    for queue in queues:
        for registry in _REGISTRIES:
            pipeline.delete(f"rq:{registry}:{queue}")
    for row in rows:
        # In RQ a score is when an entry ends, or, of a scheduled job, when it starts.
        score = row.run_at.timestamp() if row.registry == "scheduled" and row.run_at else _score(row, now)
        pipeline.zadd(f"rq:{row.registry}:{row.queue}", {str(row.key): score})
        pipeline.expire(f"rq:{row.registry}:{row.queue}", KEPT_SECONDS)
        message = f"rq:job:{row.key}"
        pipeline.hset(message, mapping=_message(row))
        pipeline.expire(message, KEPT_SECONDS)
    pipeline.execute()


def _score(row: _Row, now: float) -> float:
    """Later than `now` by far, so that RQ's own cleaning leaves it, and in the order of the ends."""
    ended = row.finished_at.timestamp() if row.finished_at else now
    return ended + 10 * 365 * 86_400


def _message(row: _Row) -> dict[Any, Any]:
    fields: dict[Any, Any] = {
        "status": row.registry,
        "origin": row.queue,
        "data": message_data(row.key),
        "description": row.label,
        "timeout": row.timeout_ms // 1000 or 1,
        "created_at": _iso(row.created_at),
        "enqueued_at": _iso(row.created_at),
    }
    if row.started_at:
        fields["started_at"] = _iso(row.started_at)
    if row.finished_at:
        fields["ended_at"] = _iso(row.finished_at)
    # No error text: it may quote a payload, and stays in the ledger, where rights are checked.
    return fields


def _iso(at: datetime) -> str:
    # RQ parses exactly this form.
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
