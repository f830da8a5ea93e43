"""How long workflows are kept: as long as any of their jobs, and never less than the records of jobs."""

from datetime import timedelta
from typing import Any

from django.db import connection

#: Workflows of one statement.
BATCH = 1000

# Oldest first. A workflow some of whose jobs are still on record shows what became of them; one whose jobs
# have all gone shows nothing that anybody could follow.
_OLD = """
    SELECT w.id FROM jobs_workflow w
    WHERE w.finished_at < clock_timestamp() - %(age)s::interval
      AND NOT EXISTS (SELECT 1 FROM jobs_job j WHERE j.id = w.callback_id)
      AND NOT EXISTS (SELECT 1 FROM jobs_step s JOIN jobs_job j ON j.id = s.job_id WHERE s.workflow_id = w.id)
    ORDER BY w.finished_at LIMIT %(limit)s
"""
_FORGET = f"""
WITH old AS MATERIALIZED ({_OLD}),
locked AS MATERIALIZED (SELECT id FROM jobs_workflow WHERE id IN (SELECT id FROM old) ORDER BY id FOR UPDATE),
steps AS (DELETE FROM jobs_step s USING locked l WHERE s.workflow_id = l.id)
DELETE FROM jobs_workflow w USING locked l WHERE w.id = l.id
"""  # noqa: S608  constants
# An edge is of use to the job that waits; where that is gone, so is its use.
_FORGET_EDGES = """
DELETE FROM jobs_dependency WHERE id IN (
    SELECT d.id FROM jobs_dependency d LEFT JOIN jobs_job j ON j.id = d.job_id WHERE j.id IS NULL LIMIT %s
)
"""


def forget(*, days: int) -> int:
    """Delete workflows that ended more than `days` ago and whose jobs are all gone; returns how many."""
    parameters: dict[str, Any] = {"age": timedelta(days=days), "limit": BATCH}
    deleted = _until_done(_FORGET, parameters)
    _until_done(_FORGET_EDGES, [BATCH])
    return deleted


def _until_done(statement: str, parameters: Any) -> int:
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            number = int(cursor.rowcount)
        total += number
        if number < BATCH:
            return total
