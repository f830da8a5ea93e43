"""Notes of transitions: the event row that each statement of the ledger writes beside its change."""

from ..events.wake import wake_after_commit

__all__ = ["note", "wake_after_commit"]


def note(rows: str, event: str, *, payload: str | None = None, source: str | None = None) -> str:
    """The INSERT that notes an event for each of `rows`, a CTE of jobs with the columns below.

    event, payload: SQL expressions over those columns. source: a FROM clause, where `rows`, a
    prefix then, is only part of it. A function that runs such a statement calls
    `wake_after_commit()`, so that listeners look at once.
    """
    columns = ("id", "public_id", "queue", "type", "tenant_id", "user_id")
    prefix = f"{rows}." if source else ""
    return (
        "INSERT INTO jobs_event (job_id, public_id, queue, type, tenant_id, user_id, event, payload) "  # noqa: S608
        f"SELECT {', '.join(prefix + name for name in columns)}, {event}, {payload or 'NULL::jsonb'} "
        f"FROM {source or rows}"
    )
